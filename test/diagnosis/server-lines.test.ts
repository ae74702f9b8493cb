import fc from 'fast-check';
import { causeOfServerLine, chooseLines, failedAtOf } from '../../src/diagnosis/server-lines.js';
import { fromText } from './witnesses/scenes.js';

const NOW = Date.UTC(2026, 4, 2, 9, 20);

const failed = (repository: string, detail: string, time = '2026-05-02T09:11:05.943Z') =>
  `2026-05-02_09:11:05.94401 time="${time}" level=error msg="response completed with error" auth.user.name=ana err.code=unknown err.detail="${detail}" err.message="unknown error" http.request.method=POST http.request.uri=/v2/${repository}/blobs/uploads/ http.response.status=500 vars.name=${repository}`;
const FULL = 'filesystem: mkdir /var/opt/gitlab/gitlab-rails/shared/registry/docker/registry: no space left on device';
const access = (uri: string, status: number, time = '02/May/2026:09:11:05 +0000') =>
  `10.0.0.7 - - [${time}] "PATCH ${uri} HTTP/1.1" ${status} 183 "" "docker/28" `;
const banned = (path: string, env = 'blocklist') =>
  `{"severity":"ERROR","time":"2026-05-02T09:11:05.943Z","message":"Rack_Attack","env":"${env}","remote_ip":"10.0.0.7","request_method":"GET","path":"${path}"}`;

const current = (...lines: string[]) => [{ file: 'registry/current', lines }];

test.each([
  ['registry-storage-full', failed('shop/api', FULL)],
  ['registry-storage-full', '{"DriverName":"filesystem","Enclosed":{"Op":"mkdir","Path":"/srv/docker","Err":28}}'],
  ['registry-storage-permission', failed('shop/api', 'filesystem: mkdir /srv/docker/registry: permission denied')],
  ['registry-storage-backend', failed('shop/api', 's3aws: NoSuchBucket: The specified bucket does not exist')],
  ['token-key-mismatch', 'level=info msg="token signed by untrusted key with ID: \\"ABCD\\""'],
  ['clock-skew', 'level=info msg="token not to be used before 2026-05-02 09:15:00 +0000 UTC - currently 2026-05-02"'],
  ['address-banned', banned('/jwt/auth')],
  ['body-too-large', access('/v2/shop/api/blobs/uploads/1', 413)],
  [
    'body-too-large',
    '2026/05/02 09:11:05 [error] 1#0: *7 client intended to send too large body: 99 bytes, request: "PATCH /v2/shop/api/blobs/uploads/ HTTP/1.1"',
  ],
  ['gateway-error', access('/v2/', 502)],
  [
    'gateway-error',
    '2026/05/02 09:11:05 [error] 1#0: *7 connect() failed (111: Connection refused) while connecting to upstream, request: "GET /v2/ HTTP/1.1", upstream: "http://127.0.0.1:5000/v2/"',
  ],
  ['registry-internal-error', access('/v2/shop/api/blobs/uploads/', 500)],
  ['registry-read-only', access('/v2/shop/api/blobs/uploads/', 405)],
  [undefined, banned('/jwt/auth', 'throttle')],
  [undefined, access('/v2/', 401)],
  [undefined, 'level=warning msg="error authorizing context: authorization token required"'],
  [undefined, ''],
])('%s', (cause, line) => {
  expect(causeOfServerLine(line)).toBe(cause);
});

describe('which lines are chosen', () => {
  const of = (repository: string | undefined, logs: ReturnType<typeof current>, failedAt?: number) =>
    chooseLines(logs, {
      now: NOW,
      ...(repository === undefined ? {} : { repository }),
      ...(failedAt === undefined ? {} : { failedAt }),
    });

  test('one about the repository, with its telling part and its age', () => {
    expect(of('shop/api', current('noise', failed('shop/api', FULL)))).toEqual([
      { file: 'registry/current', cause: 'registry-storage-full', own: true, text: FULL, minutesAgo: 9 },
    ]);
  });

  test.each(['shop/api2', 'shop/api/cache', 'shop/api-old', 'my/shop/api', 'x-shop/api'])(
    'not one about %s',
    (other) => {
      expect(of('shop/api', current(failed(other, FULL)))).toEqual([]);
    },
  );

  test('by a path of any form', () => {
    for (const line of [
      access('/v2/shop/api/blobs/uploads/1?_state=x', 413),
      access('/v2/shop/api/manifests/1', 413),
      banned('/jwt/auth?scope=repository%3Ashop%2Fapi%3Apush'),
      banned('/jwt/auth?scope=repository:shop/api:push'),
    ])
      expect(of('shop/api', current(line))).toMatchObject([{ own: true }]);
  });

  test('of the same minute: somebody else’s gives its sign and no word', () => {
    const logs = current(failed('secret/project', FULL));
    expect(of(undefined, logs)).toEqual([]);
    expect(of(undefined, logs, Date.UTC(2026, 4, 2, 9, 11, 40))).toEqual([
      { file: 'registry/current', cause: 'registry-storage-full', own: false, moment: true, text: '', minutesAgo: 9 },
    ]);
    expect(of(undefined, logs, Date.UTC(2026, 4, 2, 9, 15))).toEqual([]);
  });

  test('a ban, and a token that is not trusted, concern everybody', () => {
    const lines = [banned('/jwt/auth?account=bob'), 'level=info msg="token signed by untrusted key with ID: x"'];
    expect(of(undefined, current(...lines)).map(({ cause, text }) => [cause, text])).toEqual([
      ['address-banned', ''],
      ['token-key-mismatch', ''],
    ]);
  });

  test('none of yesterday, and of each kind the newest', () => {
    expect(of('shop/api', current(failed('shop/api', FULL, '2026-05-01T09:11:05Z')))).toEqual([]);
    const many = [5, 6, 7].map((minute) => failed('shop/api', FULL, `2026-05-02T09:0${minute}:00Z`));
    expect(of('shop/api', current(...many)).map(({ minutesAgo }) => minutesAgo)).toEqual([13]);
  });

  test('a secret that the host did not mask is', () => {
    const [line] = of(
      'shop/api',
      current(failed('shop/api', `s3aws: NoSuchBucket: https://ana:hunter2@store/ glpat-aaaaaaaaaaaaaaaaaaaa`)),
    );
    expect(line?.text).toMatch(/NoSuchBucket/);
    expect(line?.text).not.toMatch(/hunter2|glpat-a/);
  });

  test('hostile: a repository of any form is no expression, and no line breaks it', () => {
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom('.*', '(', 'shop/api', '%2', '[02/Xxx/0000:00:00:00 +9999]', '\\'),
    );
    fc.assert(
      fc.property(text, fc.array(text), (repository, lines) => {
        for (const { text: told } of of(repository, current(...lines))) expect(told.length).toBeLessThan(260);
      }),
    );
    expect(of('.*', current(failed('shop/api', FULL)))).toEqual([]);
  });
});

test('when the log failed is known where its words tell it with a time zone', () => {
  const at = (words: string) =>
    failedAtOf(
      fromText(
        `$ docker login -u a -p b r.example.com\nError response from daemon: Get "https://r.example.com/v2/": ${words}`,
      ),
    );
  expect(at('x509: certificate has expired: current time 2026-05-02T09:11:05Z is after 2026-05-01T00:00:00Z')).toBe(
    Date.UTC(2026, 4, 2, 9, 11, 5),
  );
  expect(at('connection refused')).toBeUndefined();
});
