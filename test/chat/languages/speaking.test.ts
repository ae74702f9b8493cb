import { type Answer, answer } from '../../../src/chat/answer.js';
import type { Language } from '../../../src/chat/languages/language.js';
import { speaking } from '../../../src/chat/languages/speaking.js';
import type { Chat, Handlers } from '../../../src/chat/port.js';
import { action, request } from '../requests.js';

const SAID = answer('info', 'Nothing is under way');
const FRENCH = 'Rien n’est en cours';

function chat(locales: Record<string, string>, fallback: Language = 'en') {
  const titles: string[] = [];
  let started: Handlers | undefined;
  const note = async ({ title }: Answer) => void titles.push(title);
  const inner: Chat = {
    platform: 'slack',
    localeOf: async (person) => locales[person],
    start: async (handlers) => {
      started = handlers;
    },
    stop: async () => {},
    deliver: (reply) => note(reply.answer),
    tell: (_, said) => note(said),
  };
  const spoken = speaking(inner, () => fallback);
  const to = (person: string) => ({ platform: 'slack', channel: 'C1', person }) as const;
  return {
    titles,
    spoken,
    tell: (person: string) => spoken.tell(to(person), SAID),
    deliver: (person: string) => spoken.deliver({ address: to(person), key: 'k', sequence: 1, answer: SAID }),
    handlers: () => started,
  };
}

test('each is answered in their own language', async () => {
  const { tell, deliver, titles } = chat({ UANA: 'fr-FR', UBOB: 'en-US' });
  for (const person of ['UANA', 'UBOB', 'UEVE']) {
    await tell(person);
    await deliver(person);
  }
  expect(titles).toEqual([FRENCH, FRENCH, SAID.title, SAID.title, SAID.title, SAID.title]);
});

test('what nobody asked for, and who has no language of ours, has that of the configuration', async () => {
  const { tell, deliver, titles } = chat({ UBOB: 'en-GB', UEVE: 'de-DE' }, 'fr');
  await deliver('');
  await tell('UEVE');
  await tell('UBOB');
  expect(titles).toEqual([FRENCH, FRENCH, SAID.title]);
});

test('a form is asked in their language, too', async () => {
  const { spoken, handlers } = chat({ UANA: 'fr' });
  const form = { id: 'log', title: 'Cancel', submit: 'Look again', context: '', fields: [] };
  await spoken.start({
    request: async () => form,
    action: async () => form,
    submit: () => ({ faults: {} }),
  });
  await expect(handlers()?.request(request('diagnose'))).resolves.toMatchObject({ title: 'Annuler', submit: 'Revoir' });
  await expect(handlers()?.action(action('x', 'y'))).resolves.toMatchObject({ id: 'log', title: 'Annuler' });
});
