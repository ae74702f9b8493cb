import type { HandshakeFinding } from '../../../src/diagnosis/findings.js';
import { weigh } from '../../../src/diagnosis/weigh.js';
import type { Scene } from '../../../src/proof/probe.js';
import { handshake } from '../../../src/proof/probes/handshake.js';
import { makeSigningPair } from '../../lab/gitlab/keys.js';
import { type Bench, pushTo, startBench } from './scene.js';

const REFUSED = 'login attempt to http://REGISTRY/v2/ failed with status: 401 Unauthorized';
const LOGIN = `$ docker login -u gitlab-ci-token --password-stdin REGISTRY\nError response from daemon: ${REFUSED}\n`;

let bench: Bench;

beforeAll(async () => {
  bench = await startBench();
});

afterAll(() => bench.stop());

afterEach(() => {
  bench.gitlab.clockSkewMs = 0;
});

/** What was seen, and what follows from it. */
async function look(scene: Scene): Promise<{ found: HandshakeFinding | undefined; verdict: string }> {
  const found = await handshake.look(scene);
  const seen = found === undefined ? {} : { handshake: found };
  const { cause, confidence } = weigh(scene.diagnosis, { instance: 'lab', notLooked: [], ...seen });
  return { found, verdict: `${cause} ${confidence}` };
}

test('a token is given for the log’s repository, and taken', async () => {
  const scene = bench.scene(pushTo('shop/api/cache', 'error authorizing context: invalid token'));
  expect(await handshake.look(scene)).toEqual({
    target: { registryUrl: bench.registry.url, gitlabUrl: bench.gitlab.url },
    is: 'granted',
    repository: { path: 'shop/api/cache', actions: ['pull'] },
    status: 200,
    aheadSeconds: expect.any(Number),
  });
});

test('nothing is made in GitLab, and no repository is asked for on a log’s word', async () => {
  const foreign = bench.scene(pushTo('shop/api/cache', 'error authorizing context: invalid token'), {
    developer: false,
  });
  const from = bench.gitlab.requests.length;
  expect(await handshake.look(foreign)).not.toHaveProperty('repository');
  await handshake.look(bench.scene(pushTo('shop/api/new', 'error authorizing context: invalid token')));
  const asked = bench.gitlab.requests.slice(from).map(({ path }) => decodeURIComponent(path));
  expect(asked.filter((path) => path.includes('scope='))).toEqual([
    expect.stringMatching(/scope=repository:shop\/api\/new:pull(?:&|$)/),
  ]);
  expect(bench.gitlab.repositories).toEqual([]);
});

test('a registry that knows another key', async () => {
  const { certificatePem } = await makeSigningPair();
  const scene = bench.scene(LOGIN, { registry: await bench.startRegistry({ certificatePem }) });
  expect(await look(scene)).toMatchObject({
    found: { is: 'granted', status: 401 },
    verdict: 'token-key-mismatch confirmed',
  });
});

test('a GitLab whose clock is ahead', async () => {
  bench.gitlab.clockSkewMs = 300_000;
  const scene = bench.scene(LOGIN);
  expect(await look(scene)).toMatchObject({ found: { is: 'granted', status: 401 }, verdict: 'clock-skew confirmed' });
});

test('an instance without a registry', async () => {
  bench.gitlab.setRegistry(undefined);
  const found = await handshake.look(bench.scene(LOGIN));
  bench.gitlab.setRegistry(bench.registry.url);
  expect(found).toMatchObject({ is: 'refused', status: 404, code: 'UNAVAILABLE' });
});
