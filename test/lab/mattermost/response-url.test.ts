import { integration, type Says } from './client.js';
import { createClock, type MattermostDouble, type MattermostOptions, startMattermost } from './double.js';

let mm: MattermostDouble;
let app: Awaited<ReturnType<typeof integration>>;
let answer: Says;

async function start(options: MattermostOptions = {}) {
  const settings = { AllowedUntrustedInternalConnections: '127.0.0.1', ...options.settings };
  mm = await startMattermost({ ...options, settings });
  app = await integration(() => answer);
  const team = mm.addTeam('platform');
  const ops = mm.addChannel(team, 'ops');
  const anna = mm.addUser({ username: 'anna' });
  const bob = mm.addUser({ username: 'bob' });
  for (const who of [anna, bob]) mm.join(who, ops);
  const command = mm.addCommand(team, 'registry', `${app.url}/mattermost/command`);
  return { team, ops, anna, bob, command };
}

const sent = (index = -1) => new URLSearchParams(app.received.at(index)?.body ?? '');

beforeEach(() => {
  answer = { body: { text: 'looking', skip_slack_parsing: true } };
});
afterEach(async () => {
  await app.stop();
  await mm.stop();
});

describe('response_url', () => {
  const use = (body: unknown, type = 'application/json') =>
    fetch(sent().get('response_url') ?? '', {
      method: 'POST',
      headers: { 'content-type': type },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const errorOf = async (response: Response) => [response.status, ((await response.json()) as { id: string }).id];

  test('posts anew in channel and thread, five times', async () => {
    const { ops, anna } = await start();
    const root = await anna.posts('root', ops);
    await anna.runs('/registry', ops, { root });
    const first = await use({ response_type: 'in_channel', text: 'more' });
    expect([first.status, first.headers.get('content-type'), await first.text()]).toEqual([200, 'text/plain', 'ok']);
    expect(mm.posted(ops)[1]).toMatchObject({ message: 'more', root_id: root.id, user_id: anna.id });
    for (let n = 2; n <= 5; n++) expect((await use('plain', 'text/plain')).status).toBe(200);
    expect(await errorOf(await use({ text: 'x' }))).toEqual([400, 'web.command_webhook.general.app_error']);
  });

  test('not after half an hour, nor with what is no JSON', async () => {
    const clock = createClock();
    const { ops, anna } = await start({ clock });
    await anna.runs('/registry', ops);
    expect(await errorOf(await use('{'))).toEqual([400, 'web.command_webhook.parse.app_error']);
    const long = { response_type: 'in_channel', text: 'x'.repeat(16_384) };
    expect(await errorOf(await use(long))).toEqual([500, 'web.command_webhook.general.app_error']);
    clock.advance(30 * 60_000 + 1);
    expect(await errorOf(await use({ text: 'late' }))).toEqual([404, 'web.command_webhook.general.app_error']);
  });
});
