import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { loadConfig } from '../../src/config/load.js';
import type { World } from '../../src/init/world.js';
import { initIn } from './at-desk.js';

/** A world in which everything works, whatever it is called: what it lets pass, the questions alone have to refuse. */
const kind: World = {
  certificate: async () => ({
    ...{ subject: 's', issuer: 'i', names: [], validTo: 0, protocol: 'TLSv1.3', fingerprint: 'AB' },
  }),
  gitlab: async () => {},
  token: async () => ({ username: 'bot', scopes: ['api'], expiresAt: '2099-01-01' }),
  registryOf: async () => 'registry.test',
  realm: async () => 'https://gitlab.test/jwt/auth',
  user: async (_at, _token, name) => name,
  hostKey: async () => `SHA256:${'A'.repeat(43)}`,
  login: async () => ({ sudo: true }),
  slack: async () => 'registrar in acme',
};
const SECRETS = ['glpat-typedIn0123456789', 'xoxb-0123456789-typedIn', 'xapp-1-A0123456789-typedIn'];

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'interview-'));
  writeFileSync(join(dir, 'a key: "#'), '-----BEGIN OPENSSH PRIVATE KEY-----');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** What is likely to be typed, likely to break YAML, or neither. */
const answer = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('', 'none', 'yes', 'agent', 'slack', 'http', '22', 'U024BE7LH', ...SECRETS) },
  { weight: 3, arbitrary: fc.constantFrom('a key: "#', 'env:HELD', 'env:NOT_HELD', 'file:absent', 'file:a key: "#') },
  { weight: 2, arbitrary: fc.constantFrom('gitlab.test', 'http://[::1]:80/', "'*&!", '- x: y', 'null', '~', '0x10') },
  fc.string({ maxLength: 12, unit: 'binary' }).map((text) => text.replace(/[\r\n\u2028\u2029]/g, '')),
);
const path = fc.constantFrom('gitlab.test', 'https://gitlab.test/git/', 'http://127.0.0.1:8080');
/** As far as the questions go, so that many of them reach the end. */
const wellMeant = fc
  .tuple(
    ...[path, fc.constantFrom('glpat-typedIn0123456789', 'env:HELD'), fc.constant('')],
    ...[fc.constantFrom('none', ''), answer, answer, answer, answer, answer, answer, answer, answer, answer],
  )
  .chain((head) => fc.array(answer, { maxLength: 12 }).map((tail) => [...head, ...tail]));

test('whatever is answered: what is written loads, or nothing is written; no secret is in it, or printed', async () => {
  let written = 0;
  await fc.assert(
    fc.asyncProperty(fc.oneof(wellMeant, fc.array(answer, { maxLength: 25 })), async (lines) => {
      const cwd = mkdtempSync(join(dir, 'run-'));
      writeFileSync(join(cwd, 'a key: "#'), readFileSync(join(dir, 'a key: "#')));
      const { code, out } = await initIn(
        cwd,
        lines,
        {},
        { world: kind, env: { HELD: 'glpat-held', SSH_AUTH_SOCK: 'x' } },
      );
      const file = join(cwd, 'registrar.yaml');
      expect(existsSync(file)).toBe(code === 0);
      if (code === 0) {
        written++;
        loadConfig(file);
      } else expect(readdirSync(cwd)).toEqual(['a key: "#']);
      for (const secret of [...SECRETS, 'glpat-held'])
        expect([out, code === 0 ? readFileSync(file, 'utf8') : ''].join('\n')).not.toContain(secret);
    }),
    { numRuns: 150 },
  );
  // Otherwise it would say little.
  expect(written).toBeGreaterThan(0);
});

test('a secret that is written down already is not replaced by another', async () => {
  const start = ['gitlab.test', 'glpat-first', '', 'none', 'ana', 'none'];
  expect(await initIn(dir, start, {}, { world: kind })).toMatchObject({ code: 0 });
  const again = ['gitlab.test', 'glpat-other', 'file:secrets/gitlab-token', '', 'none', 'ana', 'none'];
  const { code, out } = await initIn(dir, again, { output: 'two.yaml' }, { world: kind });
  expect([code, out]).toEqual([0, expect.stringContaining('holds another one')]);
  expect(readFileSync(join(dir, 'secrets/gitlab-token'), 'utf8')).toBe('glpat-first\n');
});

test('the guess for the registry is what GitLab says of its images, else Omnibus’ port', async () => {
  const start = ['gitlab.test', 'glpat-first'];
  expect((await initIn(dir, start, {}, { world: kind })).out).toContain('(https://registry.test)');
  const silent: World = { ...kind, registryOf: () => Promise.reject(new Error('no')) };
  expect((await initIn(dir, start, {}, { world: silent })).out).toContain('(https://gitlab.test:5050)');
});

test('what a certificate, a host or GitLab says can’t steer the terminal', async () => {
  const facts = await kind.certificate(new URL('https://gitlab.test'), undefined);
  const hostile: World = {
    ...kind,
    certificate: async () => ({ ...facts, error: 'SELF_SIGNED_CERT_IN_CHAIN', subject: '\x1b[2J\u202eevil' }),
  };
  const { out } = await initIn(dir, ['gitlab.test'], {}, { world: hostile });
  expect(out).toContain('subject     ·[2J·evil');
});

test('an option takes the place of a secret, never the secret', async () => {
  const { code, out } = await initIn(
    dir,
    ['gitlab.test', 'glpat-x', '', 'none', 'ana', 'http', 'file:bot'],
    { chat: 'slack', slackBotToken: 'xoxb-argument' },
    { world: kind },
  );
  expect([code, out]).toEqual([1, expect.stringContaining('never the secret itself')]);
  expect(out).not.toContain('xoxb-argument');
});
