import { hostOf, isInternal, isListed } from '../../../../src/chat/mattermost/install/internal.js';

test.each([
  ['127.0.0.1', true],
  ['10.1.2.3', true],
  ['172.31.255.255', true],
  ['172.32.0.1', false],
  ['192.168.1.1', true],
  ['8.8.8.8', false],
  ['::1', true],
  ['fd00::1', true],
  ['2606:4700::1111', false],
])('%s is internal: %s', (address, internal) => {
  expect(isInternal(address)).toBe(internal);
});

test.each([
  ['registrar.internal', true],
  ['other, registrar.internal', true],
  ['Registrar.internal', false],
  ['10.0.0.0/8', true],
  ['10.0.0.7', true],
  ['10.0.1.0/24', false],
  ['10.0.0.0/99', false],
  ['10.0.0.0/', false],
  ['', false],
])('“%s” lists registrar.internal at 10.0.0.7: %s', (setting, listed) => {
  expect(isListed(setting, 'registrar.internal', ['10.0.0.7'])).toBe(listed);
});

test('every address of a name has to be listed', () => {
  expect(isListed('10.0.0.0/8', 'x', ['10.0.0.7', '192.168.0.7'])).toBe(false);
});

test.each([
  ['http://Registrar.internal:8080/x', 'Registrar.internal'],
  ['https://[fd00::1]:8080', 'fd00::1'],
  ['http://10.0.0.7', '10.0.0.7'],
])('the host of %s, as it is written, is %s', (url, host) => {
  expect(hostOf(url)).toBe(host);
});
