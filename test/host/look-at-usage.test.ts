import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { lookAtUsage, usageOf } from '../../src/host/look-at-usage.js';
import { installedScript } from '../../src/host/script.js';
import { type SshBench, startSshBench } from './ssh-bench.js';

let bench: SshBench;
const LINE =
  '10.2.3.4 - gitlab+deploy-token-7 [05/Aug/2026:10:00:00 +0000] ' +
  '"GET /jwt/auth?scope=repository%3Ashop%2Fapi%3Apull HTTP/1.1" 200 12 "-" "docker" -\n';

beforeAll(async () => {
  bench = await startSshBench();
  await write('var/log/gitlab/nginx/gitlab_access.log', LINE);
});
afterAll(() => bench?.stop());

async function write(path: string, text: string): Promise<string> {
  const file = join(bench.dir, 'root', path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  return file;
}

const USED = { uses: [{ account: 'gitlab+deploy-token-7', address: '10.2.3.4', actions: ['pull'], count: 1 }] };

test('a host is asked who uses the registry', async () => {
  expect(await usageOf(bench.pool(), bench.host())).toMatchObject(USED);
});

test('through sudo where the configuration says so', async () => {
  const sudo = await write('bin/sudo', '#!/bin/sh\n[ "$*" = "-n sh -s" ] || exit 9\nexec sh -s\n');
  await chmod(sudo, 0o755);
  try {
    expect(await usageOf(bench.pool(), bench.host({ sudo: true }))).toMatchObject(USED);
  } finally {
    await rm(sudo);
  }
});

test('a key that can do nothing but look tells it too', async () => {
  const look = await write('bin/registrar-look', installedScript());
  await chmod(look, 0o755);
  await bench.restricted(`command="${look}"`, async () => {
    expect(await usageOf(bench.pool(), bench.host({ sudo: true }))).toMatchObject(USED);
  });
});

test('an installed script that is older says so, and one that is cut short', async () => {
  const older = await write(
    'bin/older',
    `#!/bin/sh\nprintf '\\nregistrar-look registrar-%032d\\n\\nregistrar-%032d end\\n' 0 0\n`,
  );
  await chmod(older, 0o755);
  await bench.restricted(`command="${older}"`, async () => {
    await expect(usageOf(bench.pool(), bench.host())).rejects.toMatchObject({
      code: 'host-script-failed',
      forPerson: { next: 'if the key runs an installed script, install it again: registrar host script' },
    });
  });
  await bench.restricted('command="echo no shell for you >&2; exit 1"', async () => {
    await expect(usageOf(bench.pool(), bench.host())).rejects.toMatchObject({
      code: 'host-script-failed',
      forPerson: { what: 'the look at the logs of 127.0.0.1 was cut short (exit 1)', why: 'no shell for you' },
    });
  });
});

test('all hosts that can tell are asked; one that is away says so', async () => {
  const here = bench.host({ roles: ['web'] });
  const away = bench.host({ roles: ['registry'], port: 1 });
  const [one, two, ...rest] = await lookAtUsage(bench.pool(), [here, bench.host({ roles: ['redis'] }), away]);
  expect(one).toMatchObject({ host: '127.0.0.1', usage: USED });
  expect(two).toEqual({ host: '127.0.0.1', why: expect.stringContaining('can’t be reached by SSH') });
  expect(rest).toEqual([]);
});
