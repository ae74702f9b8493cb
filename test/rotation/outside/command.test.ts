import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command } from '../../../src/rotation/outside/command.js';
import { waitFor } from '../../lab/host/process.js';
import { failureOf } from './failure.js';

// Without the shape of any token: only by its value can it be known.
const token = 'wQ7+pK/2mZ=xT9.rL4';
const login = { username: 'pull', token, registryHost: 'registry.example.com:5050' };
const LINE = `{"registry":"registry.example.com:5050","username":"pull","password":"${token}"}\n`;
let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'command-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const at = (name: string) => join(dir, name);
/** A program of its own: what it is run with stands in no argument. */
async function program(name: string, text: string): Promise<string> {
  await writeFile(at(name), `#!/bin/sh\n${text}\n`);
  await chmod(at(name), 0o755);
  return at(name);
}
const shell = async (text: string) => command({ run: [await program('run', text)] });

describe('write', () => {
  test('gives one line of JSON on standard input, and the arguments as they are configured', async () => {
    const run = await program('run', `cat > ${at('got')}; printf '<%s>' "$@" > ${at('argv')}`);
    await command({ run: [run, 'a b', '$(id)', '', '--x'] }).write(login);
    expect(await readFile(at('got'), 'utf8')).toBe(LINE);
    expect(await readFile(at('argv'), 'utf8')).toBe('<a b><$(id)><><--x>');
  });

  test('a program gets nothing of Registrar’s environment', async () => {
    process.env.REGISTRAR_TEST_SECRET = 'hunter2';
    await (await shell(`env > ${at('env')}`)).write(login);
    const names = (await readFile(at('env'), 'utf8')).match(/^\w+(?==)/gm);
    expect(names?.sort()).toEqual(['HOME', 'LANG', 'PATH', 'PWD']);
  });

  test('a program that reads nothing, and one that leaves something behind that does not end', async () => {
    await command({ run: ['true'] }).write({ ...login, username: 'x'.repeat(1_000_000) });
    await (await shell(`sleep 1000 & echo $! > ${at('pid')}`)).write(login);
    process.kill(Number(await readFile(at('pid'), 'utf8')), 'SIGKILL');
  });

  test.each([
    ['exit 3', 'never', 'exited with 3'],
    ['exit 75', { afterMs: 5_000 }, 'asks to be run later'],
    ['kill -9 $$', 'never', 'was ended by SIGKILL'],
  ])('%s', async (text, retry, what) => {
    const failure = await failureOf((await shell(text)).write(login));
    expect(failure).toMatchObject({ part: 'outside', retry });
    expect(failure.forPerson).toMatchObject({ what: expect.stringContaining(what), why: 'it printed nothing' });
  });

  test('a program that is not there, is not executable, or is a folder', async () => {
    await writeFile(at('plain'), 'x');
    for (const run of [at('none'), at('plain'), dir, 'registrar-no-such-program']) {
      const consumer = command({ run: [run] });
      expect(await failureOf(consumer.write(login))).toMatchObject({ code: 'outside-failed', retry: 'never' });
      if (run !== dir) expect(await failureOf(consumer.check())).toMatchObject({ code: 'outside-failed' });
    }
  });
});

describe('holds', () => {
  test('asks the check in the same way; without one it is not known', async () => {
    const check = [await program('check', `cat > ${at('got')}; exit "$1"`)];
    expect(await command({ run: ['true'], check: [...check, '0'] }).holds(login)).toBe(true);
    expect(await readFile(at('got'), 'utf8')).toBe(LINE);
    expect(await command({ run: ['true'], check: [...check, '1'] }).holds(login)).toBe(false);
    expect(await command({ run: ['true'] }).holds(login)).toBe('unknown');
  });

  test('a check that fails says neither', async () => {
    const check = [await program('check', 'echo "no route to Jenkins" >&2; exit 2')];
    const { forPerson } = await failureOf(command({ run: ['true'], check }).holds(login));
    expect(forPerson.why).toBe('no route to Jenkins');
  });
});

describe('restore', () => {
  test('gives the old login; what was there before can’t be read', async () => {
    const consumer = await shell(`cat > ${at('got')}`);
    expect(await consumer.read()).toBeUndefined();
    expect(await consumer.restore(undefined, undefined)).toBe(false);
    expect(await readdir(dir)).toEqual(['run']);
    expect(await consumer.restore(undefined, login)).toBe(true);
    expect(await readFile(at('got'), 'utf8')).toBe(LINE);
  });
});

describe('what a program prints', () => {
  test.each([
    ['its input', 'cat >&2'],
    ['its input on standard output', 'cat'],
    ['its input in base64', 'base64 >&2'],
    ['its input in hexadecimal', 'od -An -tx1 -v | tr -d " \\n"'],
    ['its commands', 'read -r line; set -x; : "$line"; exit 1'],
    ['its input in colours', "sed 's/+/+\\x1b[31m/' >&2"],
    ['its input again and again', 'read -r line; yes "$line" | head -c 3000000 >&2'],
  ])('%s: the token is in no error', async (_, text) => {
    const { forPerson, message } = await failureOf((await shell(`${text}\nexit 1`)).write(login));
    const told = message + JSON.stringify(forPerson);
    for (const part of [token, token.slice(3, -3), Buffer.from(token).toString('hex')])
      expect(told).not.toContain(part);
    expect(Buffer.from(told.replaceAll('\\n', ''), 'base64').toString()).not.toContain(token.slice(3, -3));
    expect(forPerson.why?.length).toBeLessThanOrEqual(301);
  });

  test('other secrets are known by their shape', async () => {
    const { forPerson } = await failureOf(
      (await shell('echo "Authorization: Bearer abcdefghijkl" >&2; exit 1')).write(login),
    );
    expect(forPerson.why).toBe('Authorization: Bearer [redacted]');
  });

  test('a flood is read to its end, and its first 300 characters are shown', async () => {
    const { forPerson } = await failureOf(
      (await shell('head -c 20000000 /dev/zero | tr "\\0" x >&2; exit 4')).write(login),
    );
    expect(forPerson).toMatchObject({ what: expect.stringContaining('exited with 4'), why: `${'x'.repeat(300)}…` });
  });

  test('what is no text is no fault', async () => {
    const { forPerson } = await failureOf((await shell('head -c 5000 /dev/urandom >&2; exit 4')).write(login));
    expect(forPerson.what).toContain('exited with 4');
  });
});

describe('while it runs', () => {
  test('the token is in no process’s arguments or environment', async () => {
    const run = await program(
      'run',
      `cat > /dev/null; echo > ${at('read')}; until [ -e ${at('go')} ]; do sleep 0.02; done`,
    );
    const done = command({ run: [run, 'one'] }).write(login);
    await waitFor('the program', () => readFile(at('read')).catch(() => undefined));
    const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    const texts = await Promise.all(
      processes.flatMap((pid) =>
        ['cmdline', 'environ'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')),
      ),
    );
    await writeFile(at('go'), '');
    await done;
    expect(texts.some((text) => text.includes(`${run}\0one`))).toBe(true);
    expect(texts.filter((text) => text.includes(token))).toEqual([]);
  });

  test('one that hangs is killed at the limit, with its children, and is asked again later', async () => {
    const limit = new AbortController();
    const run = await program(
      'run',
      `echo waiting >&2; sleep 1000 & echo "$$ $!" > ${at('part')}; mv ${at('part')} ${at('pids')}; wait`,
    );
    const failing = failureOf(command({ run: [run] }, () => limit.signal).write(login));
    const pids = await waitFor('the program', () => readFile(at('pids'), 'utf8').catch(() => undefined));
    limit.abort();
    const failure = await failing;
    expect(failure).toMatchObject({ code: 'outside-unreachable', retry: { afterMs: 5_000 } });
    expect(failure.forPerson).toMatchObject({
      what: expect.stringContaining('longer than 60 seconds'),
      why: 'waiting',
    });
    for (const pid of pids.trim().split(' '))
      await waitFor(`the end of ${pid}`, async () => (await isGone(pid)) || undefined);
  });

  test('one that fails and leaves its output open to another group’s program ends at the limit', async () => {
    const limit = new AbortController();
    const run = await program(
      'run',
      `setsid sleep 1000 & echo "$$ $!" > ${at('part')}; mv ${at('part')} ${at('pids')}; exit 3`,
    );
    const failing = failureOf(command({ run: [run] }, () => limit.signal).write(login));
    const pids = await waitFor('the program', () => readFile(at('pids'), 'utf8').catch(() => undefined));
    const [own = '', left = ''] = pids.trim().split(' ');
    await waitFor('its end', async () => !(await readdir('/proc')).includes(own) || undefined);
    limit.abort();
    expect((await failing).forPerson.what).toContain('exited with 3');
    process.kill(Number(left), 'SIGKILL');
  });
});

test('check tells whether it can be run, and runs nothing', async () => {
  const run = await program('run', `echo > ${at('ran')}`);
  expect(await command({ run: [run] }).check()).toBe('it can be run; without check, what it wrote is not read back');
  expect(await command({ run: [run], check: ['test'] }).check()).toBe('it can be run');
  expect((await failureOf(command({ run: [run], check: [at('none')] }).check())).forPerson.next).toContain(
    'chmod a+rx',
  );
  expect(await readdir(dir)).toEqual(['run']);
});

async function isGone(pid: string): Promise<boolean> {
  // Nobody may be there to reap it: a zombie is gone.
  return readFile(`/proc/${pid}/stat`, 'utf8').then(
    (stat) => / Z /.test(stat),
    () => true,
  );
}
