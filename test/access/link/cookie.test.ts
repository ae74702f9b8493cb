import { cookieHeader, readCookie } from '../../../src/access/link/cookie.js';
import { newSecret } from '../../../src/access/link/secrets.js';

const HTTPS = 'https://registrar.example.com';
const HTTP = 'http://registrar.example.com:8080';
const secret = newSecret();

test('by https the cookie is secure, and no neighbouring host’s to set', () => {
  expect(cookieHeader(secret, 600_000, HTTPS)).toBe(
    `__Host-registrar-link=${secret}; Path=/; HttpOnly; SameSite=Lax; Max-Age=600; Secure`,
  );
  expect(readCookie(`registrar-link=${newSecret()}; __Host-registrar-link=${secret}`, HTTPS)).toBe(secret);
  expect(readCookie(`registrar-link=${secret}`, HTTPS)).toBeUndefined();
});

test('by http it can be neither', () => {
  expect(cookieHeader(secret, 600_000, HTTP)).toBe(
    `registrar-link=${secret}; Path=/; HttpOnly; SameSite=Lax; Max-Age=600`,
  );
  expect(readCookie(`other=1; registrar-link=${secret}`, HTTP)).toBe(secret);
});

test.each([
  undefined,
  '',
  'registrar-link=',
  'registrar-link=short',
  `registrar-link=${secret}x`,
  `xregistrar-link=${secret}`,
  'registrar-link',
])('what is none of ours is no cookie: %j', (header) => {
  expect(readCookie(header, HTTP)).toBeUndefined();
});
