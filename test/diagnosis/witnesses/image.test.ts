import type { ImageFinding } from '../../../src/diagnosis/findings.js';
import { weigh } from '../../../src/diagnosis/weigh.js';
import { jobLog, loginAs, pullOf, pushOf, REGISTRY } from '../../logs/job.js';
import { fromText, remarks, verdict } from './scenes.js';

const of = (path: string, more: Partial<ImageFinding> = {}): ImageFinding => ({
  name: { host: REGISTRY, path },
  registryHost: REGISTRY,
  job: { path: 'shop/api', under: path.startsWith('shop/api') },
  ...more,
});

const boundTo = "the job's own token";

describe('a push', () => {
  const push = (path: string, user = 'gitlab-ci-token') => jobLog(...loginAs(user), ...pushOf(path));

  test.each<[string, ImageFinding, string, string]>([
    [
      'another project’s name',
      of('other/x', { boundTo, owner: 'other/x' }),
      push('other/x'),
      'image-outside-project confirmed',
    ],
    ['nobody’s name', of('other/x', { boundTo }), push('other/x'), 'image-outside-project confirmed'],
    [
      'with credentials that nobody knows',
      of('other/x', { owner: 'other/x' }),
      push('other/x', '$U'),
      'image-outside-project likely',
    ],
    [
      'the job’s own name',
      of('shop/api/x', { boundTo, owner: 'shop/api' }),
      push('shop/api/x', 'bob'),
      'insufficient-rights likely',
    ],
  ])('of %s', (_, image, log, expected) => {
    expect(verdict(fromText(log), { image })).toBe(expected);
  });

  test('is told with the name that it should have', () => {
    const { why } = weigh(fromText(push('other/worker')), {
      instance: 'lab',
      notLooked: [],
      image: of('other/worker', { boundTo, owner: 'other/worker' }),
    });
    expect(why).toBe(
      `other/worker belongs to other/worker, and the job's own token pushes to shop/api alone: the image has to be named ${REGISTRY}/shop/api/worker`,
    );
  });

  test('that was refused in words of another matter is not explained', () => {
    const log = jobLog(
      ...loginAs('gitlab-ci-token'),
      ...pushOf('other/x', 'received unexpected HTTP status: 502 Bad Gateway'),
    );
    expect(verdict(fromText(log), { image: of('other/x', { boundTo }) })).toBe('gateway-error likely');
  });
});

describe('a pull', () => {
  const unknown = `manifest for ${REGISTRY}/shop/api/x:1 not found: manifest unknown: manifest unknown`;
  const pull = (words?: string, path = 'shop/api/x') => jobLog(...loginAs('bob'), ...pullOf(path, words));
  const name = pull(
    `manifest for ${REGISTRY}/shop/api/x:1 not found: name unknown: repository name not known to registry`,
  );
  const platform = pull(`no matching manifest for linux/arm64/v8 in the manifest list entries`);
  const there = { name: '1', is: 'there', since: '2026-08-05T10:00:00.000Z' } as const;
  const gone = { name: '1', is: 'missing' } as const;
  const own = (more: Partial<ImageFinding>) => of('shop/api/x', { owner: 'shop/api', ...more });

  test.each<[string, ImageFinding, string, string]>([
    ['the tag is not there', own({ repository: 'there', tag: gone }), pull(unknown), 'manifest-unknown confirmed'],
    ['the tag is there, now', own({ repository: 'there', tag: there }), pull(unknown), 'manifest-unknown likely'],
    [
      'the tag is there for another machine',
      own({ repository: 'there', tag: gone }),
      platform,
      'manifest-unknown likely',
    ],
    ['the repository is not there', own({ repository: 'missing' }), pull(unknown), 'name-unknown confirmed'],
    ['the same in the words for it', own({ repository: 'missing' }), name, 'name-unknown confirmed'],
    ['the repository is there, now', own({ repository: 'there' }), name, 'name-unknown likely'],
    [
      'a missing repository explains no missing right',
      own({ repository: 'missing' }),
      pull(),
      'insufficient-rights possible',
    ],
    [
      'nobody’s name decides nothing: who asks may not see it',
      of('other/x'),
      pull(undefined, 'other/x'),
      'insufficient-rights possible',
    ],
  ])('%s', (_, image, log, expected) => {
    const text = fromText(log);
    const [before] = verdict(text, {}).split(' ');
    expect(verdict(text, { image })).toBe(expected.replace('insufficient-rights', before ?? ''));
  });

  test('what is there now is a remark', () => {
    expect(remarks(fromText(pull(unknown)), { image: own({ repository: 'there', tag: there }) })).toEqual([
      'shop/api/x has the tag 1 (made 2026-08-05 10:00), now',
    ]);
    expect(remarks(fromText(pull(undefined, 'other/x')), { image: of('other/x') })).toEqual([
      'no project that you can see has images named other/x',
    ]);
  });
});

test('a name of another registry', () => {
  const host = 'registry.old.example.com';
  const log = jobLog(...loginAs('bob'), ...pushOf('shop/api', undefined, host));
  const image: ImageFinding = { name: { host, path: 'shop/api' }, registryHost: REGISTRY };
  expect(verdict(fromText(log), { image })).toBe('wrong-registry likely');
  const login = jobLog(...pullOf('shop/api', 'manifest unknown: manifest unknown'));
  expect(remarks(fromText(login), { image })).toEqual([
    `shop/api names ${host}; the registry of this GitLab is ${REGISTRY}`,
  ]);
});
