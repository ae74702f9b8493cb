import { client } from './client.js';
import { createClock, type MattermostDouble, type MattermostOptions, startMattermost } from './double.js';

let mm: MattermostDouble;
const clock = createClock(1_800_000_000_000);

async function start(options: MattermostOptions = {}) {
  mm = await startMattermost({ clock, ...options });
  const team = mm.addTeam('platform');
  const ops = mm.addChannel(team, 'ops');
  const bot = mm.addBot('registrar');
  const anna = mm.addUser({ username: 'anna' });
  mm.join(bot, ops);
  mm.join(anna, ops);
  const api = client(mm.url, bot.token);
  const post = (body: object) => api('POST', '/posts', { channel_id: ops.id, ...body });
  return { team, ops, bot, anna, api, post };
}

afterEach(() => mm.stop());

describe('who is notified', () => {
  const text = (message: string) => ({ message });
  const attachment = (part: object) => ({ props: { attachments: [part] } });

  test.each([
    ['a name', text('see @anna.'), ['anna']],
    ['a name in capitals', text('@ANNA'), ['anna']],
    ['everybody', text('@here'), ['anna', 'bob']],
    ['a keyword without @', text('the registry is down'), ['bob']],
    ['a field’s value', attachment({ fields: [{ title: 't', value: '@anna' }] }), ['anna']],
    ['an attachment’s text', attachment({ text: 'for @bob' }), ['bob']],
    ['a title', attachment({ title: '@anna', footer: '@bob' }), []],
    ['an address', text('mail a@channel and :@here:'), []],
    ['a code span', text('`@anna` and ``registry ` @bob``'), []],
    ['a fence', text('```\n@channel registry\n```\n'), []],
    ['a longer fence', text('````\n```\n@channel\n```\n````'), []],
    ['a fence that a log closed', text('```\n```\n@channel\n```'), ['anna', 'bob']],
    ['a name with a zero-width space', text('@\u200banna'), []],
  ])('%s', async (_, body, names) => {
    const { post, ops } = await start();
    mm.join(mm.addUser({ username: 'bob', keywords: ['registry'] }), ops);
    const made = await post({ message: '', ...body });
    expect(mm.pinged(made.json as { id: string }).map((p) => p.user.username)).toEqual(names);
  });

  test('in a direct channel the other one, always', async () => {
    const { post, bot, anna } = await start();
    const dm = mm.direct(bot, anna);
    await post({ channel_id: dm.id, message: 'done' });
    expect(mm.pinged()).toMatchObject([{ user: { username: 'anna' }, by: 'direct' }]);
  });

  test('@channel by whoever may not call everybody is a note to them, and nothing else', async () => {
    const { anna, ops } = await start();
    mm.deny('channel_user', 'use_channel_mentions');
    const made = await anna.posts('@channel', ops);
    expect(mm.pinged(made)).toEqual([]);
    expect(anna.sees(ops)).toMatchObject([{ message: '@channel' }, { ephemeral: true }]);
  });
});
