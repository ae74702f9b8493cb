import { ANA, type Bench, headingOf, startBench } from './bench.js';

/** Applications as GitLab has them, with a secret or without, and what is not there as it should be. */

let bench: Bench | undefined;
afterEach(() => bench?.stop());

test('a public application needs no secret', async () => {
  bench = await startBench({ confidential: false });
  const browser = bench.browser(bench.ana);
  expect((await browser.get(await bench.consent(browser, await bench.ask()))).status).toBe(200);
  expect(await bench.who(ANA)).toBe('ana');
  expect(bench.gitlab.oauth.tokens).toMatchObject([{ revoked: true }]);
  await expect(bench.tryApplication()).resolves.toBeUndefined();
});

test('whether GitLab knows the application is told without anybody signing in', async () => {
  bench = await startBench();
  await expect(bench.tryApplication()).resolves.toBeUndefined();
  await bench.gitlab.pause();
  await expect(bench.tryApplication()).rejects.toMatchObject({ code: 'gitlab-unreachable' });
  await bench.gitlab.resume();
  bench.gitlab.oauth.applications.length = 0;
  await expect(bench.tryApplication()).rejects.toMatchObject({
    code: 'gitlab-refused',
    forPerson: { next: expect.stringContaining('gitlab.signIn of registrar.yaml') },
  });
});

test('a wrong secret is told as what it is: not the person’s to mend', async () => {
  bench = await startBench({ secret: 'gloas-of-another-application' });
  const browser = bench.browser(bench.ana);
  const shown = await browser.get(await bench.consent(browser, await bench.ask()));
  expect([shown.status, headingOf(shown)]).toEqual([
    502,
    `GitLab at ${bench.gitlab.url} does not know Registrar’s application`,
  ]);
  expect(shown.text).toContain('invalid_client');
  expect(shown.text + bench.logged()).not.toContain('gloas-');
  expect(await bench.who(ANA)).toBeUndefined();
  await expect(bench.tryApplication()).rejects.toMatchObject({ code: 'gitlab-refused', status: 401 });
});

test('with Redis gone there is a page, and in the chat a word', async () => {
  bench = await startBench();
  const link = await bench.ask();
  await bench.stopRedis();
  const shown = await bench.browser().get(link);
  expect([shown.status, headingOf(shown)]).toEqual([500, 'Registrar could not do this']);
  await expect(bench.ask()).rejects.toMatchObject({
    code: 'redis-unreachable',
    forPerson: { next: expect.stringContaining('ask again in a minute') },
  });
});
