import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Answer } from '../../src/chat/answer.js';
import type { Person } from '../../src/chat/request.js';
import type { Config } from '../../src/config/schema.js';
import { corrections } from '../../src/feedback/tally.js';
import type { JobOf } from '../../src/queue/jobs.js';
import { diagnosisWorker } from '../../workers/diagnosis.js';
import { feedbackWorker } from '../../workers/feedback.js';
import { actionsOf, footerOf } from '../diagnosis/answers.js';
import type { Project } from '../lab/gitlab/double.js';
import { ANA, type Bench, REPLY_TO, startBench } from '../rotation/bench.js';

/** Logs that stay in GitLab, by a job's address or by its hook; incidents; what people say of a diagnosis. */

let bench: Bench;
let projects = 0;
let requests = 0;

beforeAll(async () => {
  bench = await startBench();
});

afterAll(() => bench.stop());

const REFUSED = [
  '$ docker push registry.example.com/shop/api:1',
  'The push refers to repository [registry.example.com/shop/api]',
  'denied: access forbidden',
  'ERROR: Job failed: exit code 1',
].join('\n');
const COMPILER = '$ cargo build\nerror[E0308]: mismatched types\nERROR: Job failed: exit code 101\n';

function addProject(member = true): Project {
  const { gitlab, people } = bench.lab;
  const project = gitlab.addProject(`jobs-${++projects}/api`);
  const bot = gitlab.findUser('registrar-bot');
  if (bot !== undefined) gitlab.addMember(project, bot, 40);
  if (member) gitlab.addMember(project, people.ana, 30);
  return project;
}

/** The worker's configuration with more in it. */
function context(more: Partial<Config> = {}) {
  const current = () => ({ ...bench.config.current(), ...more });
  return { ...bench.worker, config: { ...bench.config, current } };
}

async function diagnose(
  log: Extract<JobOf<'diagnosis'>, { task: 'log' }>['log'],
  more: { person?: Person; hook?: { instance: string; project: string }; config?: Partial<Config> } = {},
): Promise<Answer[]> {
  const { person = ANA, hook, config } = more;
  const said: Answer[] = [];
  const common = { requestId: `request-${++requests}`, replyTo: REPLY_TO, useBy: Number.MAX_SAFE_INTEGER };
  const job = { ...common, task: 'log' as const, person, log, ...(hook === undefined ? {} : { hook }) };
  await diagnosisWorker(context(config))(job, async (answer) => void said.push(answer));
  return said;
}

const urlOf = (project: Project, trace: string) => {
  const job = bench.lab.gitlab.addJob(project, { status: 'failed', trace, name: 'push' });
  return `${bench.config.current().instances[0]?.gitlab.url}/${project.fullPath}/-/jobs/${job.id}`;
};

describe('the address of a job', () => {
  test('is enough: its log is fetched, and the answer names job and pipeline', async () => {
    const url = urlOf(addProject(), REFUSED);
    const answer = (await diagnose({ kind: 'gitlab-job', url })).at(-1);
    expect(JSON.stringify(answer)).toContain('denied: access forbidden');
    expect(answer?.parts).toContainEqual({
      kind: 'facts',
      facts: expect.arrayContaining([{ label: 'job', text: expect.stringMatching(/^push · pipeline \d+ · http/) }]),
    });
  });

  test('is fetched for whoever may read it only, in the same words for what is not there', async () => {
    const hidden = await diagnose({ kind: 'gitlab-job', url: urlOf(addProject(false), REFUSED) }).catch(String);
    expect(hidden).toMatch(/not-found: There is no job log that you may read in jobs-\d+\/api/);
    const gone = await diagnose({ kind: 'gitlab-job', url: urlOf(addProject(), '').replace(/jobs-\d+/, 'no') }).catch(
      String,
    );
    expect(gone).toMatch(/not-found: There is no job log that you may read in no\/api/);
    const mallory = { platform: 'terminal', id: 'mallory' } as const;
    const unknown = await diagnose({ kind: 'gitlab-job', url: urlOf(addProject(), '') }, { person: mallory }).catch(
      String,
    );
    expect(unknown).toContain('not-allowed');
  });

  test('of another GitLab is never asked for', async () => {
    const before = bench.lab.gitlab.requests.length;
    const url = 'https://gitlab.elsewhere.example/shop/api/-/jobs/1';
    expect(await diagnose({ kind: 'gitlab-job', url }).catch(String)).toContain('a GitLab that I don’t know');
    expect(bench.lab.gitlab.requests.length).toBe(before);
  });

  test('a secret in the log is told by its kind, and shown nowhere', async () => {
    const trace = `$ docker login -u x -p gldt-aaaaaaaaaaaaaaaaaaaa registry.example.com\n${REFUSED}`;
    const said = await diagnose({ kind: 'gitlab-job', url: urlOf(addProject(), trace) });
    expect(JSON.stringify(said)).not.toContain('gldt-aaaa');
    expect(JSON.stringify(said)).toContain('this log shows a secret (GitLab token');
  });
});

describe('a job that failed by itself', () => {
  const hooked = async (trace: string, config?: Partial<Config>) => {
    const project = addProject(false);
    const hook = { instance: 'lab', project: project.fullPath };
    return diagnose(
      { kind: 'gitlab-job', url: urlOf(project, trace) },
      { hook, ...(config === undefined ? {} : { config }) },
    );
  };

  test('at the registry is told once, without “reading …” before', async () => {
    const said = await hooked(REFUSED);
    expect(said).toHaveLength(1);
    expect(footerOf(said[0] as Answer)).toMatch(/^[a-z-]+ · /);
  });

  test('at something else is nobody’s business here', async () => {
    expect(await hooked(COMPILER)).toEqual([]);
  });

  test('the same in several projects is an incident: everybody reads that it is not theirs', async () => {
    const config = { incidents: { slack: 'COPS', projects: 3, minutes: 30 } };
    const trace = REFUSED.replace('denied: access forbidden', 'received unexpected HTTP status: 502 Bad Gateway');
    const said: Answer[] = [];
    for (let i = 0; i < 3; i++) said.push(...(await hooked(trace, config)));
    expect(said.map((one) => /also in (\d+) other projects? since/.exec(JSON.stringify(one))?.[1])).toEqual([
      undefined,
      undefined,
      '2',
    ]);
    const told = await bench.redis.keys('*answer-sequence*');
    expect(told).toHaveLength(1);
  });
});

test('the team’s own words stand under the diagnosis', async () => {
  const file = join(bench.lab.dir, 'note.md');
  writeFileSync(file, 'Ask **#platform**.');
  const project = addProject();
  const config = { notes: [{ file, project: project.fullPath }] };
  const answer = (await diagnose({ kind: 'gitlab-job', url: urlOf(project, REFUSED) }, { config })).at(-1);
  expect(answer?.parts).toContainEqual({ kind: 'note', markdown: 'Ask **#platform**.' });
});

describe('what people say of a diagnosis', () => {
  const tell = async (more: object): Promise<string> => {
    const said: Answer[] = [];
    const job = {
      requestId: `feedback-${++requests}`,
      person: ANA,
      replyTo: REPLY_TO,
      useBy: Number.MAX_SAFE_INTEGER,
      ...more,
    };
    await feedbackWorker(bench.worker)(job as JobOf<'feedback'>, async (answer) => void said.push(answer));
    return JSON.stringify(said);
  };
  const made = async () => {
    const answer = (await diagnose({ kind: 'text', text: REFUSED, leaked: [] })).at(-1) as Answer;
    return (
      actionsOf(answer)
        .find((one) => one.startsWith('diagnosis-right '))
        ?.split(' ')[1] ?? ''
    );
  };

  test('is counted, once', async () => {
    const id = await made();
    expect(await tell({ task: 'verdict', id, said: { right: true } })).toContain('Noted: it was');
    expect(await tell({ task: 'verdict', id, said: { right: true } })).toContain('judged that diagnosis already');
    expect(await tell({ task: 'stats' })).toMatch(/of \d+ that were judged, \d+ were right/);
  });

  test('a correction keeps the log, without its secrets', async () => {
    const id = await made();
    const said = { right: false, cause: 'protected-by-rule', words: 'the tag is protected' };
    expect(await tell({ task: 'verdict', id, said })).toContain('it was not');
    expect((await corrections(bench.redis))[0]).toMatchObject({ cause: 'protected-by-rule', log: REFUSED });
  });

  test('comes too late after two weeks', async () => {
    expect(await tell({ task: 'verdict', id: 'gone', said: { right: true } })).toContain('too old');
  });

  test('and the outside world can be looked at again', async () => {
    const project = addProject();
    const first = (await diagnose({ kind: 'gitlab-job', url: urlOf(project, REFUSED) })).at(-1) as Answer;
    const id =
      actionsOf(first)
        .find((one) => one.startsWith('diagnosis-again '))
        ?.split(' ')[1] ?? '';
    const said: Answer[] = [];
    const job = {
      task: 'again' as const,
      id,
      message: 'm',
      requestId: 'again',
      person: ANA,
      replyTo: REPLY_TO,
      useBy: Number.MAX_SAFE_INTEGER,
    };
    await diagnosisWorker(bench.worker)(job, async (answer) => void said.push(answer));
    expect(said.at(-1)?.title).toBe(first.title);
  });
});
