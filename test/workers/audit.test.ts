import type { Answer } from '../../src/chat/answer.js';
import type { Person } from '../../src/chat/request.js';
import { renderTerminal } from '../../src/chat/terminal/render.js';
import { auditWorker } from '../../workers/audit.js';
import { ATTEMPT } from '../audit/chains.js';
import { waitFor } from '../lab/host/process.js';
import { ANA, type Bench, REPLY_TO, startBench } from '../rotation/bench.js';

/** `/registry audit`: ana maintains shop/api, bob operates the instance, boss administers GitLab, carl does nothing. */

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
  const { lab } = bench;
  const carl = lab.gitlab.addUser({ username: 'carl' });
  lab.gitlab.addUser({ username: 'boss', admin: true });
  const other = (name: string) => `    - gitlab: ${name}\n      terminal: ${name}\n`;
  const before = bench.config.current();
  await lab.configure({
    instance: '    operations:\n      allow: [restart]\n      people: [BOB, dora]',
    extra: ['bob', 'carl', 'boss'].map(other).join(''),
  });
  await waitFor('the new configuration', () => (bench.config.current() === before ? undefined : true));
  lab.gitlab.addMember(lab.project, carl, 30);
  for (const [subject, details] of [
    ['shop/api', 'first'],
    ['shop/web', 'second'],
    ['lab', 'third'],
  ] as const)
    await bench.worker.audit.record({ ...ATTEMPT, subject, details });
});
afterAll(() => bench.stop());

async function audit(person: Person, subject?: string, context = bench.worker): Promise<Answer> {
  const said: Answer[] = [];
  const common = { requestId: 'request', person, replyTo: REPLY_TO, useBy: Number.MAX_SAFE_INTEGER };
  await auditWorker(context)({ ...common, ...(subject === undefined ? {} : { subject }) }, async (answer) => {
    said.push(answer);
  });
  const [answer] = said;
  if (answer === undefined || said.length > 1) throw new Error('one answer');
  return answer;
}
const known = (id: string): Person => ({ platform: 'terminal', id });
const textsOf = ({ parts }: Answer) =>
  parts.flatMap((part) => (part.kind === 'rows' ? part.rows.map(({ text }) => text) : []));

test('of a project, for its Maintainer, who alone sees it', async () => {
  const answer = await audit(ANA, 'shop/api');
  expect(answer).toMatchObject({ title: 'The last entry of shop/api in the audit trail', quiet: true });
  expect(textsOf(answer)).toEqual(['operation, granted: first (ana)']);
  expect(JSON.stringify(answer)).toMatch(/"name":"\d{4}-\d\d-\d\d \d\d:\d\d UTC"/);
  expect(textsOf(await audit(ANA, 'API'))).toHaveLength(1);
});

test('of a group with all that is below it, for a Maintainer of the group', async () => {
  await expect(audit(ANA, 'shop')).rejects.toMatchObject({ code: 'not-found' });
  const { gitlab, people, project } = bench.lab;
  gitlab.addMember(project.group, people.bob, 40);
  expect(textsOf(await audit(known('bob'), 'Shop'))).toEqual([
    'operation shop/web, granted: second (ana)',
    'operation shop/api, granted: first (ana)',
  ]);
});

test('everything, for who operates the instance and for administrators of GitLab, the newest first', async () => {
  for (const name of ['bob', 'boss'] as const)
    expect(textsOf(await audit(known(name)))).toEqual([
      'operation lab, granted: third (ana)',
      'operation shop/web, granted: second (ana)',
      'operation shop/api, granted: first (ana)',
    ]);
});

test('for nobody else', async () => {
  for (const [person, subject] of [
    [ANA, undefined],
    [known('carl'), undefined],
    [known('carl'), 'shop/api'],
    [known('carl'), 'shop'],
    [known('mallory'), undefined],
    [known('mallory'), 'shop/api'],
  ] as const)
    await expect(audit(person, subject)).rejects.toMatchObject({
      code: expect.stringMatching(/^not-(?:allowed|found)$/),
    });
  await expect(audit(ANA, 'shop/none')).rejects.toMatchObject({ code: 'not-found' });
});

test('a project of which nothing was recorded', async () => {
  const { gitlab, people } = bench.lab;
  gitlab.addMember(gitlab.addProject('shop/new'), people.ana, 40);
  expect((await audit(ANA, 'shop/new')).title).toBe('Nothing of shop/new has been recorded');
});

test('GitLab away is told as that, to be tried again', async () => {
  await bench.lab.gitlab.pause();
  try {
    await expect(audit(ANA, 'shop/api')).rejects.toMatchObject({ retry: { afterMs: expect.any(Number) } });
  } finally {
    await bench.lab.gitlab.resume();
  }
});

test('of several instances, each by the rights that one has there; one that is away hides no other', async () => {
  const current = () => {
    const now = bench.config.current();
    const [lab] = now.instances;
    if (lab === undefined) throw new Error('there is one');
    const { operations: _, ...other } = lab;
    const away = { ...other, name: 'away', gitlab: { ...other.gitlab, url: 'https://127.0.0.1:1' } };
    return { ...now, instances: [away, { ...other, name: 'other' }, lab] };
  };
  const context = { ...bench.worker, config: { ...bench.config, current } };
  for (const instance of ['other', 'away'])
    await bench.worker.audit.record({ ...ATTEMPT, instance, subject: 'shop/api', details: `of ${instance}` });
  expect(textsOf(await audit(known('bob'), undefined, context))).toHaveLength(3);
  expect(textsOf(await audit(ANA, 'shop/api', context))).toEqual([
    'operation, granted: of other (ana)',
    'operation, granted: first (ana)',
  ]);
  // Who has no right anywhere that answered may have one where nobody did: that is tried again.
  await expect(audit(known('carl'), undefined, context)).rejects.toMatchObject({ code: 'gitlab-unreachable' });
});

test('twenty entries at most, and hostile words reach no terminal as they are', async () => {
  for (let count = 0; count < 25; count++)
    await bench.worker.audit.record({ ...ATTEMPT, subject: 'shop/api', details: `\u001b[2J\u202e<!channel> ${count}` });
  const answer = await audit(ANA, 'shop/api');
  expect(answer.title).toBe('The last 20 entries of shop/api in the audit trail');
  expect(textsOf(answer)[0]).toContain('24');
  const { text } = renderTerminal(answer, { color: false, width: 100 } as never);
  expect(text).not.toContain('\u001b');
});
