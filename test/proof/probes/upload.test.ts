import { upload } from '../../../src/proof/probes/upload.js';
import { type Bench, pushTo, startBench } from './scene.js';

const FAILED = 'received unexpected HTTP status: 500 Internal Server Error';

let bench: Bench;

beforeAll(async () => {
  bench = await startBench();
});

afterAll(() => bench.stop());

const repositories = () => bench.gitlab.repositories.map(({ path }) => path);

test('without a repository nothing is opened, and none is made on a log’s word', async () => {
  await expect(upload.look(bench.scene(pushTo('shop/api/new', FAILED)))).rejects.toThrow('it has no repository yet');
  expect(repositories()).toEqual([]);
});

describe('with one', () => {
  beforeAll(() => {
    const project = bench.gitlab.projects.find(({ fullPath }) => fullPath === 'shop/api');
    if (project !== undefined) bench.gitlab.ensureRepository(project, 'shop/api/cache');
  });

  test.each([
    ['the log’s own', 'shop/api/cache'],
    ['another one of the project, where the log’s is not there', 'shop/api/new'],
  ])('%s: a session is opened and cancelled', async (_, path) => {
    expect(await upload.look(bench.scene(pushTo(path, FAILED)))).toEqual({
      target: { registryUrl: bench.registry.url, gitlabUrl: bench.gitlab.url },
      repository: 'shop/api/cache',
      answer: { is: 'accepted', location: expect.stringContaining(`${bench.registry.url}/v2/shop/api/cache/`) },
    });
    expect(repositories()).toEqual(['shop/api/cache']);
  });

  test('not for somebody who is no Developer there, nor for a pull', async () => {
    const from = bench.gitlab.requests.length;
    await expect(upload.look(bench.scene(pushTo('shop/api/cache', FAILED), { developer: false }))).rejects.toThrow(
      'no Developer',
    );
    const pull = `$ docker pull REGISTRY/shop/api/cache:1\nError response from daemon: ${FAILED}\n`;
    expect(await upload.look(bench.scene(pull))).toBeUndefined();
    expect(bench.gitlab.requests.slice(from).filter(({ path }) => path.startsWith('/jwt/auth'))).toEqual([]);
  });

  test('a registry that takes no writes', async () => {
    const registry = await bench.startRegistry({ readOnly: true });
    expect(await upload.look(bench.scene(pushTo('shop/api/cache', FAILED), { registry }))).toMatchObject({
      answer: { is: 'refused', status: 405 },
    });
  });
});
