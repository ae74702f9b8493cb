import { openApi } from '../../../src/chat/mattermost/api.js';
import { openPeople } from '../../../src/chat/mattermost/people.js';
import { startMattermost } from '../../lab/mattermost/double.js';

test('zone and locale are those that a person has, asked once an hour; who has none has none', async () => {
  const mattermost = await startMattermost();
  const bot = mattermost.addBot('registrar');
  const paris = mattermost.addUser({ username: 'ana', timezone: 'Europe/Paris', locale: 'fr' });
  const manual = mattermost.addUser({ username: 'bob', timezone: { manual: 'Asia/Tokyo' } });
  const none = mattermost.addUser({ username: 'eve' });
  const api = openApi(mattermost.url, bot.token);
  let now = 0;
  const people = openPeople(api, () => now);
  expect(await Promise.all([paris, manual, none].map(({ id }) => people(id)))).toEqual([
    { zone: 'Europe/Paris', locale: 'fr' },
    { zone: 'Asia/Tokyo', locale: 'en' },
    { locale: 'en' },
  ]);
  expect([await people(''), await people('nobody')]).toEqual([{}, {}]);
  const asked = () => mattermost.requestsOf('GET /users/:user_id').length;
  const before = asked();
  await people(paris.id);
  expect(asked()).toBe(before);
  now = 3_600_001;
  await people(paris.id);
  expect(asked()).toBe(before + 1);
  await api.close();
  await mattermost.stop();
});
