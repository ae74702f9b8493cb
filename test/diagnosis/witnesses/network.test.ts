import fc from 'fast-check';
import { SAMPLE_TLS } from '../../../src/checks/sample.js';
import type { NetworkFinding } from '../../../src/diagnosis/findings.js';
import { weigh } from '../../../src/diagnosis/weigh.js';
import { fromText, loginTo, pushOf, remarks, verdict } from './scenes.js';

const target = { registryUrl: 'https://registry.example.com:5050', gitlabUrl: 'https://gitlab.example.com' };
const challenge = { realm: 'https://gitlab.example.com/jwt/auth', service: 'container_registry' };
const certificate = SAMPLE_TLS;

const WORKS: NetworkFinding = {
  target,
  registry: {
    authority: 'registry.example.com:5050',
    scheme: 'https',
    addresses: ['192.0.2.10'],
    tls: certificate,
  },
  gitlab: { authority: 'gitlab.example.com', scheme: 'https', addresses: ['192.0.2.10'], tls: certificate },
  ping: { status: 401, ms: 30.6, challenge },
  endpoint: { is: 'answers', status: 403, code: 'DENIED', message: 'access forbidden' },
  aheadSeconds: 0,
};

const { ping: _, endpoint: __, ...FREE } = WORKS;
const { tls: ___, ...UNSECURED } = WORKS.registry;
const stopped = (at: 'name' | 'connection' | 'tls', code: string): NetworkFinding => ({
  ...FREE,
  registry: { ...UNSECURED, stopped: { at, code } },
});
const gitlabStopped = (code: string): NetworkFinding => ({
  ...WORKS,
  gitlab: { ...UNSECURED, authority: 'gitlab.example.com', stopped: { at: 'connection', code } },
  endpoint: { is: 'silent', why: 'the token endpoint at gitlab.example.com does not answer' },
});
const showing = (error: string): NetworkFinding => ({
  ...FREE,
  registry: { ...WORKS.registry, tls: { ...certificate, error } },
});
const answering = (status: number): NetworkFinding => ({ ...FREE, ping: { status, ms: 4 } });
const pointingTo = (realm: string): NetworkFinding => {
  const { endpoint: unasked, ...rest } = WORKS;
  return { ...rest, ping: { status: 401, ms: 3, challenge: { ...challenge, realm } } };
};

const NO_HOST = loginTo('dial tcp: lookup registry.example.com on 10.0.0.2:53: no such host');
const REFUSED = loginTo('dial tcp 192.0.2.10:5050: connect: connection refused');
const TIMEOUT = loginTo('dial tcp 192.0.2.10:5050: i/o timeout');
const HEADERS = loginTo('net/http: request canceled (Client.Timeout exceeded while awaiting headers)');
const UNKNOWN_CA = loginTo('tls: failed to verify certificate: x509: certificate signed by unknown authority');
const WRONG_NAME = loginTo('x509: certificate is valid for www.example.com, not registry.example.com');
const EXPIRED = loginTo('x509: certificate has expired or is not yet valid');
const GOT_HTTP = loginTo('http: server gave HTTP response to HTTPS client');
const SENT_HTTP = pushOf(
  'registry.example.com:5050/shop/api:1',
  'unexpected status from HEAD request to http://registry.example.com:5050/v2/: 400 Bad Request: Client sent an HTTP request to an HTTPS server.',
);
const BAD_GATEWAY = pushOf('registry.example.com:5050/shop/api:1', 'received unexpected HTTP status: 502 Bad Gateway');
const INTERNAL = pushOf(
  'registry.example.com:5050/shop/api:1',
  'received unexpected HTTP status: 500 Internal Server Error',
);
const realm = (words: string) =>
  loginTo(`Get "https://gitlab.example.com/jwt/auth?account=ana&service=container_registry": ${words}`);
const REALM_REFUSED = realm('dial tcp 192.0.2.10:443: connect: connection refused');
const REALM_PAGE = pushOf(
  'registry.example.com:5050/shop/api:1',
  "unable to decode token response: invalid character '<' looking for beginning of value",
);
const PROXY = loginTo('proxyconnect tcp: dial tcp 10.0.0.9:3128: connect: connection refused');
const NOT_YET = pushOf(
  'registry.example.com:5050/shop/api:1',
  'error authorizing context: token not to be used before 2026-01-01 00:00:00',
);
const CREDENTIALS = loginTo('unauthorized: HTTP Basic: Access denied');

const weighedBy = (log: string, network: NetworkFinding) =>
  weigh(fromText(log), { instance: 'lab', notLooked: [], network });

describe('what is broken now in the way that the log says', () => {
  test.each<[string, string, NetworkFinding, string]>([
    ['no address', NO_HOST, stopped('name', 'ENOTFOUND'), 'dns-failure confirmed'],
    ['a resolver that does not answer', NO_HOST, stopped('name', 'EAI_AGAIN'), 'dns-failure likely'],
    ['nobody listens', REFUSED, stopped('connection', 'ECONNREFUSED'), 'connection-refused confirmed'],
    ['packets are dropped', TIMEOUT, stopped('connection', 'ETIMEDOUT'), 'connection-timeout confirmed'],
    ['no TLS handshake', TIMEOUT, stopped('tls', 'ETIMEDOUT'), 'connection-timeout confirmed'],
    ['no answer', HEADERS, { ...FREE, silent: { is: 'slow', why: 'nothing' } }, 'connection-timeout confirmed'],
    ['a private authority', UNKNOWN_CA, showing('SELF_SIGNED_CERT_IN_CHAIN'), 'tls-unknown-authority confirmed'],
    [
      'an authority that only Registrar was given',
      UNKNOWN_CA,
      { ...WORKS, registry: { ...WORKS.registry, publicError: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' } },
      'tls-unknown-authority confirmed',
    ],
    ['another name', WRONG_NAME, showing('ERR_TLS_CERT_ALTNAME_INVALID'), 'tls-name-mismatch confirmed'],
    ['an end in the past', EXPIRED, showing('CERT_HAS_EXPIRED'), 'tls-expired confirmed'],
    [
      'plain http in place of TLS',
      GOT_HTTP,
      { ...stopped('tls', 'ERR_SSL_WRONG_VERSION_NUMBER'), registry: { ...UNSECURED, speaks: 'http' } },
      'http-https-mismatch confirmed',
    ],
    ['TLS, and the client came without', SENT_HTTP, WORKS, 'http-https-mismatch confirmed'],
    ['a gateway without a registry', BAD_GATEWAY, answering(502), 'gateway-error confirmed'],
    ['a token endpoint that is down', REALM_REFUSED, gitlabStopped('ECONNREFUSED'), 'auth-realm-unreachable confirmed'],
    [
      'a realm that is no token endpoint',
      REALM_PAGE,
      pointingTo('https://gitlab.example.com/users/sign_in'),
      'auth-realm-unreachable confirmed',
    ],
    [
      'a realm on another host, which may be GitLab’s second name',
      REALM_PAGE,
      pointingTo('https://old.example.com/jwt/auth'),
      'auth-realm-unreachable likely',
    ],
    ['clocks', NOT_YET, { ...WORKS, aheadSeconds: -300 }, 'clock-skew likely'],
    ['a 500, which has many reasons', INTERNAL, answering(500), 'registry-internal-error likely'],
  ])('%s', (_, log, finding, expected) => {
    expect(verdict(fromText(log), { network: finding })).toBe(expected);
  });

  test('is told with host, port and certificate', () => {
    const { why } = weighedBy(EXPIRED, showing('CERT_HAS_EXPIRED'));
    expect(why).toBe(
      'registry.example.com:5050 shows it now: the certificate has expired (registry.example.com, by Example CA, for registry.example.com, until 2027-01-01)',
    );
  });
});

describe('what works now', () => {
  test.each<[string, string, string]>([
    ['a name', NO_HOST, 'registry.example.com resolves where Registrar runs, to 192.0.2.10'],
    ['a port', REFUSED, 'the registry answers, in 31 ms, now'],
    ['a gateway', BAD_GATEWAY, 'the registry answers, in 31 ms, now'],
    ['a proxy', PROXY, 'the client’s way differs from Registrar’s'],
    ['a certificate', EXPIRED, 'accepted now: registry.example.com, by Example CA'],
    ['a token endpoint', REALM_REFUSED, 'the token endpoint at gitlab.example.com answers, now'],
  ])('excludes nothing that failed then: %s', (_, log, words) => {
    const diagnosis = fromText(log);
    expect(verdict(diagnosis, { network: WORKS })).toBe(`${diagnosis.cause} ${diagnosis.confidence}`);
    expect(remarks(diagnosis, { network: WORKS })).toEqual([expect.stringContaining(words)]);
  });

  test('rules out a gateway that nobody suspects', () => {
    const { ruledOut, remarks: told } = weighedBy(CREDENTIALS, WORKS);
    expect(ruledOut.at(-1)).toEqual({ cause: 'gateway-error', why: 'the registry answers, in 31 ms' });
    expect(told).toBeUndefined();
  });
});

describe('what is broken now in another way', () => {
  test.each<[string, NetworkFinding, string]>([
    [NO_HOST, stopped('connection', 'ECONNREFUSED'), 'refuses connections'],
    [REFUSED, answering(502), 'answers 502'],
    [CREDENTIALS, showing('CERT_HAS_EXPIRED'), 'the certificate has expired'],
    [BAD_GATEWAY, stopped('name', 'ENOTFOUND'), 'does not resolve'],
  ])('is a remark', (log, finding, words) => {
    const diagnosis = fromText(log);
    expect(verdict(diagnosis, { network: finding })).toBe(`${diagnosis.cause} ${diagnosis.confidence}`);
    expect(remarks(diagnosis, { network: finding })).toEqual([expect.stringContaining(words)]);
  });
});

describe('the address in the log', () => {
  test('is another: what is seen at ours says nothing of it, and it is told that it was not contacted', () => {
    const former = fromText(
      loginTo('dial tcp 192.0.2.10:5060: connect: connection refused', 'https://registry.example.com:5060'),
    );
    const finding = stopped('connection', 'ECONNREFUSED');
    expect(verdict(former, { network: finding })).toBe(`${former.cause} ${former.confidence}`);
    expect(remarks(former, { network: finding })).toEqual([
      'the address in the log, registry.example.com:5060, is not one that the configuration names: it was not contacted',
    ]);
  });

  test('is not there: likely at most', () => {
    const anonymous = fromText(
      '$ docker push "$CI_REGISTRY_IMAGE:1"\nreceived unexpected HTTP status: 502 Bad Gateway',
    );
    expect(verdict(anonymous, { network: answering(502) })).toBe('gateway-error likely');
  });

  test('is the same with and without the port of its scheme', () => {
    const log = fromText(
      loginTo('dial tcp 192.0.2.10:443: connect: connection refused', 'https://registry.example.com'),
    );
    const finding = {
      ...stopped('connection', 'ECONNREFUSED'),
      target: { ...target, registryUrl: 'https://registry.example.com:443' },
    };
    expect(verdict(log, { network: finding })).toBe('connection-refused confirmed');
  });

  test('hostile: nothing is thrown, and nothing confirmed', () => {
    const word = fc.oneof(
      fc.string(),
      fc.constantFrom('registry.example.com:5050', '[::1', '%00', '@', '//', ':99999'),
    );
    const diagnosis = fromText(REFUSED);
    fc.assert(
      fc.property(word, word, (registry, failure) => {
        fc.pre(registry !== 'registry.example.com:5050');
        const facts = { ...diagnosis.facts, registry: `x${registry}`, failure, logins: [], layersPushed: false };
        const hostile = { ...diagnosis, facts: { ...facts, near: [], fromTheStart: false } };
        return !verdict(hostile, { network: stopped('connection', 'ECONNREFUSED') }).endsWith('confirmed');
      }),
    );
  });
});
