import { unescaped } from '../../lab/browser.js';
import { ANA, type Bench, headingOf, ROOT, startBench } from './bench.js';

/** A link from the chat's answer to the user whom GitLab named. */

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.stop());
beforeEach(() => bench.redis.flushall());

describe('the whole way', () => {
  test('ends with the person linked, by the user’s number, and with no token anywhere', async () => {
    const { gitlab, ana, links } = bench;
    const link = await bench.ask(ANA, 'ana.m');
    const browser = bench.browser(ana);
    const page = await browser.get(link);
    expect(page.status).toBe(200);
    expect(await bench.who(ANA)).toBeUndefined();

    const left = await browser.submit(page);
    expect(left.status).toBe(303);
    const asked = new URL(left.location ?? '');
    expect(asked.origin + asked.pathname).toBe(`${gitlab.url}/oauth/authorize`);
    expect(Object.fromEntries(asked.searchParams)).toEqual({
      client_id: bench.application.id,
      redirect_uri: `${bench.url}/link/callback`,
      response_type: 'code',
      scope: 'read_user',
      state: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    });
    const consent = await browser.get(asked.href);
    const back = (await browser.submit(consent)).location ?? '';
    const done = await browser.get(back);
    expect([done.status, headingOf(done)]).toEqual([200, 'Linked']);
    expect(done.text).toContain('<bdi>ana.m</bdi>');
    expect(done.text).toContain('<strong>ana</strong>');

    expect(await bench.who(ANA)).toBe('ana');
    expect(await bench.redis.hgetall('{registrar}:links:main')).toEqual({
      'slack U0ANA': expect.stringMatching(
        /^\{"userId":\d+,"username":"ana","gitlab":"http:\/\/127\.0\.0\.1:\d+","at":\d+\}$/,
      ),
    });
    expect(gitlab.oauth.tokens).toMatchObject([{ revoked: true, scopes: ['read_user'] }]);
    expect(JSON.stringify(await links.offer({ person: ANA }))).toContain('You are linked with the user ana of main');
    await links.forget(ANA);
    expect(await bench.who(ANA)).toBeUndefined();
  });

  test('leaves no secret in Redis at any step, and none in the log', async () => {
    const { gitlab, ana } = bench;
    const kept: string[] = [];
    const keep = async () => void kept.push(await bench.kept());
    const browser = bench.browser(ana);
    const link = await bench.ask();
    await keep();
    const page = await browser.get(link);
    const cookie = browser.cookie(bench.url, 'registrar-link');
    const left = await browser.submit(page);
    await keep();
    const back = (await browser.submit(await browser.get(left.location ?? ''))).location ?? '';
    const held = gitlab.delayNext('/oauth/revoke');
    const done = browser.get(back);
    await held.arrived;
    await keep();
    held.release();
    await done;
    await keep();
    await browser.get(back);
    await browser.get(link);

    const { code, state } = Object.fromEntries(new URL(back).searchParams);
    const token = gitlab.oauth.tokens.at(-1);
    const challenge = gitlab.oauth.codes.at(-1)?.challenge;
    const nonce = link.split('/').at(-1);
    const secrets = [
      nonce,
      cookie,
      code,
      state,
      challenge,
      token?.token,
      token?.refreshToken,
      bench.application.secret,
    ];
    expect(kept.join('\n')).toContain('link-browser');
    for (const secret of secrets) {
      expect(secret?.length).toBeGreaterThan(40);
      expect(kept.join('\n')).not.toContain(secret);
      expect(bench.logged()).not.toContain(secret);
    }
    expect(bench.logged()).toContain('"audit":"link"');
  });

  test('a second link replaces the first: the newest sign-in counts', async () => {
    const { gitlab, ana } = bench;
    const bob = gitlab.addUser({ username: 'bob' });
    for (const user of [ana, bob]) {
      const browser = bench.browser(user);
      await browser.get(await bench.consent(browser, await bench.ask()));
      expect(await bench.who(ANA)).toBe(user.username);
    }
  });
});

describe('a link', () => {
  test('is not used up by whoever only looks: a chat’s preview opens it, too', async () => {
    const link = await bench.ask();
    for (let times = 0; times < 3; times++) expect((await bench.browser().get(link)).status).toBe(200);
    expect((await fetch(link, { method: 'HEAD' })).status).toBe(200);
    const browser = bench.browser(bench.ana);
    await browser.get(await bench.consent(browser, link));
    expect(await bench.who(ANA)).toBe('ana');
  });

  test('is good for one sign-in, also when two browsers are under way with it', async () => {
    const { gitlab, ana } = bench;
    const carl = gitlab.addUser({ username: 'carl' });
    const link = await bench.ask();
    const [first, second] = [bench.browser(ana), bench.browser(carl)];
    const backs = [await bench.consent(first, link), await bench.consent(second, link)];
    expect((await first.get(backs[0] ?? '')).status).toBe(200);
    const late = await second.get(backs[1] ?? '');
    expect([late.status, headingOf(late)]).toEqual([410, 'This link is used up']);
    expect((await second.get(link)).status).toBe(410);
    expect(await bench.who(ANA)).toBe('ana');
  });

  test('ends after ten minutes, wherever its way had come to', async () => {
    const link = await bench.ask();
    const browser = bench.browser(bench.ana);
    const page = await browser.get(link);
    const other = bench.browser(bench.ana);
    const back = await bench.consent(other, link);
    bench.advance(599_999);
    expect((await bench.browser().get(link)).status).toBe(200);
    bench.advance(1);
    expect((await bench.browser().get(link)).status).toBe(410);
    expect((await browser.submit(page)).status).toBe(410);
    expect((await other.get(back)).status).toBe(410);
    expect(await bench.who(ANA)).toBeUndefined();
    expect(bench.gitlab.oauth.tokens.filter(({ revoked }) => !revoked)).toEqual([]);
  });
});

describe('GitLab that fails', () => {
  test.each<[string, () => void, string]>([
    ['answers nothing of its own', () => bench.gitlab.fail('POST /oauth/token', 502), 'it answers 502'],
    ['does not say whose the token is', () => bench.gitlab.fail('GET /api/v4/user', 500), 'it answers 500'],
    ['cuts the connection', () => bench.gitlab.cutAfter('POST /oauth/token'), 'does not answer Registrar'],
  ])('%s: said so, nothing is linked, the link still good', async (_, breakIt, words) => {
    const link = await bench.ask();
    const browser = bench.browser(bench.ana);
    const back = await bench.consent(browser, link);
    breakIt();
    const shown = await browser.get(back);
    expect(shown.status).toBe(502);
    expect(unescaped(shown.text)).toContain(words);
    expect(await bench.who(ANA)).toBeUndefined();
    await browser.get(await bench.consent(browser, link));
    expect(await bench.who(ANA)).toBe('ana');
  });

  test('and does not revoke the token, is logged; who signed in is known all the same', async () => {
    const browser = bench.browser(bench.ana);
    const back = await bench.consent(browser, await bench.ask());
    bench.gitlab.fail('POST /oauth/revoke', 503);
    expect((await browser.get(back)).status).toBe(200);
    expect(bench.logged()).toContain('GitLab did not revoke the token');
  });

  test('revokes the token also when it did not say whose it is', async () => {
    const browser = bench.browser(bench.ana);
    const back = await bench.consent(browser, await bench.ask());
    bench.gitlab.fail('GET /api/v4/user', 500);
    await browser.get(back);
    expect(bench.gitlab.oauth.tokens.at(-1)?.revoked).toBe(true);
  });
});

test('an account that the configuration knows needs no link, and gets none', async () => {
  const said = await bench.links.offer({ person: ROOT });
  expect(said).toMatchObject({ title: 'You are the GitLab user root', quiet: true });
  expect(JSON.stringify(said)).not.toContain('/link/');
  expect(await bench.redis.keys('*')).toEqual([]);
});
