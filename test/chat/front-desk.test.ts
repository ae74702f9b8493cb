import { COMMANDS } from '../../commands/index.js';
import type { Links } from '../../src/access/link/offer.js';
import { type Answer, answer } from '../../src/chat/answer.js';
import { openFrontDesk } from '../../src/chat/front-desk.js';
import { TYPE } from '../../src/chat/typed.js';
import type { Config } from '../../src/config/schema.js';
import { EdgeError } from '../../src/errors.js';
import type { Dispatched } from '../../src/queue/dispatcher.js';
import type { AnyJob } from '../../src/queue/jobs.js';
import { action, request } from './requests.js';

const NO_LINKS: Links = {
  offer: () => Promise.reject(new Error('nobody asked')),
  forget: () => Promise.reject(new Error('nobody asked')),
};

const CONFIG = (channels?: string[]) =>
  ({
    instances: [{ name: 'main', gitlab: {} }],
    chat: channels === undefined ? {} : { channels },
  }) as unknown as Config;

function desk(dispatched: Dispatched, links = NO_LINKS, channels?: string[]) {
  const jobs: { queue: string; data: AnyJob }[] = [];
  const told: Answer[] = [];
  const seen = new Set<string>();
  const handlers = openFrontDesk({
    commands: COMMANDS,
    links,
    now: () => 1_000,
    config: { current: () => CONFIG(channels) },
    identities: { nameOf: async () => 'ana' },
    chat: { tell: async (_, answer) => void told.push(answer) },
    dispatcher: {
      dispatch: async (queue, data) => {
        jobs.push({ queue, data });
        return dispatched;
      },
      isFirst: async (id) => {
        const first = !seen.has(id);
        seen.add(id);
        return first;
      },
    },
  });
  return { handlers, jobs, told };
}

describe('the front desk', () => {
  test('queues what a command asks for, with who asked, where the answer goes, and until when', async () => {
    const { handlers, jobs, told } = desk({ is: 'queued', workers: 1 });
    await handlers.request(request('status lab'));
    const { person, replyTo } = request('');
    expect(jobs).toEqual([
      {
        queue: 'status',
        data: {
          task: 'look',
          instance: 'lab',
          requestId: 'request-1',
          person,
          replyTo,
          useBy: 3_601_000,
          asked: 'status lab',
          typed: true,
        },
      },
    ]);
    expect(told).toEqual([]);
  });

  test('tells at once that Redis is down, and that the request is kept', async () => {
    const { handlers, told } = desk({ is: 'kept' });
    await handlers.request(request('status'));
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({ mark: 'warn', quiet: true });
    expect(JSON.stringify(told)).toMatch(/queue \(Redis\).*kept on disk.*within the next hour/);
  });

  test('tells at once that no worker runs, and what starts one', async () => {
    const { handlers, told } = desk({ is: 'queued', workers: 0 });
    await handlers.action(action('rotate-run', 'plan-1'));
    expect(JSON.stringify(told)).toMatch(/No worker is running.*within the next 7 days.*registrar worker/);
  });

  test('answers by itself what needs no job, once however often the request comes', async () => {
    const { handlers, jobs, told } = desk({ is: 'queued', workers: 1 });
    await handlers.request(request('help'));
    await handlers.request(request('help'));
    await handlers.request(request('help', { id: 'request-2' }));
    expect(jobs).toEqual([]);
    expect(told).toHaveLength(2);
  });

  test('gives help that is made for the person', async () => {
    const { handlers, told } = desk({ is: 'queued', workers: 1 });
    await handlers.request(request(''));
    expect(JSON.stringify(told)).toContain('You are ana in GitLab');
    expect(JSON.stringify(told)).toContain('status main');
  });

  test('an offered command does what typing it does', async () => {
    const { handlers, jobs } = desk({ is: 'queued', workers: 1 });
    await handlers.action(action(TYPE, 'status lab --filter tls'));
    expect(jobs).toMatchObject([{ queue: 'status', data: { instance: 'lab', lines: 'tls', requestId: 'action-1' } }]);
  });

  test('a button is heard wherever its answer was posted, and names what it names: no alias is meant', async () => {
    const { handlers, jobs } = desk({ is: 'queued', workers: 1 }, NO_LINKS, ['C2']);
    await handlers.action(action(TYPE, 'audit shop/api'));
    await handlers.action(action('status-again', 'lab', { id: 'action-2' }));
    expect(jobs.map(({ queue }) => queue)).toEqual(['audit', 'status']);
    for (const { data } of jobs) expect(data.typed).toBeUndefined();
  });

  test('a filter goes with the job, and is done at once where no job is', async () => {
    const { handlers, jobs, told } = desk({ is: 'queued', workers: 1 });
    await handlers.request(request('status lab --filter tls'));
    expect(jobs[0]?.data).toMatchObject({ instance: 'lab', lines: 'tls', asked: 'status lab --filter tls' });
    await handlers.request(request('help --filter AUDIT', { id: 'request-2' }));
    expect(JSON.stringify(told)).toContain('audit');
    expect(JSON.stringify(told)).not.toContain('unlink');
  });

  test('hears nothing in a channel that is not chosen, and says so once', async () => {
    const { handlers, jobs, told } = desk({ is: 'queued', workers: 1 }, NO_LINKS, ['C2']);
    await handlers.request(request('status'));
    await handlers.request(request('status'));
    expect(jobs).toEqual([]);
    expect(told).toMatchObject([{ title: 'I don’t answer in this channel', quiet: true }]);
    await handlers.request(request('status', { id: 'request-2', direct: true }));
    expect(jobs).toHaveLength(1);
  });

  test('lets the adapter ask for a missing log', async () => {
    const { handlers, told } = desk({ is: 'queued', workers: 1 });
    await expect(handlers.request(request('diagnose'))).resolves.toMatchObject({ id: 'log' });
    expect(told).toEqual([]);
  });

  test('makes one job of all clicks of a person on a plan’s [Rotate], and another one of somebody else’s', async () => {
    const { handlers, jobs } = desk({ is: 'queued', workers: 1 });
    const bob = { person: { platform: 'slack', id: 'UBOB' } } as const;
    await handlers.action(action('rotate-run', 'plan-1', { id: 'click-1' }));
    await handlers.action(action('rotate-run', 'plan-1', { id: 'click-2' }));
    await handlers.action(action('rotate-run', 'plan-1', { id: 'click-3', ...bob }));
    await handlers.action(action('rotate-run', 'plan-2', { id: 'click-4' }));
    const [first, second, others, otherPlan] = jobs.map(({ data }) => data.requestId);
    expect(second).toBe(first);
    expect(new Set([first, others, otherPlan]).size).toBe(3);
  });

  test('answers who somebody is without any queue: what is said of links is for nobody else', async () => {
    const asked: unknown[] = [];
    const { handlers, jobs, told } = desk(
      { is: 'queued', workers: 1 },
      {
        offer: async ({ person, called }, instance) => {
          asked.push({ person, called, instance });
          return { ...answer('info', 'a link'), quiet: true };
        },
        forget: async (person) => {
          asked.push({ person });
          return { ...answer('info', 'forgotten'), quiet: true };
        },
      },
    );
    await handlers.request(request('link main', { called: 'ana.m' }));
    await handlers.request(request('link main', { called: 'ana.m' }));
    await handlers.request(request('unlink', { id: 'request-2' }));
    const { person } = request('');
    expect(asked).toEqual([{ person, called: 'ana.m', instance: 'main' }, { person }]);
    expect(told.map(({ title, quiet }) => ({ title, quiet }))).toEqual([
      { title: 'a link', quiet: true },
      { title: 'forgotten', quiet: true },
    ]);
    expect(jobs).toEqual([]);
  });

  test('tells the asker alone why there is no link', async () => {
    const forPerson = { what: 'I can’t reach my memory (Redis)', next: 'ask again in a minute' };
    const gone = () => Promise.reject(new EdgeError({ part: 'redis', code: 'redis-unreachable', forPerson }));
    const { handlers, told } = desk({ is: 'queued', workers: 1 }, { offer: gone, forget: gone });
    await handlers.request(request('link'));
    expect(told).toMatchObject([{ mark: 'fail', quiet: true }]);
    expect(JSON.stringify(told)).toMatch(/memory.*ask again in a minute/);
  });
});
