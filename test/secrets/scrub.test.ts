import fc from 'fast-check';
import { scrub } from '../../src/secrets/scrub.js';

const SECRET = 'p4ss+w/rd&"of=ours~20';
const token = fc
  .string({ minLength: 12, maxLength: 40, unit: 'grapheme-ascii' })
  .filter((text) => text.trim() === text);

test.each([
  ['as it is', `login with ${SECRET} failed`, 'login with [redacted] failed'],
  ['in JSON', `got ${JSON.stringify({ key: SECRET })}`, 'got {"key":"[redacted]"}'],
  ['in a URL', `GET /?x=${encodeURIComponent(SECRET)}&y=1`, 'GET /?x=[redacted]&y=1'],
  ['in hexadecimal', `bytes ${Buffer.from(SECRET).toString('hex').toUpperCase()}.`, 'bytes [redacted].'],
  ['coloured within', `key ${SECRET.slice(0, 5)}\x1b[31m${SECRET.slice(5)}\x1b[0m`, 'key [redacted]'],
  ['broken over lines', `key ${SECRET.slice(0, 9)}\r\n${SECRET.slice(9)}`, 'key [redacted]'],
  ['cut', `key ${SECRET.slice(0, 15)}`, 'key [redacted]'],
  ['twice', `${SECRET} ${SECRET}`, '[redacted] [redacted]'],
])('a known secret %s', (_, text, clean) => {
  expect(scrub(text, [SECRET])).toBe(clean);
});

test('other words stay, but for what has the shape of a secret', () => {
  expect(scrub('2 of 3 written\n', [SECRET])).toBe('2 of 3 written\n');
  expect(scrub('with gldt-aaaaaaaaaaaaaaaaaaaa', [SECRET])).toBe('with [redacted]');
  expect(scrub('nothing is secret', [''])).toBe('nothing is secret');
});

test('several secrets, one the beginning of the other', () => {
  expect(scrub('a hunter2hunter2-long b hunter2hunter2 c', ['hunter2hunter2', 'hunter2hunter2-long'])).toBe(
    'a [redacted] b [redacted] c',
  );
});

test('none of it is left, whatever it is encoded with and whatever stands around it', () => {
  fc.assert(
    fc.property(
      token,
      fc.string({ unit: 'grapheme-ascii' }),
      fc.string({ unit: 'grapheme-ascii' }),
      (secret, before, after) => {
        const whole = `${before}${secret}${after}`;
        for (const encoding of ['utf8', 'base64', 'base64url', 'hex'] as const) {
          const said = Buffer.from(whole).toString(encoding);
          const clean = scrub(said, [secret]).replaceAll('[redacted]', '');
          const decoded = encoding === 'utf8' ? clean : Buffer.from(clean, encoding).toString('utf8');
          // What stands around it may hold it too.
          expect(decoded.includes(secret) || clean.includes(secret)).toBe(false);
        }
      },
    ),
  );
});

test('base64 that is broken into lines', () => {
  fc.assert(
    fc.property(token, fc.nat(90), fc.integer({ min: 20, max: 76 }), (secret, before, width) => {
      const text = Buffer.from(`${'x'.repeat(before)}${secret}\n`).toString('base64');
      const lines = text.replace(new RegExp(`.{${width}}`, 'g'), '$&\n');
      const kept = scrub(lines, [secret]).replaceAll(/\s|\[redacted\]/g, '');
      expect(Buffer.from(kept, 'base64').toString('utf8')).not.toContain(secret.slice(3, -3));
    }),
  );
});

test('a flood takes no time that grows faster than it', () => {
  const flood = `${SECRET[0]}${' '.repeat(200)}`.repeat(300) + SECRET.slice(0, -1).repeat(2_000);
  expect(scrub(flood, [SECRET])).not.toContain(SECRET);
});
