import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, waitFor } from '../lab/host/process.js';
import { type Sshd, startSshd } from '../lab/host/sshd.js';
import { hostOf, type SshBench, startSshBench } from './ssh-bench.js';

let bench: SshBench;

beforeAll(async () => {
  bench = await startSshBench();
});
afterAll(() => bench?.stop());

/** The sshd process that serves the session: the same one means the same connection. */
const WHO = 'echo "$PPID $SSH_CONNECTION"';
const portOf = ({ stdout }: { stdout: string }) => stdout.split(' ')[2];

/** How often somebody has logged in. */
async function logins(): Promise<number> {
  return (await readFile(join(bench.dir, 'sshd', 'sshd.log'), 'utf8')).split('Accepted publickey').length - 1;
}

test('one connection for concurrent looks and for later ones', async () => {
  const pool = bench.pool();
  const before = await logins();
  const first = await Promise.all([1, 2, 3, 4].map(() => pool.run(bench.host(), 'sh -s', WHO)));
  const later = await pool.run(bench.host(), 'sh -s', WHO);
  expect(new Set([...first, later].map(portOf)).size).toBe(1);
  expect([pool.size, (await logins()) - before]).toEqual([1, 1]);
  await pool.close();
  expect(pool.size).toBe(0);
});

test('a host that is configured otherwise gets a connection of its own: no pin is skipped', async () => {
  const pool = bench.pool();
  await pool.run(bench.host(), 'sh -s', 'true');
  const hostKey = `SHA256:${'A'.repeat(43)}`;
  await expect(pool.run(bench.host({ hostKey }), 'sh -s', 'true')).rejects.toMatchObject({
    code: 'ssh-host-key-changed',
  });
  expect(pool.size).toBe(1);
});

test('a connection that broke meanwhile is replaced, and nobody notices', async () => {
  const pool = bench.pool();
  const [pid, , from] = (await pool.run(bench.host(), 'sh -s', WHO)).stdout.split(' ');
  process.kill(Number(pid), 'SIGKILL');
  const again = await pool.run(bench.host(), 'sh -s', WHO);
  expect([again.code, portOf(again) === from]).toEqual([0, false]);
});

test('… also when it breaks in the middle of the script; but only once', async () => {
  const pool = bench.pool();
  await pool.run(bench.host(), 'sh -s', 'true');
  const witness = join(bench.dir, 'once');
  const dieOnce = `[ -e ${witness} ] && echo second || { : > ${witness}; kill -9 $PPID; }`;
  expect(await pool.run(bench.host(), 'sh -s', dieOnce)).toMatchObject({ stdout: 'second\n' });
  await expect(pool.run(bench.host(), 'sh -s', 'echo x; kill -9 $PPID')).rejects.toMatchObject({
    code: 'ssh-unreachable',
    forPerson: { what: 'the connection to 127.0.0.1 broke off' },
  });
});

test('after a restart of sshd the next look works', async () => {
  const pool = bench.pool();
  await pool.run(bench.host(), 'sh -s', 'true');
  await bench.sshd.stop();
  await bench.sshd.start();
  expect(await pool.run(bench.host(), 'sh -s', 'echo back')).toMatchObject({ stdout: 'back\n' });
});

test('more looks than sshd has sessions for: they get a second connection', async () => {
  const pool = bench.pool();
  await pool.run(bench.host(), 'sh -s', 'true');
  const runs = await Promise.all(
    Array.from({ length: 12 }, () => pool.run(bench.host(), 'sh -s', `${WHO}; sleep 0.3`)),
  );
  expect(runs.map(({ code }) => code)).toEqual(Array(12).fill(0));
  expect(new Set(runs.map(portOf)).size).toBe(2);
});

test('a connection that is idle is closed', async () => {
  const pool = bench.pool({ idleMs: 1 });
  await pool.run(bench.host(), 'sh -s', 'true');
  await waitFor('the idle connection to be gone', () => (pool.size === 0 ? true : undefined));
  expect(await pool.run(bench.host(), 'sh -s', 'echo again')).toMatchObject({ stdout: 'again\n' });
});

test('a login does not count for ever, however often it is used', async () => {
  const pool = bench.pool({ loginMs: 1 });
  const first = await pool.run(bench.host(), 'sh -s', `${WHO}; sleep 0.05`);
  expect(portOf(await pool.run(bench.host(), 'sh -s', WHO))).not.toBe(portOf(first));
});

test('a look that has hung holds up neither its asker nor the next look', async () => {
  const pool = bench.pool({ hostMs: 300 });
  await expect(pool.run(bench.host(), 'sh -s', 'echo begun; sleep 60')).rejects.toMatchObject({
    code: 'ssh-unreachable',
    forPerson: { what: '127.0.0.1 did not finish within 0.3 s' },
  });
});

describe('what changes something', () => {
  const once = { once: true };
  const witness = (name: string) => join(bench.dir, name);
  const lines = async (name: string) => (await readFile(witness(name), 'utf8')).split('\n').length - 1;

  test('is not repeated when the connection breaks under it, new or kept: it may have been done', async () => {
    const pool = bench.pool();
    const count = (name: string) => `echo run >> ${witness(name)}; kill -9 $PPID`;
    for (const name of ['new', 'kept']) {
      await expect(pool.run(bench.host(), 'sh -s', count(name), once)).rejects.toMatchObject({
        code: 'stopped-halfway',
        retry: 'never',
      });
      expect(await lines(name)).toBe(1);
      await pool.run(bench.host(), 'sh -s', 'true');
    }
  });

  test('has a deadline of its own, longer than a look’s or shorter', async () => {
    const pool = bench.pool({ hostMs: 300 });
    const long = pool.run(bench.host(), 'sh -s', 'sleep 0.6; echo end', { ms: 20_000, ...once });
    expect(await long).toMatchObject({ stdout: 'end\n' });
    await expect(pool.run(bench.host(), 'sh -s', 'sleep 60', { ms: 200, ...once })).rejects.toMatchObject({
      code: 'stopped-halfway',
      forPerson: { why: expect.stringContaining('did not finish within 0.2 s') },
    });
  });

  test('was surely not begun where there was no login, and where sshd had no session left', async () => {
    const pool = bench.pool();
    const hostKey = `SHA256:${'A'.repeat(43)}`;
    await expect(pool.run(bench.host({ hostKey }), 'sh -s', 'true', once)).rejects.toMatchObject({
      code: 'ssh-host-key-changed',
    });
    await pool.run(bench.host(), 'sh -s', 'true');
    const many = Array.from({ length: 12 }, (_, index) =>
      pool.run(bench.host(), 'sh -s', `echo run >> ${witness(`many-${index}`)}; sleep 0.3`, once),
    );
    expect((await Promise.all(many)).map(({ code }) => code)).toEqual(Array(12).fill(0));
    for (const index of many.keys()) expect(await lines(`many-${index}`)).toBe(1);
  });
});

describe('through a jump host', () => {
  let jump: Sshd;
  const through = (changes = {}) => {
    const { sudo: _, ...endpoint } = hostOf(jump, changes);
    return endpoint;
  };

  beforeAll(async () => {
    jump = await startSshd(join(bench.dir, 'jump'), join(bench.dir, 'root'), await freePort(), { jump: true });
  });
  afterAll(() => jump?.stop());

  test('the host is reached from there, and both connections are kept', async () => {
    const pool = bench.pool();
    const host = bench.host({ jump: through() });
    const first = await pool.run(host, 'sh -s', WHO);
    expect(portOf(await pool.run(host, 'sh -s', WHO))).toBe(portOf(first));
    expect(pool.size).toBe(2);
    expect(await readFile(join(bench.dir, 'jump', 'sshd.log'), 'utf8')).toContain('Accepted publickey');
    await pool.close();
    expect(pool.size).toBe(0);
  });

  test('its host key is pinned as well, and so is the one behind it', async () => {
    const hostKey = `SHA256:${'A'.repeat(43)}`;
    for (const host of [bench.host({ jump: through({ hostKey }) }), bench.host({ hostKey, jump: through() })])
      await expect(bench.once(host, 'true')).rejects.toMatchObject({ code: 'ssh-host-key-changed' });
  });

  test('a host that can’t be reached from there is told as such', async () => {
    await expect(bench.once(bench.host({ port: 1, jump: through() }), 'true')).rejects.toMatchObject({
      code: 'ssh-unreachable',
      forPerson: { what: '127.0.0.1:1 can’t be reached through 127.0.0.1', next: expect.stringContaining('ssh -J') },
    });
  });

  test('a jump host that forwards nothing', async () => {
    const { sudo: _, ...jumpHost } = bench.host();
    await expect(bench.once(bench.host({ jump: jumpHost }), 'true')).rejects.toMatchObject({
      forPerson: {
        what: expect.stringContaining('can’t be reached through'),
        next: expect.stringContaining('permitopen'),
      },
    });
  });

  test('when the way breaks, both are made anew', async () => {
    const pool = bench.pool();
    const host = bench.host({ jump: through() });
    await pool.run(host, 'sh -s', 'true');
    await jump.restartWithKey('first');
    expect(await pool.run(host, 'sh -s', 'echo back')).toMatchObject({ stdout: 'back\n' });
  });
});
