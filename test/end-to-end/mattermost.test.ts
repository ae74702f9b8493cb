import { isFinal, type MattermostBench, startMattermostBench } from './mattermost-bench.js';

/** What people of a Mattermost team see, against the lab's GitLab and the real registry. */

let bench: MattermostBench;
beforeAll(async () => {
  bench = await startMattermostBench();
});
afterAll(async () => {
  await bench.stop();
  expect(bench.mattermost.problems).toEqual([]);
  expect(bench.mattermost.pinged().filter(({ post, by }) => post.user_id === bench.bot.id && by !== 'direct')).toEqual(
    [],
  );
});

const LOG = [
  '$ docker login -u ci -p $CI_TOKEN registry.example.com',
  'Error response from daemon: Get "https://registry.example.com/v2/": unauthorized: HTTP Basic: Access denied.',
  'ERROR: Job failed: exit code 1 @channel',
].join('\n');

describe('a command', () => {
  test('is answered by the bot, in one post that is edited until it is final', async () => {
    const channel = bench.channel('status');
    expect(await bench.ana.runs('/registry status', channel)).toMatchObject({ status: 200 });
    const { message } = await bench.said(channel);
    expect(message).toContain('lab');
    expect(message).toMatch(/✔ ok \*\*/);
    expect(bench.mattermost.posted(channel)).toHaveLength(1);
  });

  test('in a thread is answered there', async () => {
    const channel = bench.channel('thread');
    const root = await bench.bob.posts('who broke it?', channel);
    await bench.ana.runs('/registry status', channel, { root });
    expect((await bench.said(channel)).root_id).toBe(root.id);
  });

  test('in a channel without the bot is answered by a direct message', async () => {
    const channel = bench.channel('closed', { withoutBot: true });
    await bench.ana.runs('/registry status', channel);
    await bench.said(bench.mattermost.direct(bench.ana, bench.bot));
    expect(bench.mattermost.posted(channel)).toEqual([]);
  });

  test('that nobody knows is told to its author alone', async () => {
    const channel = bench.channel('typo');
    await bench.bob.runs('/registry statsu', channel);
    const told = await bench.said(bench.mattermost.direct(bench.bob, bench.bot), ({ message }) =>
      message.includes('statsu'),
    );
    expect(told.message).toContain('/registry status');
    expect(bench.mattermost.posted(channel)).toEqual([]);
  });

  test.each([
    ['another token', () => ({ token: 'x'.repeat(26) })],
    ['another team', () => ({ team_id: 'z'.repeat(26) })],
    ['no token', () => ({ token: '' })],
  ])('with %s is refused, and nothing is said', async (_, change) => {
    const channel = bench.channel(`refused-${_.replace(' ', '-')}`);
    const sent = {
      ...{ token: bench.command.token, team_id: bench.team.id, channel_id: channel.id, user_id: bench.ana.id },
      ...{ text: 'status', trigger_id: `t-${_}` },
      ...change(),
    };
    const answer = await fetch(`${bench.url}/chat/mattermost/command`, {
      method: 'POST',
      body: new URLSearchParams(sent),
    });
    expect(answer.status).toBe(401);
    expect(bench.mattermost.posted(channel)).toEqual([]);
  });
});

describe('a button', () => {
  test('rotates for the one who asked, in the same post; the variable has the new token, and no post the secret', async () => {
    const { lab, mattermost } = bench;
    const channel = bench.channel('rotate');
    await bench.ana.runs('/registry rotate-token shop/api', channel);
    const plan = await bench.said(channel);
    expect(plan.message).toContain('deploy token 1');
    expect(await bench.ana.clicks(plan, 'Rotate')).toMatchObject({ status: 200 });
    const done = await bench.said(channel, ({ message }) => message.startsWith('✅'));
    expect(done.id).toBe(plan.id);
    expect(bench.ana.sees(channel).at(-1)?.props.attachments).toMatchObject([
      { actions: [{ name: 'audit shop/api' }] },
    ]);
    const secret = lab.gitlab.findVariable(lab.project, 'REGISTRY_PASSWORD')?.value ?? '';
    expect(secret).toMatch(/^gldt-/);
    expect(JSON.stringify(mattermost.posted(channel))).not.toContain(secret);
  });

  test('of somebody else’s plan does nothing, and says so to whoever pressed it', async () => {
    const channel = bench.channel('others');
    await bench.ana.runs('/registry rotate-token shop/api', channel);
    const plan = await bench.said(channel);
    await bench.bob.clicks(plan, 'Rotate');
    await bench.said(bench.mattermost.direct(bench.bob, bench.bot), ({ message }) =>
      message.includes('Only the person who asked'),
    );
    await bench.ana.clicks(plan, 'Cancel');
    await bench.said(channel, ({ message }) => message.includes('Cancelled'));
  });

  test('that somebody made up, or carries to another channel, is refused', async () => {
    const channel = bench.channel('forged');
    const send = async (context: object) => {
      const body = { user_id: bench.ana.id, channel_id: channel.id, trigger_id: 'forged', context };
      const answer = await fetch(`${bench.url}/chat/mattermost/action`, { method: 'POST', body: JSON.stringify(body) });
      return answer.json();
    };
    expect(await send({ action: 'rotate-run', value: 'plan' })).toEqual(
      expect.objectContaining({ ephemeral_text: expect.stringContaining('not valid any more') }),
    );
    const elsewhere = bench.channel('elsewhere');
    await bench.ana.runs('/registry rotate-token shop/api', elsewhere);
    await bench.said(elsewhere);
    const sealed = JSON.stringify(bench.mattermost.posted(elsewhere)).match(/v1\.[\w.-]+/)?.[0];
    expect(await send({ sealed })).toEqual(
      expect.objectContaining({ ephemeral_text: expect.stringContaining('not valid any more') }),
    );
  });
});

describe('a log', () => {
  test('is asked for in a dialog, and diagnosed; it pings nobody', async () => {
    const channel = bench.channel('dialog');
    await bench.ana.runs('/registry diagnose', channel);
    const dialog = await bench.mattermost.waitFor(() => bench.ana.dialog, { what: 'a dialog' });
    expect(await bench.ana.submits(dialog, { text: LOG })).toMatchObject({ status: 200, open: false });
    expect((await bench.said(channel)).message).toContain('HTTP Basic: Access denied');
  });

  test('that is missing keeps the dialog open', async () => {
    const channel = bench.channel('empty');
    await bench.bob.runs('/registry diagnose', channel);
    const dialog = await bench.mattermost.waitFor(() => bench.bob.dialog, { what: 'a dialog' });
    expect(await bench.bob.submits(dialog, { text: '' })).toMatchObject({
      open: true,
      errors: { text: expect.any(String) },
    });
  });

  test('comes as a direct message, as a file beside a mention, and is answered below', async () => {
    const direct = bench.mattermost.direct(bench.ana, bench.bot);
    const written = await bench.ana.posts(LOG, direct);
    const below =
      ({ id }: { id: string }) =>
      (post: { root_id: string; message: string }) =>
        post.root_id === id && isFinal(post);
    expect((await bench.said(direct, below(written))).message).toContain('Access denied');
    const channel = bench.channel('file');
    const file = await bench.ana.posts(`@${bench.bot.username}`, channel, {
      files: [{ name: 'job.log', content: LOG }],
    });
    expect((await bench.said(channel, below(file))).message).toContain('Access denied');
  });
});

describe('whatever breaks', () => {
  test('what was written while the bot was away is answered when it is back, once', async () => {
    const direct = bench.mattermost.direct(bench.bob, bench.bot);
    await bench.bob.posts('help', direct);
    await bench.said(direct, ({ message }) => message.includes('/registry'));
    await bench.stopApp();
    const written = await bench.bob.posts('status no-such-instance', direct);
    await bench.startApp();
    await bench.said(direct, ({ root_id }) => root_id === written.id);
    expect(bench.mattermost.posted(direct).filter(({ root_id }) => root_id === written.id)).toHaveLength(1);
  });

  test('an answer whose arrival was not heard of is not posted twice', async () => {
    const channel = bench.channel('cut');
    bench.mattermost.fail('POST /posts', 'cutAfter');
    await bench.ana.runs('/registry status', channel);
    await bench.said(channel);
    expect(bench.mattermost.posted(channel)).toHaveLength(1);
  });

  test.each(['cut', 'skip', 'repeat', 'reorder'] as const)('sockets that %s cost no message', async (fault) => {
    const direct = bench.mattermost.direct(bench.ana, bench.bot);
    bench.mattermost.breakSockets(fault);
    const first = await bench.ana.posts('status no-such-instance', direct);
    const written = await bench.ana.posts('status no-such-instance', direct);
    for (const { id } of [first, written]) await bench.said(direct, ({ root_id }) => root_id === id);
    const answers = bench.mattermost.posted(direct).map(({ root_id }) => root_id);
    expect(answers.filter((root) => root === first.id || root === written.id)).toHaveLength(2);
  });

  test('a server that forgot our connection is read from where we were', async () => {
    const direct = bench.mattermost.direct(bench.ana, bench.bot);
    bench.mattermost.refuseConnections(true, 'websocket');
    bench.mattermost.breakSockets('cut');
    bench.mattermost.forgetSockets();
    const written = await bench.ana.posts('status no-such-instance', direct);
    bench.mattermost.refuseConnections(false);
    await bench.said(direct, ({ root_id }) => root_id === written.id);
  });
});
