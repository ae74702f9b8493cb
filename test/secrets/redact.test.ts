import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { REDACTED, redact, redactDeep } from '../../src/secrets/redact.js';

/** Text of these characters, as long as real secrets are. */
const chars = (alphabet: string, minLength: number, maxLength = minLength + 40) =>
  fc.string({ unit: fc.constantFrom(...alphabet), minLength, maxLength });

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const WORD = `${UPPER}abcdefghijklmnopqrstuvwxyz`;
const URL_SAFE = `${WORD}_-`;
const BASE64 = `${WORD}+/`;

const gitlabToken = fc
  .tuple(
    fc.constantFrom('glpat', 'gldt', 'glcbt', 'glptt', 'glrt', 'glrtr', 'glft', 'glimt', 'glagent', 'glsoat', 'gloas'),
    chars(URL_SAFE, 20),
  )
  .map(([prefix, rest]) => `${prefix}-${rest}`);
const jsonWebToken = fc
  .tuple(chars(URL_SAFE, 20), chars(URL_SAFE, 20), chars(URL_SAFE, 20))
  .map(([header, payload, signature]) => `eyJ${header}.${payload}.${signature}`);
const privateKey = fc
  .tuple(fc.constantFrom('', 'RSA ', 'EC ', 'OPENSSH ', 'ENCRYPTED '), chars(BASE64, 60), fc.constantFrom('\n', '\\n'))
  .map(([kind, body, line]) =>
    [
      `-----BEGIN ${kind}PRIVATE KEY-----`,
      'DEK-Info: AES-128-CBC,0A1B',
      '',
      body,
      `-----END ${kind}PRIVATE KEY-----`,
    ].join(line),
  );
/** Any text of visible characters without quotes: what people take as passwords. */
const password = chars(`${WORD}_-+=!?*%#@~`, 8).filter((text) => !text.startsWith('-') && /^[^$]/.test(text));

/** Secrets that are known by their own shape, wherever they stand. */
const SHAPED: Record<string, fc.Arbitrary<string>> = {
  'GitLab token': gitlabToken,
  'runner registration token': chars(URL_SAFE, 20).map((rest) => `GR1348941${rest}`),
  'job token with a cell': chars(URL_SAFE, 20).map((rest) => `glcbt-64_${rest}`),
  'Slack bot token': chars(WORD, 24).map((rest) => `xoxb-123456789012-${rest}`),
  'Slack app token': chars(WORD, 24).map((rest) => `xapp-1-A0123-${rest}`),
  'GitHub token': chars(WORD, 36).map((rest) => `ghp_${rest}`),
  'fine-grained GitHub token': chars(WORD, 36).map((rest) => `github_pat_${rest}`),
  'Docker Hub token': chars(URL_SAFE, 20).map((rest) => `dckr_pat_${rest}`),
  'AWS key': chars(UPPER, 16, 16).map((rest) => `AKIA${rest}`),
  'JSON web token': jsonWebToken,
};

/** Secrets that are known by what stands around them; `SECRET` is where. */
const PLACES: readonly (readonly [string, string])[] = [
  ['an environment variable', 'export CI_REGISTRY_PASSWORD=SECRET'],
  ['a quoted variable', 'DB_PASSWORD="SECRET"'],
  ['a variable with a very long name', `${'A_LONG_NAME_'.repeat(9)}TOKEN=SECRET`],
  ['YAML', '  registry_token: SECRET'],
  ['JSON', '{"password":"SECRET","user":"ana"}'],
  ['JSON inside a JSON string', '{"body":"{\\"password\\":\\"SECRET\\"}"}'],
  ['docker login', '$ docker login -u ana -p SECRET registry.example.com:5050'],
  ['docker login with an =', '$ docker login --username=ana --password=SECRET registry.example.com'],
  ['skopeo', '$ skopeo copy --dest-creds ana:SECRET oci:x docker://h/x'],
  ['curl', '$ curl -u ana:SECRET https://gitlab.example.com/'],
  ['curl with long options', '$ curl --user ana:SECRET https://gitlab.example.com/'],
  ['a URL', 'fatal: https://gitlab-ci-token:SECRET@gitlab.example.com/shop/api.git'],
  ['a URL without a user', 'redis://:SECRET@cache:6379'],
  ['a header of curl', "-H 'PRIVATE-TOKEN: SECRET'"],
  ['a header in a dump', '> Job-Token: SECRET'],
];

describe('secrets never survive', () => {
  test.each(Object.entries(SHAPED))('%s, whatever stands around it', (_, secret) => {
    const around = fc.oneof(
      fc.string(),
      fc.constantFrom('\u001b[32;1m', '"', "'", '=', ' ', '\n', 'acme-', 'export X=', '\t', '://', '@'),
    );
    fc.assert(
      fc.property(
        around,
        secret,
        fc.constantFrom('', ' ', '\n', '"', "'", '\u001b[0m', '\r', ' x', '@h'),
        (a, one, b) => {
          // A text before it may continue an AWS key: then it is none.
          fc.pre(!/[A-Z0-9]$/.test(a) || !one.startsWith('AKIA'));
          const { text, found } = redact(`${a}${one}${b}`);
          expect(text).not.toContain(one.slice(-12));
          expect(found.length).toBeGreaterThan(0);
        },
      ),
    );
  });

  test.each(PLACES)('%s', (_, template) => {
    fc.assert(
      fc.property(password, (secret) => {
        const { text, found } = redact(template.replace('SECRET', () => secret));
        const [before = '', after = ''] = template.split('SECRET');
        // A quote may go with the secret; what stood around it stays, for it is evidence.
        expect(text.startsWith(before.replace(/"$/, ''))).toBe(true);
        expect(text).toContain(REDACTED);
        expect(text.endsWith(after.replace(/^\\?"/, ''))).toBe(true);
        expect(text).not.toContain(secret);
        expect(found.length).toBeGreaterThan(0);
      }),
    );
  });

  test('a private key, also an encrypted one, also on one line', () => {
    fc.assert(
      fc.property(privateKey, fc.string(), (key, after) => {
        const body = key.split(/\\n|\n/)[3] ?? '';
        expect(redact(`key: ${key}\n${after}`).text).not.toContain(body);
      }),
    );
  });

  test('a private key whose end was cut off', () => {
    expect(redact('-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7bq').text).toBe(REDACTED);
  });

  test('a header with credentials, without its scheme', () => {
    const { text } = redact('> Authorization: Basic YW5hOmh1bnRlcjI=\nAuthorization: Bearer abcdefgh');
    expect(text).toBe('> Authorization: Basic [redacted]\nAuthorization: Bearer [redacted]');
  });

  test('the auth of a docker config', () => {
    const { text, found } = redact('{"auths":{"r.example.com:5050":{"auth":"YW5hOmh1bnRlcjI="}}}');
    expect(text).toBe('{"auths":{"r.example.com:5050":{"auth":"[redacted]"}}}');
    expect(found).toEqual(['auth of a docker config']);
  });

  test('a secret of 100 kB goes as a whole', () => {
    const long = 'k'.repeat(100_000);
    for (const text of [`TOKEN=${long}`, `TOKEN="${long}"`, `http://a:${long}@h/`, `docker login -p ${long}`])
      expect(redact(text).text).not.toContain('kkkk');
  });
});

describe('what is no secret stays', () => {
  test.each([
    'Error response from daemon: Get "https://registry.example.com:5050/v2/": unauthorized: HTTP Basic: Access denied',
    '$ mkdir -p /builds/shop/api && docker run -p 8080:80 -d nginx',
    '$ docker login -u "$CI_REGISTRY_USER" -p "$CI_REGISTRY_PASSWORD" $CI_REGISTRY',
    '$ echo $CI_JOB_TOKEN | docker login -u gitlab-ci-token --password-stdin registry.example.com',
    'denied: requested access to the resource is denied',
    'The push refers to repository [registry.example.com:5050/shop/linuxapp-frontend-v2]',
    'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855: digest mismatch',
    'export PASSWORD="$REGISTRY_PASSWORD"',
    'git clone ssh://git@gitlab.example.com:2222/shop/api.git',
  ])('%s', (text) => {
    expect(redact(text)).toEqual({ text, found: [] });
  });
});

describe('redact', () => {
  const piece = fc.oneof(
    fc.string(),
    ...Object.values(SHAPED),
    privateKey,
    fc.constantFrom(
      'TOKEN=',
      'password: "',
      '-----BEGIN ',
      '://a:',
      '@',
      ' -u a:',
      '[',
      ']',
      REDACTED,
      '-',
      'eyJ',
      '\n',
    ),
  );

  test('is idempotent on anything, and never throws', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const once = redact(pieces.join('')).text;
        expect(redact(once)).toEqual({ text: once, found: [] });
      }),
      { numRuns: 500 },
    );
  });

  test('names each kind once', () => {
    const token = 'glpat-AAAAAAAAAAAAAAAAAAAA';
    expect(redact(`${token} ${token} AKIAABCDEFGHIJKLMNOP`).found).toEqual(['GitLab token', 'AWS key']);
  });

  // The watchdog is a deadline for the hang that a quadratic expression is (minutes), not a measurement.
  test.each(
    [
      'eyJ-',
      'eyJaaaaaaaa.',
      'eyJaaaaaaaa.aaaaaaaa.',
      'a',
      'TOKEN',
      'TOKEN=',
      'TOKEN="',
      'a://',
      'a://a:',
      ' -u a:',
      ' -p',
    ]
      .concat([
        '-----BEGIN PRIVATE KEY-----',
        '-----BEGIN ',
        '-',
        'login -p',
        'glpat-',
        'authorization:',
        '"auth":"',
        '\\"',
      ])
      .concat([
        'xoxb-',
        'AKIA',
        'github_pat_',
        'PASSWORD_',
        ' --user a',
        'http://a:b@',
        '[redacted]',
        'private-token:',
      ]),
  )('a line of 1 MB of %j does not stop it', (unit) => {
    const text = unit.repeat(Math.ceil(1_048_576 / unit.length));
    runInNewContext('redact(text)', { redact, text }, { timeout: 30_000 });
  });
});

describe('redactDeep', () => {
  test('reaches every string of a value and keeps its shape', () => {
    const token = 'gldt-AAAAAAAAAAAAAAAAAAAA';
    const value = { list: [token, 1, null], inner: { deep: [`x ${token}`], yes: true }, none: undefined };
    expect(redactDeep(value)).toEqual({
      value: { list: [REDACTED, 1, null], inner: { deep: [`x ${REDACTED}`], yes: true }, none: undefined },
      found: ['GitLab token'],
    });
  });

  test('leaves no secret in any JSON value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), gitlabToken, (value, token) => {
        const text = JSON.stringify(redactDeep({ value, deep: [[token]] }).value);
        expect(text).not.toContain(token);
      }),
    );
  });
});
