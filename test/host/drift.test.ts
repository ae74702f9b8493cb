import { isScalar, parseDocument } from 'yaml';
import { registryConfigDrift, vhostDrift } from '../../src/host/drift.js';
import { type Expected, intended } from '../../src/host/expected.js';
import { parseGitlabRb } from '../../src/host/gitlab-rb.js';
import { eachSample, omnibusSamples, type Sample } from './samples.js';

const samples = omnibusSamples();
const wantedOf = async ({ gitlabRb, version }: Sample) => intended(await parseGitlabRb(gitlabRb), version);
const drift = ({ registryConfig, vhost }: Pick<Sample, 'registryConfig' | 'vhost'>, expected: readonly Expected[]) => [
  ...registryConfigDrift(registryConfig, expected),
  ...(vhost === undefined ? [] : vhostDrift(vhost, expected)),
];

/** The first line in which two texts differ. */
const changedLine = (before: string, after: string) => {
  const lines = before.split('\n');
  return after.split('\n').findIndex((line, i) => line !== lines[i]) + 1;
};

/** config.yml with another value at that key. */
function editConfig(text: string, key: string): string {
  const document = parseDocument(text);
  const node = document.getIn(key.split('.'), true);
  if (!isScalar(node) || !node.range) throw new Error(`no ${key}`);
  const quote = text[node.range[0]] === '"' ? '"' : '';
  return `${text.slice(0, node.range[0])}${quote}edited-by-hand${quote}${text.slice(node.range[1])}`;
}

/** The vhost with another value at that directive of the server that proxies. */
function editVhost(text: string, key: string): string {
  const at = text.lastIndexOf('\nserver {');
  const [head, server] = [text.slice(0, at), text.slice(at)];
  const edited =
    key === 'listen port'
      ? server.replace(/^( *listen .*):\d+/gm, '$1:1')
      : key === 'X-Forwarded-Proto'
        ? server.replace(/(X-Forwarded-Proto +)\w+/, '$1gopher')
        : server.replace(new RegExp(`^( *${key} +)[^;]+`, 'm'), '$1edited-by-hand');
  if (edited === server) throw new Error(`no ${key}`);
  return head + edited;
}

describe('the files of a real package', () => {
  eachSample('untouched, there is no drift', samples, async (sample) => {
    const { expected } = await wantedOf(sample);
    expect(expected.length).toBeGreaterThan(0);
    expect(drift(sample, expected)).toEqual([]);
  });

  eachSample('each key that was edited is a drift, at its line', samples, async (sample) => {
    const { expected } = await wantedOf(sample);
    for (const one of expected) {
      const { registryConfig, vhost } = sample;
      if (one.file === 'vhost' && vhost === undefined) continue;
      const before = one.file === 'vhost' ? (vhost ?? '') : registryConfig;
      const after = one.file === 'vhost' ? editVhost(before, one.key) : editConfig(before, one.key);
      const found = drift({ ...sample, [one.file === 'vhost' ? 'vhost' : 'registryConfig']: after }, expected);
      expect(found).toEqual([
        { file: one.file, key: one.key, expected: one, actual: expect.any(String), line: changedLine(before, after) },
      ]);
    }
  });

  eachSample('values that are masked are no drift', samples, async (sample) => {
    const { expected } = await wantedOf(sample);
    const masked = sample.registryConfig
      .replace(/: "[^"]{30,}"/g, ': "***"')
      .replace(/"(access|secret)key":"[^"]*"/g, '"$1key":"***"');
    expect(drift({ ...sample, registryConfig: masked }, expected)).toEqual([]);
  });
});

describe('drift', () => {
  const expect5000: Expected = {
    file: 'registry-config',
    key: 'http.addr',
    value: '127.0.0.1:5000',
    from: 'the package’s default',
  };

  test('a key that is missing is told as such', () => {
    expect(registryConfigDrift('version: 0.1\n', [expect5000])).toEqual([
      { file: 'registry-config', key: 'http.addr', expected: expect5000, actual: undefined },
    ]);
  });

  test.each(['', 'a: [', '- x', '!!binary x', 'http: 7', 'http: {addr: {deeper: 1}}'])(
    '%j has no http.addr',
    (text) => {
      expect(registryConfigDrift(text, [expect5000])).toMatchObject([{ actual: undefined }]);
    },
  );

  test('of the servers of a vhost, the one that proxies counts', () => {
    const name: Expected = { file: 'vhost', key: 'server_name', value: 'r', from: 'registry_external_url' };
    const vhost =
      'server { server_name other; return 301 https://r; }\nserver {\n server_name r; location / { proxy_pass http://x; } }';
    expect(vhostDrift(vhost, [name])).toEqual([]);
    expect(vhostDrift(vhost.replace('server_name r', 'server_name s'), [name])).toMatchObject([
      { actual: 's', line: 3 },
    ]);
  });

  test('one of several listens is enough', () => {
    const port: Expected = { file: 'vhost', key: 'listen port', value: '5050', from: 'registry_external_url' };
    const vhost = (listen: string) => `server { ${listen} location / { proxy_pass http://x; } }`;
    expect(vhostDrift(vhost('listen 10.0.0.5:5050 ssl; listen [::1]:5050 ssl;'), [port])).toEqual([]);
    expect(vhostDrift(vhost('listen 5051;'), [port])).toMatchObject([{ actual: '5051', line: 1 }]);
    expect(vhostDrift(vhost(''), [port])).toMatchObject([{ actual: undefined }]);
  });
});
