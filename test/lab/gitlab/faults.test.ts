import { type Answer, advance, ask, call, gitlab, shop, start, team, useGitLab } from './bench.js';
import type { RecordedRequest } from './double.js';

useGitLab();

describe('faults', () => {
  it('limits the rate', async () => {
    const { maintainer } = team();
    gitlab.setRateLimit({ limit: 2, windowSeconds: 60 });
    advance(15_000);
    const answers: Answer[] = [];
    for (let count = 0; count < 3; count += 1) answers.push(await call('GET', shop, { token: maintainer }));
    expect(answers.map((one) => one.status)).toEqual([200, 200, 429]);
    expect(answers[2]?.text).toBe('Retry later\n');
    expect(Object.fromEntries(answers[2]?.headers ?? [])).toMatchObject({
      'retry-after': '45',
      'ratelimit-limit': '2',
      'ratelimit-remaining': '0',
      'ratelimit-observed': '3',
      'ratelimit-reset': String((start + 60_000) / 1000),
    });
    advance(45_000);
    expect((await call('GET', shop, { token: maintainer })).status).toBe(200);
  });

  it('fails on request', async () => {
    const { maintainer } = team();
    gitlab.fail('POST /api/v4/projects/*/deploy_tokens', 502, 2);
    const create = () =>
      call('POST', `${shop}/deploy_tokens`, { token: maintainer, body: { name: 'n', scopes: ['read_registry'] } });
    const statuses = [(await create()).status, (await create()).status, (await create()).status];
    expect([statuses, gitlab.deployTokens.length]).toEqual([[502, 502, 201], 1]);
    gitlab.fail('/jwt/auth', 403, 1, { body: '', headers: { 'Retry-After': '60' } });
    expect(await ask(['x', maintainer])).toMatchObject({ status: 403, text: '' });
  });

  it('cuts the connection after the effect', async () => {
    const { maintainer } = team();
    gitlab.cutAfter('POST /api/v4/projects/*/deploy_tokens');
    const body = { name: 'n', scopes: ['read_registry'] };
    await expect(call('POST', `${shop}/deploy_tokens`, { token: maintainer, body })).rejects.toThrow();
    expect(gitlab.deployTokens).toHaveLength(1);
    const cut = await gitlab.waitForRequest((one) => one.method === 'POST');
    expect([cut.state, cut.status]).toEqual(['cut', 0]);
    expect((await call('GET', shop, { token: maintainer })).status).toBe(200);
  });

  it.each(['before', 'after'] as const)('holds a request %s its effect until released', async (moment) => {
    const { maintainer } = team();
    const delay = gitlab.delayNext('POST *', moment);
    const body = { name: 'n', scopes: ['read_registry'] };
    const answer = call('POST', `${shop}/deploy_tokens`, { token: maintainer, body });
    const held: RecordedRequest = await delay.arrived;
    expect([held.state, gitlab.deployTokens.length]).toEqual(['open', moment === 'before' ? 0 : 1]);
    delay.release();
    expect((await answer).status).toBe(201);
  });

  it('goes away and comes back on the same port', async () => {
    const { maintainer } = team();
    const { url } = gitlab;
    await gitlab.pause();
    await expect(fetch(url)).rejects.toThrow();
    await gitlab.resume();
    expect(gitlab.url).toBe(url);
    expect((await call('GET', shop, { token: maintainer })).status).toBe(200);
  });

  it('records what came', async () => {
    const coming = gitlab.waitForRequest((one) => one.path === '/-/readiness');
    await call('GET', '/-/health');
    await call('GET', '/-/readiness');
    expect(await coming).toMatchObject({ method: 'GET', status: 200, at: start, authenticated: false });
    expect(gitlab.requests.map((one) => one.path)).toEqual(['/-/health', '/-/readiness']);
  });
});
