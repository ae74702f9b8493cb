import { openApi } from '../../../src/chat/mattermost/api.js';
import { openZones } from '../../../src/chat/mattermost/zones.js';
import { startMattermost } from '../../lab/mattermost/double.js';

test('the zone is the one that a person has, asked once an hour; without one there is none', async () => {
  const mattermost = await startMattermost();
  const bot = mattermost.addBot('registrar');
  const paris = mattermost.addUser({ username: 'ana', timezone: 'Europe/Paris' });
  const manual = mattermost.addUser({ username: 'bob', timezone: { manual: 'Asia/Tokyo' } });
  const none = mattermost.addUser({ username: 'eve' });
  const api = openApi(mattermost.url, bot.token);
  let now = 0;
  const zones = openZones(api, () => now);
  expect(await Promise.all([paris, manual, none].map(({ id }) => zones(id)))).toEqual([
    'Europe/Paris',
    'Asia/Tokyo',
    undefined,
  ]);
  expect([await zones(''), await zones('nobody')]).toEqual([undefined, undefined]);
  const asked = () => mattermost.requestsOf('GET /users/:user_id').length;
  const before = asked();
  await zones(paris.id);
  expect(asked()).toBe(before);
  now = 3_600_001;
  await zones(paris.id);
  expect(asked()).toBe(before + 1);
  await api.close();
  await mattermost.stop();
});
