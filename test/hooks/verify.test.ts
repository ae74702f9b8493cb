import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { isGenuine } from '../../src/hooks/verify.js';

const BODY = Buffer.from('{"object_kind":"build"}');
const NOW = 1_700_000_000_000;
const KEY = `whsec_${Buffer.from('a key of thirty-two bytes, or so').toString('base64')}`;

function signed(body = BODY, at = NOW / 1000, key = KEY, id = 'msg_1') {
  const secret = Buffer.from(key.replace('whsec_', ''), 'base64');
  const mac = createHmac('sha256', secret).update(`${id}.${at}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': String(at), 'webhook-signature': `v1,${mac}` };
}

describe('a secret token', () => {
  test.each<[string, Record<string, string>, boolean]>([
    ['the right one', { 'x-gitlab-token': 's3cret' }, true],
    ['a wrong one', { 'x-gitlab-token': 's3cret2' }, false],
    ['none', {}, false],
  ])('%s', (_, headers, genuine) => {
    expect(isGenuine(headers, BODY, { token: 's3cret' }, NOW)).toBe(genuine);
  });

  test('an empty one in the configuration lets nobody in', () => {
    expect(isGenuine({ 'x-gitlab-token': '' }, BODY, { token: '' }, NOW)).toBe(false);
    expect(isGenuine({}, BODY, {}, NOW)).toBe(false);
  });
});

describe('a signature', () => {
  const genuine = (headers: Record<string, string>, body = BODY) => isGenuine(headers, body, { signingKey: KEY }, NOW);

  test('over id, time and body, among several', () => {
    const headers = signed();
    expect(genuine(headers)).toBe(true);
    expect(genuine({ ...headers, 'webhook-signature': `v1,AAAA ${headers['webhook-signature']}` })).toBe(true);
  });

  test.each<[string, Record<string, string>, Buffer]>([
    ['another body', signed(), Buffer.from('{}')],
    ['another key', signed(BODY, NOW / 1000, `whsec_${Buffer.from('x').toString('base64')}`), BODY],
    ['a replay after ten minutes', signed(BODY, NOW / 1000 - 600), BODY],
    ['a time to come', signed(BODY, NOW / 1000 + 600), BODY],
    ['another id', { ...signed(), 'webhook-id': 'msg_2' }, BODY],
    ['no time', { ...signed(), 'webhook-timestamp': '' }, BODY],
    ['no signature', { 'webhook-id': 'msg_1', 'webhook-timestamp': String(NOW / 1000) }, BODY],
    ['the right token instead', { 'x-gitlab-token': 's3cret' }, BODY],
  ])('is refused with %s', (_, headers, body) => {
    expect(isGenuine(headers, body, { signingKey: KEY, token: 's3cret' }, NOW)).toBe(false);
  });

  test('nothing made up passes, and nothing throws', () => {
    const text = fc.string({ maxLength: 60 });
    fc.assert(
      fc.property(text, text, text, (id, time, mac) => {
        const headers = { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': mac };
        return !isGenuine(headers, BODY, { signingKey: KEY }, NOW);
      }),
    );
  });
});
