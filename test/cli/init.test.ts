import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configCheckCommand } from '../../src/cli/config-check.js';
import { main } from '../../src/cli.js';
import { loadConfig } from '../../src/config/load.js';
import { initIn } from '../init/at-desk.js';
import { startGitLab } from '../lab/gitlab/double.js';
import { makeSigningPair } from '../lab/gitlab/keys.js';
import { createAuthority } from '../lab/host/certificates.js';
import { type Lab, startLab } from '../lab/lab.js';

let labDir: string;
let lab: Lab;
let token: string;
let dir: string;
beforeAll(async () => {
  labDir = mkdtempSync(join(tmpdir(), 'init-lab-'));
  lab = await startLab({ dir: labDir, slack: 'socket' });
  token = readFileSync(join(labDir, 'secrets/gitlab-token'), 'utf8');
});
afterAll(async () => {
  await lab.stop();
  rmSync(labDir, { recursive: true, force: true });
});
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'init-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const ssh = () => {
  const { host, port, username, privateKeyPath, hostKeyFingerprint } = lab.host.ssh;
  return { address: host, port: String(port), user: username, key: privateKeyPath, hostKey: hostKeyFingerprint };
};
/** Every answer, in the order of the questions. */
const answers = () => {
  const { address, port, user, key } = ssh();
  return [lab.gitlab.url, token, '', lab.host.ca.certPath, address, port, user, key, 'yes', 'ana', 'none'];
};

test('a newcomer answers, each answer is tried, and what is written works', async () => {
  const { code, out } = await initIn(dir, answers());
  expect([code, out]).toEqual([0, expect.stringContaining('npx registrar config check')]);
  expect(out).toContain('npx registrar all');
  const { port, address, user, hostKey } = ssh();
  expect(out).toContain(`${address} offers the host key ${hostKey}`);
  expect(out).toContain('✔ the token of registrar-bot: api;');

  const config = loadConfig(join(dir, 'registrar.yaml'));
  expect(config.instances[0]).toMatchObject({
    gitlab: { url: lab.gitlab.url, token: `file:${join(dir, 'secrets/gitlab-token')}` },
    registry: { url: lab.host.registryUrl },
    ca: lab.host.ca.certPath,
    hosts: [{ address, port: Number(port), user, hostKey }],
  });
  expect(config.access.people).toEqual([{ gitlab: 'ana', terminal: expect.any(String) }]);
  const { write } = process.stdout;
  let checked = '';
  process.stdout.write = (text) => {
    checked += String(text);
    return true;
  };
  const all = await configCheckCommand(join(dir, 'registrar.yaml')).finally(() => {
    process.stdout.write = write;
  });
  expect([all, checked]).toEqual([0, expect.stringContaining('Everything works.')]);
});

test('the token stands in a file for its owner alone, in nothing else, and is never printed', async () => {
  const { out } = await initIn(dir, answers());
  const path = join(dir, 'secrets/gitlab-token');
  expect(readFileSync(path, 'utf8')).toBe(`${token}\n`);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(join(dir, 'secrets')).mode & 0o777).toBe(0o700);
  for (const text of [out, readFileSync(join(dir, 'registrar.yaml'), 'utf8')]) expect(text).not.toContain(token);
  expect(readdirSync(dir).sort()).toEqual(['registrar.yaml', 'secrets']);
});

test('what is written says what it is', async () => {
  await initIn(dir, answers());
  const text = readFileSync(join(dir, 'registrar.yaml'), 'utf8');
  expect(text).toMatch(/^# Written by registrar init/);
  expect(text).toMatch(/^ +token: file:secrets\/gitlab-token # scope api/m);
  expect(text).toMatch(/^# Who is who.*\naccess:\n/m);
});

test('a wrong answer is told, and asked again', async () => {
  const [url = '', , ...rest] = answers();
  const weak = lab.gitlab.addPersonalToken(lab.people.ana, { name: 'weak', scopes: ['read_api'] }).token;
  const { address, port, user, key } = ssh();
  const { code, out } = await initIn(dir, [
    ...['no address', lab.host.registryUrl, lab.host.ca.certPath, url],
    ...['glpat-nobodys', 'two words', weak, 'env:NOT_SET', token],
    ...[url, rest[0] ?? '', lab.host.ca.certPath],
    ...[`${user}@${address}`, address, '0', port, user, join(dir, 'no-key'), key, 'no'],
    ...['', '', 'somebody', '', 'yes'],
    ...['', '', user, '', 'yes', 'nobody-at-all', '@ana', 'irc', 'none'],
  ]);
  expect([code, out]).toEqual([0, expect.stringContaining('is written')]);
  for (const said of [
    'that is no address',
    'does not answer as GitLab’s API does',
    'GitLab refuses Registrar’s access token',
    'neither white space',
    'it has read_api, and rotation needs the scope api',
    'NOT_SET is not set',
    'not as GitLab’s registry',
    'a name or an address alone',
    'a number from 1 to 65535',
    'is no private key',
    'the host key is not confirmed',
    'refuses Registrar’s key',
    'GitLab has no user of that name',
    'one of none, slack, mattermost',
  ])
    expect(out).toContain(`${said}`);
  expect(out).not.toContain(weak);
});

test('every question has an option: nothing is asked', async () => {
  const { address, port, user, key, hostKey } = ssh();
  const { code, out } = await initIn(dir, [], {
    ...{ gitlabUrl: lab.gitlab.url, tokenFile: join(labDir, 'secrets/gitlab-token'), person: 'ana', chat: 'slack' },
    ...{ registryUrl: lab.host.registryUrl, ca: lab.host.ca.certPath },
    ...{ sshAddress: address, sshPort: port, sshUser: user, sshKey: key, sshHostKey: hostKey },
    ...{ slackMode: 'socket', slackApiUrl: lab.slack?.apiUrl ?? '', slackMember: 'U024BE7LH' },
    ...{ slackBotToken: `file:${labDir}/secrets/slack-bot`, slackAppToken: `file:${labDir}/secrets/slack-app` },
    output: 'other/team.yaml',
  });
  expect([code, out]).toEqual([0, expect.stringContaining(`--config ${join(dir, 'other/team.yaml')} config check`)]);
  expect(out).not.toContain('?');
  expect(readdirSync(join(dir, 'other'))).toEqual(['team.yaml']);
  const { chat, access } = loadConfig(join(dir, 'other/team.yaml'));
  expect(chat.slack).toMatchObject({ mode: 'socket', botToken: `file:${labDir}/secrets/slack-bot` });
  expect(access.people).toMatchObject([{ slack: 'U024BE7LH' }]);
});

test('a host key other than the expected one is refused, and nobody logs in', async () => {
  const { address, port, user, key } = ssh();
  const [url = '', , ...rest] = answers();
  const { code, out } = await initIn(dir, [url, token, '', rest[1] ?? '', 'none', 'ana', 'mattermost'], {
    ...{ sshAddress: address, sshPort: port, sshUser: user, sshKey: key, sshHostKey: `SHA256:${'A'.repeat(43)}` },
  });
  expect([code, out]).toEqual([0, expect.stringContaining('somebody stands in between')]);
  expect(out).toContain('docs/mattermost.md');
  expect(loadConfig(join(dir, 'registrar.yaml')).instances[0]?.hosts).toEqual([]);
});

test('GitLab’s own certificate of an unknown authority is shown, and a file for it is asked for', async () => {
  const authority = await createAuthority(join(dir, 'authority'));
  const files = await authority.issue('gitlab', ['127.0.0.1']);
  const { keyPem: signingKeyPem, certificatePem } = await makeSigningPair();
  const tls = { key: readFileSync(files.key, 'utf8'), cert: readFileSync(files.cert, 'utf8') };
  const gitlab = await startGitLab({ signingKeyPem, certificatePem, tls });
  try {
    writeFileSync(join(dir, 'empty.pem'), 'nothing');
    const { code, out } = await initIn(dir, [gitlab.url, 'absent.pem', 'empty.pem', 'authority/ca.crt']);
    expect(code).toBe(1);
    expect(out).toMatch(/subject {5}\S+\n {4}issuer {6}Lab CA\n {4}SHA-256 {5}(?:[0-9A-F]{2}:){31}[0-9A-F]{2}/);
    for (const said of ['absent.pem can’t be read', 'holds no certificate', `✔ a GitLab answers at ${gitlab.url}`])
      expect(out).toContain(said);
  } finally {
    await gitlab.stop();
  }
});

test('wherever the answers end, nothing is written', async () => {
  const all = answers();
  for (const length of [0, 2, 4, 8, 10]) {
    const { code, out } = await initIn(dir, all.slice(0, length));
    expect([code, out]).toEqual([1, expect.stringContaining('nothing was written')]);
    expect(readdirSync(dir)).toEqual([]);
  }
});

test('a configuration that is there is never overwritten', async () => {
  writeFileSync(join(dir, 'registrar.yaml'), 'mine');
  const { code, out } = await initIn(dir, answers());
  expect([code, out]).toEqual([1, expect.stringContaining('registrar init --output')]);
  expect(readFileSync(join(dir, 'registrar.yaml'), 'utf8')).toBe('mine');
  expect(readdirSync(dir)).toEqual(['registrar.yaml']);
});

test('an argument that is none exits 2', async () => {
  const { write } = process.stderr;
  process.stderr.write = () => true;
  try {
    for (const wrong of [
      ['--chat', 'irc'],
      ['--token', 'glpat-x'],
      ['--token-file', 'a', '--token-env', 'B'],
    ])
      expect(await main(['init', ...wrong])).toBe(2);
  } finally {
    process.stderr.write = write;
  }
});
