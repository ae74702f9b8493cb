import fc from 'fast-check';
import { parseSnapshot } from '../../src/host/snapshot.js';

const B = 'boundary-1';
const part = (name: string, text = '') => `\n${B} ${name}\n${text}\n`;
const seen = (...parts: string[]) => parseSnapshot(parts.join(''), B);

test('certificates and the public halves of keys, or why not', () => {
  const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----';
  const key = '-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----';
  const found = seen(
    part('certificate served /etc/gitlab/ssl/a b.crt', pem),
    part('certificate signing /r.crt', 'missing'),
    part('key served /k', key),
    part('key signing /s', 'unreadable'),
  );
  expect(found.certificates).toEqual({
    served: { path: '/etc/gitlab/ssl/a b.crt', pem: `${pem}\n` },
    signing: { path: '/r.crt', absent: 'missing' },
  });
  expect(found.keys).toEqual({
    served: { path: '/k', publicKey: `${key}\n` },
    signing: { path: '/s', absent: 'unreadable' },
  });
});

test('what an address answered, or curl’s words', () => {
  const answered = 'HTTP/1.1 401 Unauthorized\nDocker-Distribution-Api-Version: registry/2.0\nX-Empty:\n';
  expect(seen(part('backend http://127.0.0.1:5000/v2/', answered)).backend).toEqual({
    url: 'http://127.0.0.1:5000/v2/',
    status: 401,
    headers: { 'docker-distribution-api-version': 'registry/2.0', 'x-empty': '' },
  });
  expect(seen(part('object-store https://s3', 'curl: (6) Could not resolve host: s3')).objectStore).toEqual({
    url: 'https://s3',
    headers: {},
    error: 'curl: (6) Could not resolve host: s3',
  });
});

test('who listens, with the program’s name where root was told', () => {
  const lines = [
    '127.0.0.1:5000 users:(("docker-registry",pid=7,fd=3))',
    '*:5050 users:(("nginx",pid=1,fd=6),("nginx",pid=2,fd=6))',
    '[::]:5050',
    'end',
  ];
  expect(seen(part('sockets', lines.join('\n'))).listeners).toEqual([
    { address: '127.0.0.1', port: 5000, process: 'docker-registry' },
    { address: '*', port: 5050, process: 'nginx' },
    { address: '[::]', port: 5050 },
  ]);
  expect(seen(part('sockets', '127.0.0.1:5000')).listeners).toBeUndefined();
});

test('GitLab’s own section about the registry', () => {
  const yml =
    '    enabled: true\n    host: registry.example.com\n    port: 5050\n    issuer: "omnibus-gitlab-issuer"\n';
  expect(seen(part('gitlab-yml', yml)).gitlabYml).toEqual({
    enabled: true,
    host: 'registry.example.com',
    port: 5050,
    issuer: 'omnibus-gitlab-issuer',
  });
});

test('rights, database, and the last minutes', () => {
  expect(seen(part('writable registry', 'root:root 755 /srv\nend')).writable).toEqual({
    user: 'registry',
    not: ['root:root 755 /srv'],
  });
  expect(seen(part('writable registry', 'root:root 755 /srv')).writable).toBeUndefined();
  expect(
    seen(
      part('lockfiles', 'database-in-use\nimages'),
      part('migrations', '20260101_x\npending 1'),
      part('repositories', '0'),
    ).database,
  ).toEqual({ lockfiles: ['database-in-use'], hasImages: true, pending: 1, filled: false });
  expect(
    seen(part('recent-errors 300', '2\nlevel=error a\nlevel=error b'), part('statuses', '200 17\n502 3')).recent,
  ).toEqual({
    seconds: 300,
    errors: 2,
    last: ['level=error a', 'level=error b'],
    statuses: { 200: 17, 502: 3 },
  });
});

test('nginx’s judgement of its files', () => {
  expect(seen(part('nginx-test', 'nginx: configuration file /x test is successful')).nginxTest).toMatchObject({
    ok: true,
  });
  expect(
    seen(part('nginx-test', 'nginx: [emerg] unknown directive\nnginx: configuration file /x test failed')).nginxTest,
  ).toMatchObject({
    ok: false,
  });
});

test('whatever the parts hold, nothing is thrown', () => {
  const names = [
    'certificate served',
    'key served /x',
    'backend',
    'sockets',
    'gitlab-yml',
    'writable',
    'lockfiles',
    'recent-errors x',
    'statuses',
    'name',
    'hosts-file',
  ];
  const piece = fc.tuple(fc.constantFrom(...names), fc.string()).map(([name, text]) => part(name, text));
  fc.assert(fc.property(fc.array(piece), (pieces) => void seen(...pieces)));
});
