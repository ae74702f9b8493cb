import type { Registry } from '../../src/registry/client.js';
import type { SagaContext } from '../../src/rotation/context.js';
import type { RotationPlan } from '../../src/rotation/plan/plan.js';
import { proofWords, provenWords, proveToken, seeRefused } from '../../src/rotation/proof.js';
import { accessTokenOf, planOf as anyPlan, tokenOf } from './plan-of.js';

const fresh = { username: 'gitlab+deploy-token-9', token: 'gldt-new' };
const answers: Ping = { status: 401, ms: 1, challenge: { realm: 'https://gitlab.example.com/jwt/auth' } };

function planOf(scopes = ['read_registry', 'write_registry']): RotationPlan {
  return anyPlan({ old: tokenOf(7, { scopes }) });
}

function grants(...actions: string[]): Handshake {
  return { is: 'granted', token: 'jwt', access: [{ name: 'shop/api/image', actions }] };
}

type Ping = Awaited<ReturnType<Registry['ping']>>;
type Handshake = Awaited<ReturnType<Registry['handshake']>>;
type Upload = Awaited<ReturnType<Registry['probeUpload']>>;
type Image = Awaited<ReturnType<Registry['probeImage']>>;

interface Parts {
  ping?: Ping;
  handshake?: Handshake;
  upload?: Upload;
  image?: Image;
}

function registry(parts: Parts): Registry & { asked: string[] } {
  const url = 'https://registry.example.com:5050';
  const upload: Upload = parts.upload ?? { is: 'accepted', location: `${url}/v2/shop/api/image/blobs/uploads/1` };
  const asked: string[] = [];
  return {
    url,
    asked,
    ping: async () => parts.ping ?? answers,
    async handshake(_, scopes) {
      asked.push(...scopes);
      return parts.handshake ?? grants('pull', 'push');
    },
    async probeImage(repository) {
      asked.push(`image to ${repository}`);
      return parts.image ?? { is: 'done', ms: 1 };
    },
    async probeUpload(repository) {
      asked.push(`upload to ${repository}`);
      return upload;
    },
  };
}

const refused = (status: number): Handshake => ({ is: 'refused', status, message: 'HTTP Basic: Access denied' });

describe('a new token is proven', () => {
  test('by pull and push on the repository, and an upload', async () => {
    const peer = registry({});
    await proveToken(planOf(), fresh, peer);
    expect(peer.asked).toEqual(['repository:shop/api/image:pull,push', 'upload to shop/api/image']);
  });

  test('and an upload that could not be cancelled is told, not hidden', async () => {
    const location = 'https://registry.example.com:5050/v2/shop/api/image/blobs/uploads/1';
    const left = 'Registrar may not delete there';
    expect(await proveToken(planOf(), fresh, registry({}))).toEqual({});
    expect(await proveToken(planOf(), fresh, registry({ upload: { is: 'accepted', location, left } }))).toEqual({
      uploadLeft: left,
    });
    expect(provenWords(planOf())).toContain('opened and cancelled');
    expect(provenWords(planOf(), left)).toContain(left);
  });

  test('by what its scopes promise: pull alone without an upload, a bare login where GitLab grants nothing', async () => {
    const reader = registry({ handshake: grants('pull') });
    await proveToken(planOf(['read_registry']), fresh, reader);
    expect(reader.asked).toEqual(['repository:shop/api/image:pull']);
    const writer = registry({ handshake: { is: 'granted', token: 'jwt', access: [] } });
    await proveToken(planOf(['write_registry']), fresh, writer);
    expect(writer.asked).toEqual([]);
  });

  test.each([
    ['the login is refused', { handshake: refused(401) }, 'GitLab answered 401'],
    ['push is not granted', { handshake: grants('pull') }, 'did not grant push on shop/api/image'],
    ['nothing is granted', { handshake: grants() }, 'did not grant pull and push'],
    [
      'another repository is granted',
      { handshake: { ...grants(), access: [{ name: 'x', actions: ['pull', 'push'] }] } as Handshake },
      'did not grant',
    ],
    [
      'the upload is refused',
      { upload: { is: 'refused', status: 500, message: 'unknown error' } as Upload },
      'answered 500 to an upload',
    ],
    [
      'uploads are sent elsewhere',
      { upload: { is: 'accepted', location: 'http://backend:5000/v2/' } as Upload },
      'sends uploads to http://backend:5000',
    ],
    ['no token is asked for', { ping: { status: 200, ms: 1 } }, 'answers 200 and asks for no token'],
  ])('not when %s: for good', async (_, parts, why) => {
    await expect(proveToken(planOf(), fresh, registry(parts))).rejects.toMatchObject({
      code: 'registry-protocol',
      retry: 'never',
      forPerson: { why: expect.stringContaining(why) },
    });
  });

  test.each([
    ['the registry is down', { ping: { status: 502, ms: 1 } }, 'registry'],
    ['GitLab is down', { handshake: refused(503) }, 'gitlab'],
    ['GitLab limits the rate of logins', { handshake: refused(429) }, 'gitlab'],
    [
      'a proxy limits the rate of uploads',
      { upload: { is: 'refused', status: 429, message: '' } as Upload },
      'registry',
    ],
    ['a gateway answers the upload', { upload: { is: 'refused', status: 504, message: '' } as Upload }, 'registry'],
  ])('later, when %s', async (_, parts, part) => {
    await expect(proveToken(planOf(), fresh, registry(parts))).rejects.toMatchObject({
      part,
      retry: { afterMs: expect.any(Number) },
    });
  });
});

describe('where the configuration wants an image to be pushed', () => {
  const push = anyPlan({ probe: { repository: 'shop/api/image', push: 'shop/api/registrar-canary' } });

  test('one is, after the upload, and that is said', async () => {
    const peer = registry({});
    await proveToken(push, fresh, peer);
    expect(peer.asked.slice(1)).toEqual([
      'upload to shop/api/image',
      'repository:shop/api/registrar-canary:pull,push',
      'image to shop/api/registrar-canary',
    ]);
    expect(proofWords(push)).toContain('push a tiny image to shop/api/registrar-canary');
    expect(provenWords(push)).toContain('a tiny image was pushed to shop/api/registrar-canary and pulled');
  });

  test('none is for a token that may not push', async () => {
    const peer = registry({ handshake: grants('pull') });
    await proveToken({ ...push, old: tokenOf(7, { scopes: ['read_registry'] }) }, fresh, peer);
    expect(peer.asked).toEqual(['repository:shop/api/image:pull']);
  });

  test.each([
    [500, 'never'],
    [403, 'never'],
    [504, { afterMs: expect.any(Number) }],
  ])('an image that is answered %d is no proof: again %j', async (status, retry) => {
    const image: Image = { is: 'refused', at: 'manifest', status, message: 'no' } as Image;
    await expect(proveToken(push, fresh, registry({ image }))).rejects.toMatchObject({ retry });
  });
});

describe('an access token is proven by what its bot’s role allows', () => {
  test.each([
    [50, 'pull,push'],
    [30, 'pull,push'],
    [20, 'pull'],
    [15, undefined],
    [10, undefined],
  ])('%d: %s', async (access_level, actions) => {
    const peer = registry({ handshake: grants(...(actions?.split(',') ?? [])) });
    const plan = anyPlan({ old: accessTokenOf(7, { access_level }) });
    await proveToken(plan, fresh, peer);
    expect(peer.asked.slice(0, 1)).toEqual(actions === undefined ? [] : [`repository:shop/api/image:${actions}`]);
    expect(provenWords(plan)).toMatch(actions === undefined ? /a login$/ : actions === 'pull' ? /pull$/ : /push/);
  });
});

test('a group without any project is proven by a login', async () => {
  const peer = registry({});
  const plan = anyPlan({ probe: {} });
  await proveToken(plan, fresh, peer);
  expect([peer.asked, proofWords(plan)]).toEqual([[], 'log in with it']);
});

describe('the old token is seen refused', () => {
  function context(peer: Registry, listed: number[] = []): SagaContext & { courtesies: number } {
    const made = {
      courtesies: 0,
      registry: peer,
      gitlab: { deployTokens: async () => listed.map((id) => ({ ...tokenOf(id), revoked: false })) },
      async succeedOnce() {
        made.courtesies += 1;
      },
    };
    return made as unknown as SagaContext & { courtesies: number };
  }

  test('by a 401 to its pair, which a login that succeeds follows', async () => {
    const given = context(registry({ handshake: refused(401) }));
    expect(await seeRefused(planOf(), 'gldt-old', given)).toContain('was refused (401)');
    expect(given.courtesies).toBe(1);
  });

  test('without its secret by GitLab’s list alone, and that is said', async () => {
    const peer = registry({ handshake: grants() });
    expect(await seeRefused(planOf(), undefined, context(peer))).toContain('no login was tried');
    expect(peer.asked).toEqual([]);
  });

  test.each([
    ['GitLab still lists it', context(registry({ handshake: refused(401) }), [7]), 'still lists'],
    ['it is still accepted', context(registry({ handshake: grants() })), 'still accepted'],
    [
      'our address is banned: that is no refusal of the token',
      context(registry({ handshake: refused(403) })),
      'answered 403',
    ],
  ])('not when %s', async (_, given, why) => {
    await expect(seeRefused(planOf(), 'gldt-old', given)).rejects.toMatchObject({
      retry: 'never',
      forPerson: { why: expect.stringContaining(why) },
    });
  });

  test('not by a GitLab that is down: later', async () => {
    await expect(
      seeRefused(planOf(), 'gldt-old', context(registry({ handshake: refused(502) }))),
    ).rejects.toMatchObject({
      retry: { afterMs: expect.any(Number) },
    });
  });
});
