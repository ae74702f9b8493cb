import { bodyLimit, isReadOnly } from '../../src/host/registry-config.js';
import { eachSample, omnibusSamples } from './samples.js';

const file = (text: string) => ({ path: '/x', text });

test.each([
  [true, 'storage: {"filesystem":{"rootdirectory":"/x"},"maintenance":{"readonly":{"enabled":true}}}'],
  [true, 'storage:\n  maintenance:\n    readonly:\n      enabled: true\n'],
  [false, 'storage: {"filesystem":{},"maintenance":{"readonly":{"enabled":false}}}'],
  [false, 'storage: {"maintenance":{"uploadpurging":{"enabled":true}}}'],
  [false, 'storage: 7'],
  [false, ''],
  [false, '{'],
])('read-only %p: %s', (expected, text) => {
  expect(isReadOnly(file(text))).toBe(expected);
});

test.each([
  ['10m', 'server { client_max_body_size 10m; }'],
  [undefined, 'server { client_max_body_size 0; }'],
  [undefined, 'server { # client_max_body_size 10m;\n }'],
  [undefined, ''],
])('body limit %p: %s', (expected, text) => {
  expect(bodyLimit(file(text))).toBe(expected);
});

test('a file that was not seen tells nothing', () => {
  expect([isReadOnly(undefined), bodyLimit({ path: '/x', absent: 'unreadable' })]).toEqual([false, undefined]);
});

eachSample('a real package limits nothing and takes writes', omnibusSamples(), ({ registryConfig, vhost }) => {
  expect([isReadOnly(file(registryConfig)), bodyLimit(file(vhost ?? ''))]).toEqual([false, undefined]);
});
