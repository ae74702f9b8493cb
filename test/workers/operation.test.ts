import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { installedScript } from '../../src/host/script.js';
import { isBegun } from '../../workers/operation.js';
import { ANA_IN_SLACK, type Bench, BOB, CARL, lastOf, startOperations } from '../operations/bench.js';
import { ANA, REPLY_TO } from '../rotation/bench.js';

let bench: Bench;

beforeAll(async () => {
  bench = await startOperations();
});

afterAll(() => bench.stop());

/** What the audit trail has of an operation, the oldest first. */
async function recorded(id: string): Promise<string[]> {
  const entries = (await bench.worker.audit.recent([{ instance: 'lab' }], 500)).filter((entry) => entry.id === id);
  return entries.reverse().map(({ by, outcome, details }) => `${by.gitlab ?? by.id} ${outcome}: ${details}`);
}

afterEach(async () => {
  bench.sent.length = 0;
  await bench.redis.del('{registrar}:operation-lock:lab');
});

describe('restart', () => {
  test('ana asks and sees what is broken, bob confirms, and the registry works again', async () => {
    await bench.lab.break('registry-stopped');
    const asked = await bench.ask('restart');
    expect(asked.answers[0]?.mark).toBe('running');
    const question = lastOf(asked.answers);
    expect(question.title).toBe('Restart the registry of lab?');
    for (const words of ['gitlab-ctl restart registry on 127.0.0.1', 'the registry is down', 'confirms: bob'])
      expect(question.words).toContain(words);
    expect(bench.sent).toEqual([]);

    const { answers, asides } = await bench.confirm(asked.id);
    expect(asides).toEqual([]);
    expect(answers.map(({ mark }) => mark).slice(0, 2)).toEqual(['running', 'running']);
    const end = lastOf(answers);
    expect([end.mark, end.title]).toEqual(['pass', 'The registry of lab was restarted']);
    for (const words of ['lab: the registry is down', 'lab: the registry works', 'fail → pass', '"ana"', '"bob"'])
      expect(end.words).toContain(words);
    expect(bench.sent).toEqual(['gitlab-ctl restart registry']);
    expect((await bench.lab.host.probe()).status).toBe(401);
    const audit = bench.logged.filter((line) => line.includes('"audit":"operation"'));
    expect(audit).toHaveLength(1);
    expect(audit[0]).toMatch(/"restart".*"ana".*"bob".*"end":"ran","code":0/);
    expect(await recorded(asked.id)).toEqual([
      'ana granted: restart asked for',
      'bob granted: restart confirmed',
      'bob done: restart ended with exit code 0',
    ]);
    expect(await bench.redis.exists('{registrar}:operation-lock:lab')).toBe(0);
  });

  test('a failing one shows its exit code and the end of its output, without secrets', async () => {
    const { ctl } = bench.lab.host.files;
    const before = await readFile(ctl, 'utf8');
    const broken = `case "$1" in restart) seq 1 40; echo "token=glpat-abcdefghij0123456789"; echo "no such service" >&2; exit 7;; esac\n`;
    await writeFile(ctl, before.replace('\n', `\n${broken}`));
    const { id } = await bench.ask('restart');
    const end = lastOf((await bench.confirm(id)).answers);
    await writeFile(ctl, before);
    expect([end.mark, end.title]).toEqual(['fail', 'gitlab-ctl restart registry failed on lab (exit 7)']);
    expect(end.words).toContain('no such service');
    expect(end.words).toContain('23\\n24');
    expect(end.words).not.toMatch(/\\n22\\n|abcdefghij/);
  });

  test('one that exits with 0 without a word did nothing, and is not said to have', async () => {
    const repair = await bench.lab.break('registry-disabled');
    const { id } = await bench.ask('restart');
    const end = lastOf((await bench.confirm(id)).answers);
    await repair();
    expect([end.mark, end.title]).toEqual([
      'fail',
      'gitlab-ctl restart registry ended on lab, but did not say that it did anything',
    ]);
  });
});

test('reconfigure mends what was edited by hand: the drift is gone', async () => {
  await bench.lab.break('config-edited-by-hand');
  const asked = await bench.ask('reconfigure');
  expect(lastOf(asked.answers).words).toContain('edits by hand are lost');
  expect(lastOf(asked.answers).words).toContain('"drift"');
  const end = lastOf((await bench.confirm(asked.id)).answers);
  expect([end.mark, end.title]).toEqual(['pass', 'The registry’s host of lab was reconfigured']);
  expect(end.words).toMatch(/"drift","text":"\w+ → pass/);
  expect(bench.sent).toEqual(['gitlab-ctl reconfigure']);
});

describe('who may', () => {
  test('what is not allowed is off, and the answer has the lines that allow it', async () => {
    await bench.allow(['restart']);
    const off = lastOf((await bench.ask('reconfigure')).answers);
    expect(off.title).toBe('Registrar may not reconfigure lab: its configuration does not allow it');
    expect(off.words).toContain('allow: [restart, reconfigure]\\n      people: [ana, bob]');
    const { id } = await bench.ask('restart');
    await bench.allow([]);
    expect(lastOf((await bench.ask('restart')).answers).words).toContain('people: [USERNAME, USERNAME]');
    expect(lastOf((await bench.confirm(id)).asides).title).toBe('You may not operate lab');
    await bench.allow(['reconfigure']);
    expect(lastOf((await bench.confirm(id)).asides).title).toContain('may not restart lab');
    await bench.allow(['restart', 'reconfigure']);
    expect(bench.sent).toEqual([]);
  });

  test('who is not named can’t ask, nor can somebody whom the configuration does not know', async () => {
    for (const person of [CARL, { platform: 'terminal', id: 'mallory' } as const])
      await expect(bench.ask('restart', person)).rejects.toMatchObject({ code: 'not-allowed' });
    const [last, before] = await bench.worker.audit.recent([{ instance: 'lab' }], 2);
    expect([before, last]).toMatchObject([
      { outcome: 'refused', by: { platform: 'terminal', id: 'carl', gitlab: 'carl' } },
      { outcome: 'refused', by: { platform: 'terminal', id: 'mallory' }, action: 'operation', subject: 'lab' },
    ]);
  });

  test('another one must confirm, and must be named; refusals stand aside and leave the request as it is', async () => {
    const { id } = await bench.ask('restart');
    const refused = async (person: Parameters<Bench['confirm']>[1]) => {
      const { answers, asides } = await bench.confirm(id, person);
      expect([answers, asides.map(({ quiet }) => quiet)]).toEqual([[], [true]]);
      return lastOf(asides).title;
    };
    expect(await refused(ANA)).toContain('takes a second person');
    expect(await refused(ANA_IN_SLACK)).toContain('takes a second person');
    expect(await refused(CARL)).toBe('You may not operate lab');
    expect(await refused({ platform: 'slack', id: BOB.id })).toContain('I don’t know which GitLab user you are');
    expect(bench.sent).toEqual([]);
    expect(lastOf((await bench.confirm(id)).answers).mark).toBe('pass');
    expect(await recorded(id)).toEqual([
      'ana granted: restart asked for',
      'ana refused: restart confirmed: Who asked can’t confirm it: that takes a second person',
      'ana refused: restart confirmed: Who asked can’t confirm it: that takes a second person',
      'carl refused: restart confirmed: You may not operate lab',
      'bob refused: restart confirmed: I don’t know which GitLab user you are',
      'bob granted: restart confirmed',
      'bob done: restart ended with exit code 0',
    ]);
  });

  test('a user that was blocked meanwhile can’t confirm; GitLab away, nobody can, until it is back', async () => {
    const { id } = await bench.ask('restart');
    const { bob } = bench.lab.people;
    bob.blocked = true;
    const blocked = await bench.confirm(id);
    bob.blocked = false;
    expect([blocked.answers, lastOf(blocked.asides).title]).toEqual([[], 'The GitLab user bob is blocked']);
    await bench.lab.gitlab.pause();
    const away = await bench.confirm(id);
    await bench.lab.gitlab.resume();
    expect([away.answers, away.asides.length, bench.sent]).toEqual([[], 1, []]);
    expect(lastOf((await bench.confirm(id)).answers).mark).toBe('pass');
  });

  test('the asker cancels, and another who may confirm; nobody else does', async () => {
    const [first, second] = [await bench.ask('restart'), await bench.ask('restart')];
    const refused = await bench.cancel(first.id, CARL);
    expect([refused.answers, refused.asides[0]?.quiet]).toEqual([[], true]);
    for (const [id, person] of [
      [first.id, ANA],
      [second.id, BOB],
    ] as const) {
      expect(lastOf((await bench.cancel(id, person)).answers).title).toBe('Cancelled: nothing was done');
      expect(lastOf((await bench.confirm(id)).answers).title).toBe('This request is no longer valid');
    }
    expect(bench.sent).toEqual([]);
  });
});

test('a request that expired, or that never was, is told so', async () => {
  const { id } = await bench.ask('restart');
  const key = `{registrar}:operation-request:${id}`;
  const seconds = await bench.redis.ttl(key);
  expect(seconds > 500 && seconds <= 600).toBe(true);
  await bench.redis.del(key);
  expect(lastOf((await bench.confirm(id)).answers).title).toBe('This request is no longer valid');
  expect(lastOf((await bench.cancel('none', ANA)).answers).title).toBe('This request is no longer valid');
  expect(bench.sent).toEqual([]);
});

test('what can’t be recorded is not done', async () => {
  const { id } = await bench.ask('restart');
  const key = '{registrar}:audit';
  await bench.redis.rename(key, `${key}-away`);
  await bench.redis.set(key, 'no stream');
  try {
    await expect(bench.confirm(id, BOB, 'unrecorded')).rejects.toMatchObject({ code: 'audit-failed' });
  } finally {
    await bench.redis.rename(`${key}-away`, key);
  }
  expect([bench.sent, await bench.store.journal(id)]).toEqual([[], undefined]);
  expect(lastOf((await bench.confirm(id, BOB, 'unrecorded')).answers).mark).toBe('pass');
});

test('two clicks run it once, and say one end', async () => {
  const { id } = await bench.ask('restart');
  const [one, two] = await Promise.all([bench.confirm(id, BOB), bench.confirm(id, BOB)]);
  const ends = [...one.answers, ...two.answers].filter(({ mark }) => mark !== 'running');
  expect([bench.sent.length, ends.length, one.asides, two.asides]).toEqual([1, 1, [], []]);
  const late = await bench.confirm(id, BOB);
  expect([late.answers, bench.sent.length]).toEqual([[], 1]);
});

test('while one is under way another one is refused, and can be confirmed afterwards', async () => {
  const [first, second] = [await bench.ask('restart'), await bench.ask('reconfigure')];
  const request = await bench.store.request(first.id);
  if (request === undefined) throw new Error('it was asked for');
  expect(await bench.store.lock(request, 'job')).toBe('mine');
  const refused = await bench.confirm(second.id);
  expect([refused.answers, lastOf(refused.asides).title]).toEqual([[], 'Another operation is under way on lab']);
  await bench.store.unlock(request, 'job');
  expect(lastOf((await bench.confirm(second.id)).answers).mark).toBe('pass');
});

test('killed in the middle and taken up again, it is not run a second time: its end is not known, the status is', async () => {
  const { id } = await bench.ask('restart');
  const request = await bench.store.request(id);
  if (request === undefined) throw new Error('it was asked for');
  const before = { mark: 'fail' as const, title: 'lab: the registry is down', verdicts: { endpoint: 'fail' as const } };
  await bench.store.lock(request, 'job');
  const confirmer = { id: bench.lab.people.bob.id, username: 'bob' };
  expect(await bench.store.begin({ request, confirmer, confirmedBy: 'job', before, told: false })).toBe(true);
  const job = { step: 'confirm', operationId: id, message: 'm', requestId: 'job', person: BOB } as const;
  const data = { ...job, replyTo: REPLY_TO, useBy: 0 };
  expect(await isBegun(data, bench.redis)).toBe(true);
  expect(await isBegun({ ...data, requestId: 'another click' }, bench.redis)).toBe(false);

  const end = lastOf((await bench.confirm(id, BOB, 'job')).answers);
  expect([end.mark, end.title]).toEqual([
    'warn',
    'gitlab-ctl restart registry was begun on lab, and its end is not known',
  ]);
  expect(end.words).toMatch(/fail → pass/);
  expect(bench.sent).toEqual([]);
  expect(await isBegun(data, bench.redis)).toBe(false);
  // It may still run over there.
  expect(await bench.redis.pttl('{registrar}:operation-lock:lab')).toBeGreaterThan(0);
});

describe('a host that does not run it', () => {
  const keys = () => join(dirname(bench.lab.host.ssh.privateKeyPath), 'authorized_keys');

  async function forced<T>(script: string, work: () => Promise<T>): Promise<T> {
    const file = join(dirname(keys()), 'forced');
    const before = await readFile(keys(), 'utf8');
    await writeFile(file, `#!/bin/sh\n${script}\n`);
    await chmod(file, 0o755);
    await writeFile(keys(), before.replace(/^restrict /, `restrict,command="${file}" `));
    await bench.worker.hosts.close();
    try {
      return await work();
    } finally {
      await writeFile(keys(), before);
      await bench.worker.hosts.close();
      await rm(file);
    }
  }

  async function restarted() {
    const { id } = await bench.ask('restart');
    return lastOf((await bench.confirm(id)).answers);
  }

  test('a key that can only look is told as such', async () => {
    const end = await forced(installedScript(), restarted);
    expect(end.mark).toBe('fail');
    expect(end.title).toBe(
      'gitlab-ctl restart registry was not run on lab: Registrar’s key for 127.0.0.1 can only look',
    );
    expect(end.words).toContain('docs/host.md');
  });

  test('the gate of docs/host.md lets it look and do the two commands, and nothing else', async () => {
    const page = await readFile(new URL('../../docs/host.md', import.meta.url), 'utf8');
    const gate = /^case "\$\{SSH_ORIGINAL_COMMAND[\s\S]*?^esac$/m.exec(page)?.[0];
    if (gate === undefined) throw new Error('docs/host.md has a gate');
    const here = gate.replaceAll('sudo -n ', '').replace('/usr/local/sbin/registrar-look', 'look');
    const end = await forced(`look() {\n${installedScript()}\n}\n${here.replaceAll('exec ', '')}`, restarted);
    expect([end.mark, end.title]).toEqual(['pass', 'The registry of lab was restarted']);
  });

  test('without a login nothing was run, and the answer says why', async () => {
    const { id } = await bench.ask('restart');
    const repair = await bench.lab.break('ssh-refused');
    await bench.worker.hosts.close();
    const end = lastOf((await bench.confirm(id)).answers);
    await repair();
    expect(end.title).toMatch(/^gitlab-ctl restart registry was not run on lab: /);
  });
});
