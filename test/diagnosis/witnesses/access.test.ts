import type { AccessFinding } from '../../../src/diagnosis/findings.js';
import { jobLog, loginAs, pullOf, pushOf } from '../../logs/job.js';
import { fromText, remarks, verdict } from './scenes.js';

const fine: AccessFinding = {
  path: 'shop/api',
  registry: 'enabled',
  instanceHasOne: true,
  visibility: 'private',
  archived: false,
};

const PUSH = jobLog(...loginAs('bob'), ...pushOf('shop/api'));
const PULL = jobLog(...loginAs('bob'), ...pullOf('shop/base'));
const FORBIDDEN = jobLog(...pushOf('shop/api', 'denied: access forbidden'));
const NOT_ENABLED = jobLog(
  '$ docker login -u bob --password-stdin registry.example.com:5050',
  'Error response from daemon: Get "https://registry.example.com:5050/v2/": unavailable: registry not enabled',
);
const NOT_FOUND = NOT_ENABLED.replace(
  /Get .*/,
  'login attempt to https://registry.example.com:5050/v2/ failed with status: 404 Not Found',
);
const EMPTY_NAME = jobLog('$ docker build -t $CI_REGISTRY_IMAGE:1 .', 'invalid reference format');

test.each<[string, Partial<AccessFinding>, string, string]>([
  ['nothing on it was granted, for it is off', { registry: 'disabled' }, PUSH, 'registry-disabled confirmed'],
  ['the same of a pull', { registry: 'disabled' }, PULL, 'registry-disabled confirmed'],
  ['off, and so no CI_REGISTRY_IMAGE', { registry: 'disabled' }, EMPTY_NAME, 'registry-disabled confirmed'],
  ['off explains no refusal of the credentials', { registry: 'disabled' }, FORBIDDEN, verdict(fromText(FORBIDDEN), {})],
  [
    'a project that is off explains no 404 of the host',
    { registry: 'disabled' },
    NOT_FOUND,
    'registry-disabled likely',
  ],
  ['the instance has none, in GitLab’s words', { instanceHasOne: false }, NOT_ENABLED, 'registry-disabled confirmed'],
  ['the instance has none, in a proxy’s', { instanceHasOne: false }, NOT_FOUND, 'registry-disabled likely'],
  ['on now, which says nothing of then', {}, NOT_ENABLED, 'registry-disabled likely'],
  ['archived: nobody pushes', { archived: true }, PUSH, 'insufficient-rights confirmed'],
  ['archived: whoever could pull still can', { archived: true }, PULL, 'insufficient-rights possible'],
  ['marked for deletion', { deletion: '2026-08-05' }, PULL, 'insufficient-rights likely'],
  [
    'public, but its registry is not',
    { visibility: 'public', registry: 'private' },
    PULL,
    'insufficient-rights likely',
  ],
  ['private anyway', { registry: 'private' }, PULL, 'insufficient-rights possible'],
  ['as usual', {}, PUSH, 'insufficient-rights likely'],
])('%s', (_, more, log, expected) => {
  expect(verdict(fromText(log), { access: { ...fine, ...more } })).toBe(expected);
});

test('what is on now is a remark', () => {
  expect(remarks(fromText(NOT_ENABLED), { access: fine })).toEqual([
    'the container registry of shop/api is switched on, now',
  ]);
});
