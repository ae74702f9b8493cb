import fc from 'fast-check';
import { fail, pass } from '../../../src/checks/check.js';
import type { HostFinding, ServerLine } from '../../../src/diagnosis/findings.js';
import { weigh } from '../../../src/diagnosis/weigh.js';
import { fromText, loginTo, pushOf, remarks, verdict } from './scenes.js';

const healthy = pass('well');
const WELL: HostFinding = {
  address: 'gitlab-1',
  target: { registryUrl: 'https://registry.example.com:5050', gitlabUrl: 'https://gitlab.example.com' },
  checks: {
    enabled: healthy,
    running: pass('up for 15 min (pid 21)'),
    nginx: healthy,
    storage: healthy,
    clock: healthy,
  },
  disk: { path: '/srv', totalBytes: 1e12, freeBytes: 6e11, totalInodes: 100, freeInodes: 50 },
  readOnly: false,
  names: [{ name: 'registry.example.com', addresses: ['192.0.2.10'] }],
  lines: [],
};
const failing = (
  check: keyof HostFinding['checks'],
  because: string,
  more: Partial<HostFinding> = {},
): HostFinding => ({
  ...WELL,
  checks: { ...WELL.checks, [check]: fail(because, 'mend it') },
  ...more,
});
const disk = (more: object) => ({ path: '/srv', totalBytes: 1e12, freeBytes: 6e11, ...more });
const logging = (line: Partial<ServerLine>): HostFinding => ({
  ...WELL,
  lines: [{ file: 'registry/current', cause: 'registry-storage-full', own: true, text: 'no space left', ...line }],
});

const push = (line: string) => fromText(pushOf('registry.example.com:5050/shop/api:1', line));
const INTERNAL = push('received unexpected HTTP status: 500 Internal Server Error');
const GATEWAY = push('received unexpected HTTP status: 502 Bad Gateway');
const TOO_LARGE = push(
  'error parsing HTTP 413 response body: invalid character \'<\' looking for beginning of value: "<html>413 Request Entity Too Large</html>"',
);
const READ_ONLY = push(
  'error parsing HTTP 405 response body: invalid character \'M\' looking for beginning of value: "Method not allowed\\n"',
);
const REFUSED = fromText(loginTo('dial tcp 192.0.2.10:5050: connect: connection refused'));
const NO_HOST = fromText(loginTo('dial tcp: lookup registry.example.com on 10.0.0.2:53: no such host'));
const BANNED = fromText(
  loginTo('error parsing HTTP 403 response body: invalid character \'F\' looking for beginning of value: "Forbidden"'),
);
const UNTRUSTED = fromText(
  [
    '$ docker login -u gitlab-ci-token --password-stdin registry.example.com:5050',
    'Error response from daemon: login attempt to https://registry.example.com:5050/v2/ failed with status: 401 Unauthorized',
  ].join('\n'),
);

describe('the host’s state', () => {
  test.each<[string, ReturnType<typeof fromText>, HostFinding, string]>([
    ['no room at all', INTERNAL, { ...WELL, disk: disk({ freeBytes: 0 }) }, 'registry-storage-full confirmed'],
    [
      'no inode',
      INTERNAL,
      { ...WELL, disk: disk({ totalInodes: 9, freeInodes: 0 }) },
      'registry-storage-full confirmed',
    ],
    ['nearly full', INTERNAL, failing('storage', '/srv is 98 % full'), 'registry-storage-full likely'],
    [
      'mounted read-only',
      INTERNAL,
      { ...WELL, disk: disk({ readOnly: true }) },
      'registry-storage-permission confirmed',
    ],
    ['read-only mode', READ_ONLY, { ...WELL, readOnly: true }, 'registry-read-only confirmed'],
    ['a limit of the body', TOO_LARGE, { ...WELL, bodyLimit: '10m' }, 'body-too-large confirmed'],
    [
      'a registry that is down',
      GATEWAY,
      failing('running', 'the registry is stopped: "down: registry: 9s"'),
      'gateway-error confirmed',
    ],
    ['an nginx that is down', REFUSED, failing('nginx', 'nginx is down'), 'connection-refused confirmed'],
    [
      'a registry that was switched off',
      REFUSED,
      failing('enabled', 'it was switched off'),
      'connection-refused confirmed',
    ],
    [
      'a name that the host does not know either',
      NO_HOST,
      { ...WELL, names: [{ name: 'registry.example.com', addresses: [] }] },
      'dns-failure likely',
    ],
    ['a clock', UNTRUSTED, failing('clock', 'the host’s clock is 300 s behind'), 'clock-skew likely'],
  ])('%s', (_, diagnosis, finding, expected) => {
    expect(verdict(diagnosis, { host: finding })).toBe(expected);
  });

  test('is told with the host and its own words', () => {
    const finding = failing('running', 'the registry is stopped: "down: registry: 9s"');
    expect(weigh(GATEWAY, { instance: 'lab', notLooked: [], host: finding }).why).toBe(
      'on gitlab-1 the registry is stopped: "down: registry: 9s"',
    );
  });
});

describe('a line of its logs', () => {
  test.each<[string, Partial<ServerLine>, string]>([
    ['of this repository and that minute', { moment: true, minutesAgo: 900 }, 'registry-storage-full confirmed'],
    ['of this repository, now, for a log without time', { minutesAgo: 5 }, 'registry-storage-full confirmed'],
    ['of this repository, long ago, for a log without time', { minutesAgo: 300 }, 'registry-storage-full likely'],
    ['of this repository, of another minute', { moment: false, minutesAgo: 5 }, 'registry-storage-full likely'],
    ['of this repository, without a time', {}, 'registry-storage-full likely'],
    ['of that minute, of whoever', { own: false, moment: true, text: '' }, 'registry-storage-full likely'],
    [
      'with no more than a number',
      { cause: 'registry-internal-error', moment: true },
      'registry-internal-error likely',
    ],
    [
      'of a cause that nobody suspects',
      { cause: 'gateway-error', moment: true },
      `${INTERNAL.cause} ${INTERNAL.confidence}`,
    ],
  ])('%s', (_, line, expected) => {
    expect(verdict(INTERNAL, { host: logging(line) })).toBe(expected);
  });

  test('tells a ban, and an untrusted key', () => {
    const ban = logging({
      file: 'gitlab-rails/auth_json.log',
      cause: 'address-banned',
      own: false,
      text: '',
      minutesAgo: 3,
    });
    expect(verdict(BANNED, { host: ban })).toBe('address-banned likely');
    const key = logging({ cause: 'token-key-mismatch', own: false, text: '', minutesAgo: 1 });
    expect(verdict(UNTRUSTED, { host: key })).toBe('token-key-mismatch likely');
  });

  test('is quoted with its file, its age and its host', () => {
    expect(
      weigh(INTERNAL, { instance: 'lab', notLooked: [], host: logging({ moment: true, minutesAgo: 9 }) }).why,
    ).toBe('registry/current on gitlab-1 has, 9 min ago: no space left');
  });
});

test.each([
  [GATEWAY, 'on gitlab-1 the registry runs, up for 15 min (pid 21)'],
  [INTERNAL, 'on gitlab-1 well'],
  [TOO_LARGE, 'on gitlab-1 nginx limits no body: the 413 is another proxy’s'],
  [READ_ONLY, 'on gitlab-1 read-only mode is off'],
])('what is well now excludes nothing', (diagnosis, words) => {
  expect(verdict(diagnosis, { host: WELL })).toBe(`${diagnosis.cause} ${diagnosis.confidence}`);
  expect(remarks(diagnosis, { host: WELL })).toEqual([words]);
});

test('a healthy host confirms nothing, whatever the log says', () => {
  const logs = fc.constantFrom(INTERNAL, GATEWAY, TOO_LARGE, READ_ONLY, REFUSED, NO_HOST, BANNED, UNTRUSTED);
  fc.assert(fc.property(logs, (diagnosis) => !verdict(diagnosis, { host: WELL }).endsWith('confirmed')));
});
