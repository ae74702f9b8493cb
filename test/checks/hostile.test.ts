import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CheckResult } from '../../src/checks/check.js';
import { look } from '../../src/checks/gather/look.js';
import { parseConfig } from '../../src/config/load.js';
import type { ConfigSource } from '../../src/config/source.js';
import { withInstance } from '../../src/instance.js';

/** A registry that means ill, and no GitLab: a look ends in a verdict that says what was seen, and gives nothing away. */

const TOKEN = 'glpat-of-these-tests';
let server: Server | undefined;
let asked: { url: string; authorization: string | undefined }[];

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function lookAt(answers: RequestListener): Promise<Map<string, CheckResult['verdict']>> {
  asked = [];
  server = createServer((request, response) => {
    asked.push({ url: request.url ?? '', authorization: request.headers.authorization });
    answers(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const port = (server.address() as AddressInfo).port;
  // The one GitLab's address that nobody has: nothing listens there.
  const parsed = parseConfig(
    `instances:\n  - name: main\n    gitlab: { url: "http://127.0.0.1:1", token: env:TOKEN }\n    registry: { url: "http://127.0.0.1:${port}" }\n`,
  );
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  const source: ConfigSource = { current: () => parsed.config, secret: () => TOKEN };
  const { results } = await withInstance(source, 'main', (instance) => look(instance, TOKEN, Date.now));
  return new Map(results.map(({ id, verdict }) => [id, verdict]));
}

const challenge =
  (realm: string): RequestListener =>
  (_, response) => {
    response.writeHead(401, {
      'docker-distribution-api-version': 'registry/2.0',
      'www-authenticate': `Bearer realm="${realm}",service="container_registry"`,
    });
    response.end('{}');
  };

test('one that redirects in a circle is not followed', async () => {
  const verdicts = await lookAt((request, response) => {
    response.writeHead(302, { location: request.url === '/v2/' ? '/v2/again' : '/v2/' });
    response.end();
  });
  expect(verdicts.get('endpoint')).toMatchObject({
    is: 'fail',
    because: expect.stringContaining('answers 302 and sends clients elsewhere'),
  });
  expect(asked.filter(({ url }) => url === '/v2/again')).toEqual([]);
});

test('one that never ends what it says is left', async () => {
  const verdicts = await lookAt((_, response) => {
    response.writeHead(200);
    const chunk = Buffer.alloc(1 << 20, 'x');
    const pour = () => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on('drain', pour);
    pour();
  });
  expect(verdicts.get('endpoint')).toMatchObject({
    is: 'fail',
    because: expect.stringMatching(/larger than \d+ bytes/),
  });
});

test.each([
  ['credentials', 'http://bot:s3cret@127.0.0.1:1/jwt/auth', /names a user or a password/],
  ['a private address', 'http://169.254.169.254/jwt/auth', /at 169\.254\.169\.254, GitLab at 127\.0\.0\.1:1/],
  ['no URL', 'not a url at all', /is no URL/],
])('one whose realm holds %s gets no credentials, and gives none away', async (_, realm, because) => {
  const verdicts = await lookAt(challenge(realm));
  expect(verdicts.get('realm')).toMatchObject({ is: 'fail', because: expect.stringMatching(because) });
  expect(asked.filter(({ authorization }) => authorization !== undefined)).toEqual([]);
  const said = JSON.stringify([...verdicts]);
  expect(said).not.toContain('s3cret');
  expect(said).not.toContain(TOKEN);
});

test('one that closes the connection at once', async () => {
  const verdicts = await lookAt((request) => void request.socket.destroy());
  expect(verdicts.get('endpoint')).toMatchObject({ is: 'fail' });
});
