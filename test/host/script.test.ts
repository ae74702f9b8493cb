import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseGitlabRb } from '../../src/host/gitlab-rb.js';
import { type Asked, hostScript, installedScript } from '../../src/host/script.js';
import { boundaryOf, parseSnapshot } from '../../src/host/snapshot.js';
import { run } from '../lab/host/process.js';
import { eachSample, omnibusSamples } from './samples.js';

const samples = omnibusSamples();
let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'script-'));
  await write('bin/gitlab-ctl', '#!/bin/sh\necho "$0 $*" >> "$REGISTRAR_ROOT/calls"\n');
  await chmod(join(root, 'bin/gitlab-ctl'), 0o755);
});

afterEach(() => rm(root, { recursive: true, force: true }));

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}

/** The real script, run by the real sh. */
async function look(asked: Asked = { names: [] }, more: Record<string, string> = {}): Promise<string> {
  const env = { ...more, REGISTRAR_ROOT: root, PATH: `${root}/bin:${process.env.PATH}` };
  const { stdout, stderr, code } = await run('sh', ['-s'], { input: hostScript(asked), env });
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  return stdout;
}

const seenIn = (output: string) => parseSnapshot(output, boundaryOf(output) ?? 'none');

async function gitlabRb(text: string): Promise<string> {
  await write('etc/gitlab/gitlab.rb', text);
  const file = seenIn(await look()).gitlabRb;
  return file !== undefined && 'text' in file ? file.text : '';
}

/** Everything in a sample that is a secret: the value after a key that says so. */
function secretsOf(text: string): string[] {
  const key = /(?:secret|password|secretkey|accesskey|dsn)['"]?\]?\s*(?:=>|=|:)\s*['"]([^'"]+)['"]/gi;
  return [...text.matchAll(key), ...text.matchAll(/Bearer ([^'"]+)/g)].map(([, value = '']) => value);
}

describe('the files of a real package', () => {
  eachSample('no secret leaves the host, and line numbers stay true', samples, async (sample) => {
    const smtp = "gitlab_rails['smtp_password'] = 'of-something-else'\ngitlab_rails['smtp_user_name'] = 'somebody'\n";
    const source = `${smtp}${sample.gitlabRb}${smtp}`;
    await write('etc/gitlab/gitlab.rb', source);
    await write('var/opt/gitlab/registry/config.yml', sample.registryConfig);
    if (sample.vhost !== undefined)
      await write('var/opt/gitlab/nginx/conf/service_conf/gitlab-registry.conf', sample.vhost);
    const output = await look();
    const secrets = [sample.gitlabRb, sample.registryConfig].flatMap(secretsOf);
    expect(secrets.length).toBeGreaterThan(0);
    for (const secret of [...secrets, 'of-something-else', 'somebody']) expect(output).not.toContain(secret);

    const seen = seenIn(output);
    for (const [file, text] of [
      [seen.gitlabRb, source],
      [seen.registryConfig, sample.registryConfig],
      [seen.vhost, sample.vhost],
    ] as const) {
      if (text === undefined) continue;
      const sent = file !== undefined && 'text' in file ? file.text.trimEnd().split('\n') : [];
      for (const [i, line] of sent.entries())
        if (line !== '' && !line.includes('***')) expect([i, line]).toEqual([i, text.split('\n')[i]]);
    }
    if (seen.vhost !== undefined && 'text' in seen.vhost) expect(seen.vhost.text.trim()).toBe(sample.vhost?.trim());
  });

  eachSample('what is sent of gitlab.rb says the same of the registry', samples, async (sample) => {
    const sent = await parseGitlabRb(await gitlabRb(sample.gitlabRb));
    const whole = await parseGitlabRb(sample.gitlabRb);
    expect(sent.errors).toEqual([]);
    const of = (file: typeof whole) =>
      file.settings.filter(({ path: [key = ''] }) => /registry|external_url/.test(key));
    expect(of(sent).map(({ path, line }) => [line, path])).toEqual(of(whole).map(({ path, line }) => [line, path]));
    const plain = ({ value }: { value: unknown }) => !JSON.stringify(value ?? '').includes('***');
    for (const setting of of(sent).filter(plain)) expect(of(whole)).toContainEqual(setting);
  });
});

describe('gitlab.rb as people write it', () => {
  const HOSTILE = [
    `registry['http_secret'] = ENV['REGISTRY_SECRET']`,
    `registry['http_secret'] = ENV.fetch('REGISTRY_SECRET', 'hunter2')`,
    `registry['http_secret'] = File.read(File.join('/x', 'hunter2')).strip`,
    'registry["http_secret"] = `echo hunter2`',
    `registry['http_secret'] = %q(hunter2 hunter2)`,
    `registry['http_secret'] = "with \\"hunter2\\" quotes"`,
    `registry["http_secret"]="hunter2"`,
    `registry['internal_key'] = "-----BEGIN RSA PRIVATE KEY-----\\nhunter2\\n-----END RSA PRIVATE KEY-----"`,
    `registry['internal_key'] = 'not in PEM: hunter2'`,
    `registry['internal_key'] = <<~KEY\n  -----BEGIN RSA PRIVATE KEY-----\n  hunter2\nKEY`,
    `registry['storage'] = { 's3' => { 'accesskey' => 'hunter2', secretkey: "hunter2", 'bucket' => 'b' } }`,
    `registry['storage'] = {\n's3' => {\n'secretkey' => # comment\n  'hunter2',\n}\n}`.replace('# comment\n  ', ''),
    `registry['notifications'] = [{ 'headers' => { 'Authorization' => ['Bearer hunter2', 'hunter2'] } }]`,
    `registry['notifications'] = [{ 'url' => 'https://ana:hunter2@hooks.example.com/' }]`,
    `registry['redis'] = { 'addr' => 'redis://:hunter2@cache:6379' }`,
    `registry_nginx['custom_gitlab_server_config'] = <<-EOS\n  if ($host) {\n  proxy_set_header Authorization "Basic hunter2";\n  EOS`,
    `registry_nginx['custom_gitlab_server_config'] = "proxy_set_header Authorization \\"Basic hunter2\\";"`,
    `nginx['custom_nginx_config'] = <<EOS\nif ($host) {\nend\nhunter2\nEOS`,
    `gitlab_rails['smtp_password'] = 'hunter2'`,
    `# registry['http_secret'] = 'hunter2'`,
    `=begin\nregistry['debug_addr'] = 'hunter2'\n=end`,
    `registry['log_level'] = "a [ { ( b"`,
    `postgresql['sql_password'] = 'hunter2' if true`,
    `domain = if File.exist?('/x')\n  'hunter2'\nelse # other\n  'b'\nend`,
    `case domain\nwhen 'hunter2' then 1\nelse\n  2\nend`,
    `if true then gitlab_rails['x'] = 'hunter2' end`,
    `%w[hunter2 b].each do |name| # for each\n  registry['log_level'] = 'hunter'\nend.first`,
    `begin\n  x = 'hunter2'\nrescue StandardError\n  y = 1\nend`,
  ];

  test.each(HOSTILE)('%j: nothing secret, no line moved, and still Ruby', async (lines) => {
    const last = "registry['debug_addr'] = 'localhost:5005'";
    const source = `${lines}\n${last}\n`;
    expect((await parseGitlabRb(source)).errors).toEqual([]);
    const sent = await gitlabRb(source);
    expect(sent).not.toContain('hunter2');
    const { settings, errors } = await parseGitlabRb(sent);
    expect(errors).toEqual([]);
    expect(settings.at(-1)).toEqual({
      path: ['registry', 'debug_addr'],
      value: 'localhost:5005',
      line: source.trimEnd().split('\n').length,
    });
  });

  test('all of it at once', async () => {
    const source = `${HOSTILE.join('\n')}\n`;
    const sent = await gitlabRb(source);
    expect(sent).not.toContain('hunter2');
    expect((await parseGitlabRb(sent)).errors).toEqual([]);
  });

  test('a setting inside an `if` stays uncertain', async () => {
    const sent = await gitlabRb("if ENV['hunter2']\n  registry['log_level'] = 'debug'\nelse\n  x = 1\nend\n");
    expect(sent).toBe("if computed\n  registry['log_level'] = 'debug'\nelse\n\nend\n\n");
    expect((await parseGitlabRb(sent)).settings).toEqual([
      { path: ['registry', 'log_level'], value: undefined, line: 2 },
    ]);
  });

  test('a bracket that is never closed keeps nothing else', async () => {
    const sent = await gitlabRb(
      "registry['a'] = [\n  'b',\ngitlab_rails['smtp_user_name'] = 'hunter2'\nredis['x'] = 'hunter2'\n",
    );
    expect(sent).not.toContain('hunter2');
  });
});

describe('the script', () => {
  test('reads only, and asks gitlab-ctl for nothing but what it shows', async () => {
    await look();
    const { stdout } = await run('cat', [join(root, 'calls')]);
    const calls = stdout
      .trim()
      .split('\n')
      .map((call) => call.replace(/^.*gitlab-ctl /, ''));
    expect(calls).toEqual(expect.arrayContaining(['service-list', 'status']));
    expect(calls.filter((call) => !/^(service-list|status|status (registry|nginx))$/.test(call))).toEqual([]);
  });

  test('says of each file whether it is missing', async () => {
    const seen = seenIn(await look());
    expect(seen.gitlabRb).toEqual({ path: `${root}/etc/gitlab/gitlab.rb`, absent: 'missing' });
    expect(seen.vhost).toMatchObject({ absent: 'missing' });
  });

  test('tells the disk of the blobs, the version, the clock and the last errors of the log', async () => {
    await write('var/opt/gitlab/registry/config.yml', `storage: {"filesystem":{"rootdirectory":"${root}"}}\n`);
    await write('opt/gitlab/version-manifest.txt', 'gitlab-ee 18.11.0\n\nComponent  Installed\n');
    const log = ['level=info msg=x', 'level=error msg="a" password=hunter2', 'level=fatal msg="b"'];
    await write('var/log/gitlab/registry/current', `${log.join('\n')}\n`);
    const seen = seenIn(await look());
    expect(seen).toMatchObject({
      version: '18.11.0',
      clock: expect.any(Number),
      disk: { path: root, totalBytes: expect.any(Number), freeBytes: expect.any(Number) },
      registryErrors: ['level=error msg="a" password="***"', 'level=fatal msg="b"'],
    });
  });

  test('takes the old place of the vhost where the new one has none', async () => {
    await write('var/opt/gitlab/nginx/conf/gitlab-registry.conf', 'server {}\n');
    expect(seenIn(await look()).vhost).toMatchObject({
      path: `${root}/var/opt/gitlab/nginx/conf/gitlab-registry.conf`,
      text: expect.stringContaining('server {}'),
    });
  });

  test.each([
    ['nothing', {}],
    ['a locale and a time zone that translate', { LANG: 'de_DE.UTF-8', LC_ALL: 'de_DE.UTF-8', TZ: 'Asia/Kathmandu' }],
    ['settings of df', { POSIXLY_CORRECT: '1', BLOCK_SIZE: 'human-readable', DF_BLOCK_SIZE: '1M' }],
  ])('the environment changes nothing: %s', async (_, env) => {
    await write('var/opt/gitlab/registry/config.yml', `  "rootdirectory": "${root}"\n`);
    await write('bin/gitlab-ctl', '#!/bin/sh\necho "run: registry: (pid 1) 99s $LC_ALL,$TZ"\n');
    const { disk, status } = seenIn(await look(undefined, env));
    expect(status[0]?.line).toBe('run: registry: (pid 1) 99s C,UTC');
    expect((await run('df', ['-Pk', root])).stdout).toContain(String((disk?.totalBytes ?? 0) / 1024));
  });

  test('begins with a word that nobody can foresee', async () => {
    expect(boundaryOf(await look())).not.toBe(boundaryOf(await look()));
    expect(boundaryOf('motd\nregistrar-look registrar-short\n')).toBeUndefined();
  });

  describe('on a close look', () => {
    const log = (name: string, ...lines: string[]) =>
      write(`var/log/gitlab/${name}`, lines.map((one) => `${one}\n`).join(''));
    const logsOf = (output: string) =>
      Object.fromEntries((seenIn(output).logs ?? []).map(({ file, lines }) => [file, lines]));

    test('takes failures and bans out of the logs, without secrets; else none of it', async () => {
      const refused = '10.0.0.7 - - [02/May/2026:09:11:05 +0000] "PATCH /v2/a/b HTTP/1.1" 413 183 "" "docker"';
      await log('registry/current', 'level=info msg=x', 'level=error msg="a" password=hunter2');
      await log('nginx/gitlab_registry_access.log', refused.replace('413', '401'), refused);
      await log('nginx/gitlab_registry_error.log', '2026/05/02 [error] connect() failed');
      await log('gitlab-rails/auth_json.log', '{"message":"Rack_Attack","env":"blocklist"}', '{"message":"other"}');
      expect(logsOf(await look({ names: [], closely: true }))).toEqual({
        'registry/current': ['level=error msg="a" password="***"'],
        'nginx/gitlab_registry_access.log': [refused],
        'nginx/gitlab_registry_error.log': ['2026/05/02 [error] connect() failed'],
        'gitlab-rails/auth_json.log': ['{"message":"Rack_Attack","env":"blocklist"}'],
      });
      expect(await look()).not.toContain(refused);
    });

    test('takes no more than the end, from whole lines, and cuts after masking', async () => {
      const long = `level=error msg="${'no space '.repeat(128)}" secret="hunter2${'y'.repeat(200)}"`;
      await log('registry/current', ...Array.from({ length: 400 }, (_, at) => `${long} n=${at}`));
      const lines = logsOf(await look({ names: [], closely: true }))['registry/current'] ?? [];
      expect(lines.length).toBeLessThan(200);
      expect(lines.at(-1)).toContain('level=error msg="no space no space ');
      expect(lines.join()).not.toContain('hunter2');
      expect(new Set(lines.map((line) => line.slice(0, 12)))).toEqual(new Set(['level=error ']));
      expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(1_200);
    });

    test('resolves the configured names, and takes nothing else for one', async () => {
      const seen = seenIn(await look({ names: ['localhost', 'registry.invalid', "a'; reboot; '", '$(reboot)', '-x'] }));
      expect(seen.names).toEqual([
        {
          name: 'localhost',
          addresses: expect.arrayContaining([expect.stringMatching(/^(?:127\.0\.0\.1|::1)$/)]),
          hostsFile: expect.arrayContaining([expect.stringMatching(/\slocalhost/)]),
        },
        { name: 'registry.invalid', addresses: [], hostsFile: [] },
      ]);
    });
  });
});

describe('as a file on the host', () => {
  const installed = async (input: string) => {
    await write('bin/registrar-look', installedScript());
    const env = { REGISTRAR_ROOT: root, PATH: `${root}/bin:${process.env.PATH}` };
    const { stdout, stderr, code } = await run('sh', [join(root, 'bin/registrar-look')], { input, env });
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    return seenIn(stdout);
  };

  test('answers as the script that is sent, whatever is asked', async () => {
    const names = ['localhost', 'registry.invalid'];
    for (const asked of [{ names }, { names, closely: true }, { names, servicesOnly: true }]) {
      const { clock: _, ...sent } = seenIn(await look(asked));
      expect(await installed(hostScript(asked))).toMatchObject(sent);
    }
    expect((await installed(hostScript({ names }))).names?.map(({ name }) => name)).toEqual(names);
  });

  test.each([
    '',
    '\n',
    'touch WITNESS\n',
    'set -- closely $(touch WITNESS) ;touch WITNESS\n',
    'set -- closely `touch WITNESS` *\n',
    `set -- closely ${'x'.repeat(1e6)}`,
  ])('runs nothing of what it is sent: %.60j', async (input) => {
    const witness = join(root, 'witness');
    const { names = [] } = await installed(input.replaceAll('WITNESS', witness));
    expect(names.filter(({ name }) => /[^A-Za-z0-9._:-]/.test(name))).toEqual([]);
    expect((await run('ls', [witness])).code).not.toBe(0);
  });
});
