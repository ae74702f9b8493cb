import { ANA, type Bench, headingOf, MALLORY, startBench } from './bench.js';

/** Everything that must not get between a chat account and the user who signs in for it. */

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.stop());
beforeEach(() => bench.redis.flushall());

describe('the way through GitLab', () => {
  test('ends only in the browser in which it began', async () => {
    const back = await bench.consent(bench.browser(bench.ana), await bench.ask(MALLORY));
    const victim = bench.browser(bench.ana);
    const shown = await victim.get(back);
    expect([shown.status, headingOf(shown)]).toEqual([403, 'This sign-in was not begun in this browser']);
    // Nor in one that has begun another.
    await victim.submit(await victim.get(await bench.ask()));
    expect((await victim.get(back)).status).toBe(403);
    expect([await bench.who(MALLORY), await bench.who(ANA)]).toEqual([undefined, undefined]);
  });

  test.each<[string, (back: URL) => void]>([
    ['another state', (back) => back.searchParams.set('state', 'x'.repeat(43))],
    ['no state', (back) => back.searchParams.delete('state')],
    ['two states', (back) => back.searchParams.append('state', back.searchParams.get('state') ?? '')],
  ])('takes %s for an attack', async (_, forge) => {
    const browser = bench.browser(bench.ana);
    const back = new URL(await bench.consent(browser, await bench.ask()));
    const good = back.href;
    forge(back);
    expect((await browser.get(back.href)).status).toBe(403);
    expect(await bench.who(ANA)).toBeUndefined();
    expect((await browser.get(good)).status).toBe(200);
  });

  test('takes its answer once', async () => {
    const browser = bench.browser(bench.ana);
    const back = await bench.consent(browser, await bench.ask());
    const cookie = browser.cookie(bench.url, 'registrar-link') ?? '';
    await browser.get(back);
    expect((await browser.get(back)).status).toBe(403);
    browser.setCookie(bench.url, 'registrar-link', cookie);
    expect((await browser.get(back)).status).toBe(410);
  });

  test('takes its answer once, also when nothing came of it', async () => {
    const browser = bench.browser(bench.ana);
    const back = await bench.consent(browser, await bench.ask());
    const cookie = browser.cookie(bench.url, 'registrar-link') ?? '';
    bench.gitlab.fail('POST /oauth/token', 502);
    expect((await browser.get(back)).status).toBe(502);
    browser.setCookie(bench.url, 'registrar-link', cookie);
    expect((await browser.get(back)).status).toBe(410);
    expect(await bench.who(ANA)).toBeUndefined();
  });

  test('believes no code that was given for another: PKCE binds it to the browser', async () => {
    const [victim, mallory] = [bench.browser(bench.ana), bench.browser()];
    const stolen = new URL(await bench.consent(victim, await bench.ask())).searchParams.get('code') ?? '';
    const own = new URL((await mallory.submit(await mallory.get(await bench.ask(MALLORY)))).location ?? '');
    const back = `${bench.url}/link/callback?${new URLSearchParams({ code: stolen, state: own.searchParams.get('state') ?? '' })}`;
    const shown = await mallory.get(back);
    expect([shown.status, headingOf(shown)]).toEqual([502, `GitLab at ${bench.gitlab.url} refused the sign-in`]);
    expect(shown.text).toContain('invalid_grant');
    expect(await bench.who(MALLORY)).toBeUndefined();
  });

  test('leads nowhere but to the configured GitLab, whatever a form says', async () => {
    const browser = bench.browser(bench.ana);
    const page = await browser.get(await bench.ask());
    const evil = 'https://evil.example.com/';
    const left = await browser.submit(page, { redirect_uri: evil, gitlab: evil, next: evil, state: 'x' });
    expect(new URL(left.location ?? '').origin).toBe(bench.gitlab.url);
    expect(left.location).not.toContain('evil');
  });

  test('can’t be begun by another site’s form: neither without the cookie nor without the page’s own field', async () => {
    const link = await bench.ask(MALLORY);
    const page = await bench.browser().get(link);
    const crossSite = await bench.browser(bench.ana).submit(page);
    expect([crossSite.status, headingOf(crossSite)]).toEqual([403, 'That button belongs to another page']);
    const victim = bench.browser(bench.ana);
    await victim.get(await bench.ask());
    expect((await victim.submit(page)).status).toBe(403);
    expect((await victim.submit(page, { check: '' })).status).toBe(403);
    const bare = await fetch(link, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'check=1' });
    expect(bare.status).toBe(403);
  });

  test('that was denied links nothing, and can be gone again', async () => {
    const link = await bench.ask();
    const browser = bench.browser(bench.ana);
    const left = await browser.submit(await browser.get(link));
    const back = await browser.submit(await browser.get(left.location ?? ''), { _method: 'delete' });
    const shown = await browser.get(back.location ?? '');
    expect([shown.status, headingOf(shown)]).toEqual([403, 'Nothing was linked']);
    expect(await bench.who(ANA)).toBeUndefined();
    await browser.get(await bench.consent(browser, link));
    expect(await bench.who(ANA)).toBe('ana');
  });

  test('reflects nothing of what GitLab, or somebody in its name, sends back', async () => {
    const browser = bench.browser(bench.ana);
    const left = await browser.submit(await browser.get(await bench.ask()));
    const state = new URL(left.location ?? '').searchParams.get('state') ?? '';
    const query = new URLSearchParams({ state, error: '<script>alert(1)</script>', error_description: '<b>Call us' });
    const shown = await browser.get(`${bench.url}/link/callback?${query}`);
    expect([shown.status, headingOf(shown)]).toEqual([502, 'GitLab refused the sign-in']);
    expect(shown.text).not.toMatch(/alert|Call us/);
  });
});

test('a user is never found by an e-mail address: only by who signed in', async () => {
  const { gitlab } = bench;
  const boss = gitlab.addUser({ username: 'boss', email: 'boss@example.com' });
  const impostor = gitlab.addUser({ username: 'impostor', email: 'Boss@example.com' });
  const browser = bench.browser(impostor);
  const person = { platform: 'terminal', id: 'boss@example.com' } as const;
  await browser.get(await bench.consent(browser, await bench.ask(person, 'boss@example.com')));
  expect(await bench.who(person)).toBe('impostor');
  expect(boss.id).not.toBe(impostor.id);
  expect(gitlab.requests.filter(({ path }) => path.includes('email') || path.includes('search'))).toEqual([]);
});
