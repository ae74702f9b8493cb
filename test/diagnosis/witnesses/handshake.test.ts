import type { HandshakeFinding } from '../../../src/diagnosis/findings.js';
import { weigh } from '../../../src/diagnosis/weigh.js';
import { fromText, loginTo, pushOf, remarks, verdict } from './scenes.js';

const target = { registryUrl: 'https://registry.example.com:5050', gitlabUrl: 'https://gitlab.example.com' };
const granted = (more: object): HandshakeFinding => ({ target, is: 'granted', status: 401, ...more });
const refused = (status: number, message: string, code?: string): HandshakeFinding => ({
  target,
  is: 'refused',
  status,
  message,
  ...(code === undefined ? {} : { code }),
});

const UNTRUSTED = fromText(
  [
    '$ docker login -u gitlab-ci-token --password-stdin registry.example.com:5050',
    'Error response from daemon: login attempt to https://registry.example.com:5050/v2/ failed with status: 401 Unauthorized',
  ].join('\n'),
);
const OFF = fromText(loginTo('unavailable: registry not enabled'));
const BANNED = fromText(
  loginTo(
    'error parsing HTTP 403 response body: invalid character \'T\' looking for beginning of value: "Too many failed authentication attempts from this IP"',
  ),
);
const ELSEWHERE = fromText(
  pushOf(
    'registry.example.com:5060/shop/api:1',
    'login attempt to https://registry.example.com:5060/v2/ failed with status: 401',
  ),
);

test.each<[string, ReturnType<typeof fromText>, HandshakeFinding, string]>([
  ['refused by a registry of the same time', UNTRUSTED, granted({ aheadSeconds: 1 }), 'token-key-mismatch confirmed'],
  ['refused by one whose clock is off', UNTRUSTED, granted({ aheadSeconds: 300 }), 'clock-skew confirmed'],
  ['refused by one that tells no time', UNTRUSTED, granted({}), 'token-key-mismatch likely'],
  [
    'no registry in this GitLab',
    OFF,
    refused(404, 'registry not enabled', 'UNAVAILABLE'),
    'registry-disabled confirmed',
  ],
  [
    'Registrar is banned as well',
    BANNED,
    refused(403, 'Too many failed authentication attempts'),
    'address-banned likely',
  ],
])('%s', (_, diagnosis, finding, expected) => {
  expect(verdict(diagnosis, { handshake: finding })).toBe(expected);
});

test('the clock is told with its direction', () => {
  const why = (aheadSeconds: number) =>
    weigh(UNTRUSTED, { instance: 'lab', notLooked: [], handshake: granted({ aheadSeconds }) }).why;
  expect(why(300)).toContain('GitLab’s clock is 300 s ahead of the registry’s');
  expect(why(-90)).toContain('GitLab’s clock is 90 s behind the registry’s');
});

test('what works now excludes nothing', () => {
  const repository = { path: 'shop/api', actions: ['pull'] };
  const works = granted({ status: 200, repository });
  expect(verdict(UNTRUSTED, { handshake: works })).toBe(`${UNTRUSTED.cause} ${UNTRUSTED.confidence}`);
  expect(remarks(UNTRUSTED, { handshake: works })).toEqual([
    'GitLab gives Registrar a token (for shop/api: pull), and registry.example.com:5050 takes it, now',
  ]);
});

test('of another address it says nothing', () => {
  expect(verdict(ELSEWHERE, { handshake: granted({ aheadSeconds: 0 }) })).toBe(
    `${ELSEWHERE.cause} ${ELSEWHERE.confidence}`,
  );
});
