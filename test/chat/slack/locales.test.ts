import { openLocales } from '../../../src/chat/slack/locales.js';
import { startSlack } from '../../lab/slack/double.js';
import { quietClient } from './quiet-client.js';

test('the locale that a person chose; who is not there, and an app without the scope, have none', async () => {
  const slack = await startSlack();
  const poor = await startSlack({ scopes: ['chat:write'] });
  const ana = slack.addUser({ name: 'ana', locale: 'fr-FR' });
  const eve = poor.addUser({ name: 'eve', locale: 'fr-FR' });
  const locales = openLocales(quietClient(slack), Date.now);
  expect(await Promise.all([ana.id, 'U404'].map(locales))).toEqual(['fr-FR', undefined]);
  expect(await openLocales(quietClient(poor), Date.now)(eve.id)).toBeUndefined();
  await Promise.all([slack.stop(), poor.stop()]);
});
