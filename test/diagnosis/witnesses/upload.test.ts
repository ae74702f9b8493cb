import type { UploadFinding } from '../../../src/diagnosis/findings.js';
import { weigh } from '../../../src/diagnosis/weigh.js';
import { fromText, pushOf, remarks, verdict } from './scenes.js';

const target = { registryUrl: 'https://registry.example.com:5050', gitlabUrl: 'https://gitlab.example.com' };
const answered = (answer: UploadFinding['answer']): UploadFinding => ({ target, repository: 'shop/api', answer });
const refused = (status: number, detail?: object, message = 'unknown error'): UploadFinding =>
  answered({
    is: 'refused',
    status,
    message,
    ...(detail === undefined ? {} : { detail: JSON.stringify(detail) }),
  });
const driver = (Err: number) => ({ DriverName: 'filesystem', Enclosed: { Op: 'mkdir', Path: '/srv/docker', Err } });
const accepted = (origin: string): UploadFinding =>
  answered({ is: 'accepted', location: `${origin}/v2/shop/api/blobs/uploads/1` });

const push = (line: string) => fromText(pushOf('registry.example.com:5050/shop/api:1', line));
const INTERNAL = push('received unexpected HTTP status: 500 Internal Server Error');
const READ_ONLY = push(
  'error parsing HTTP 405 response body: invalid character \'M\' looking for beginning of value: "Method not allowed\\n"',
);
const STRAY = push(
  'Patch "http://registry.example.com:5050/v2/shop/api/blobs/uploads/1?_state=x": http: server gave HTTP response to HTTPS client',
);
const GATEWAY = push('received unexpected HTTP status: 502 Bad Gateway');
const DENIED = push('denied: requested access to the resource is denied');

test.each<[string, ReturnType<typeof fromText>, UploadFinding, string]>([
  ['a full disk behind a 500', INTERNAL, refused(500, driver(28)), 'registry-storage-full confirmed'],
  ['missing rights behind a 500', INTERNAL, refused(500, driver(13)), 'registry-storage-permission confirmed'],
  [
    'a bucket behind a 500',
    INTERNAL,
    refused(500, { error: 's3aws: NoSuchBucket: no such bucket' }),
    'registry-storage-backend confirmed',
  ],
  ['a 500 without a reason', INTERNAL, refused(500), 'registry-internal-error likely'],
  ['no writes', READ_ONLY, refused(405, undefined, 'Method not allowed'), 'registry-read-only confirmed'],
  ['a gateway', GATEWAY, refused(502), 'gateway-error confirmed'],
  ['sent on to plain http', STRAY, accepted('http://registry.example.com:5050'), 'wrong-forwarded-headers confirmed'],
  ['sent on to another host', STRAY, accepted('https://10.0.0.5:5000'), 'wrong-forwarded-headers confirmed'],
])('%s', (_, diagnosis, finding, expected) => {
  expect(verdict(diagnosis, { upload: finding })).toBe(expected);
});

test('the reason is in the words', () => {
  expect(weigh(INTERNAL, { instance: 'lab', notLooked: [], upload: refused(500, driver(28)) }).why).toBe(
    'an upload to shop/api is answered 500 now: {"DriverName":"filesystem","Enclosed":{"Op":"mkdir","Path":"/srv/docker","Err":28}}',
  );
});

test('what is accepted now excludes nothing', () => {
  const works = accepted('https://registry.example.com:5050');
  expect(verdict(INTERNAL, { upload: works })).toBe(`${INTERNAL.cause} ${INTERNAL.confidence}`);
  expect(remarks(INTERNAL, { upload: works })).toEqual([
    'an upload session in shop/api was opened and cancelled just now: the registry takes writes',
  ]);
  expect(remarks(DENIED, { upload: works })).toEqual([]);
});

test('a wrong Location that explains nothing is told all the same', () => {
  expect(verdict(INTERNAL, { upload: accepted('http://registry.example.com:5050') })).toBe(
    `${INTERNAL.cause} ${INTERNAL.confidence}`,
  );
  expect(remarks(INTERNAL, { upload: accepted('http://registry.example.com:5050') })).toEqual([
    expect.stringContaining('sent on to http://registry.example.com:5050'),
  ]);
});
