import { openLinks } from '../../../src/access/link/offer.js';
import type { LinkStore } from '../../../src/access/link/store.js';
import { parseConfig } from '../../../src/config/load.js';
import { linkIn } from './bench.js';

const PERSON = { platform: 'slack', id: 'U0ANA' } as const;

/** Instances by name, those with a star let people sign in. What was kept, besides. */
function links(...names: string[]) {
  const parsed = parseConfig(`instances:
${names
  .map(
    (name) =>
      `  - { name: ${name.replace('*', '')}, gitlab: { url: https://a, token: env:T${name.includes('*') ? ', signIn: { applicationId: app }' : ''} }, registry: { url: https://b } }`,
  )
  .join('\n')}
http: { publicUrl: https://registrar.example.com/ }
`);
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  const kept: { nonce: string; instance: string }[] = [];
  const forgotten: string[] = [];
  const store = {
    offer: async (nonce: string, { instance }: { instance: string }) => void kept.push({ nonce, instance }),
    of: async () => undefined,
    forget: async (_: unknown, { name }: { name: string }) => {
      forgotten.push(name);
      return name === 'second';
    },
  } as unknown as LinkStore;
  const config = { current: () => parsed.config, secret: () => '' };
  return { ...openLinks(config, store), kept, forgotten };
}

test.each([
  [['main*'], undefined, 'main'],
  [['main*', 'second*'], 'second', 'second'],
  [['main', 'second*'], undefined, 'second'],
])('of %j, named %j, %s is meant', async (names, name, meant) => {
  const { offer, kept } = links(...names);
  const link = linkIn(await offer({ person: PERSON }, name));
  expect(kept).toEqual([{ nonce: expect.stringMatching(/^[\w-]{43}$/), instance: meant }]);
  expect(link).toBe(`https://registrar.example.com/link/${kept[0]?.nonce}`);
});

test.each([
  [['main'], undefined, 'gitlab.signIn is not configured', /access\.people/],
  [['main', 'second*'], 'main', 'gitlab.signIn is not configured for main', /access\.people/],
  [['main*', 'second*'], undefined, 'people can sign in at main, second', /\/registry link INSTANCE/],
  [['main*'], 'other', 'people can sign in at main', /\/registry link INSTANCE/],
])('of %j, named %j: refused, %s', async (names, name, why, next) => {
  const { offer, kept } = links(...names);
  await expect(offer({ person: PERSON }, name)).rejects.toMatchObject({
    forPerson: { why, next: expect.stringMatching(next) },
  });
  expect(kept).toEqual([]);
});

test('each answer has another address, and is for the asker alone', async () => {
  const { offer } = links('main*');
  const answers = [await offer({ person: PERSON }), await offer({ person: PERSON })];
  expect(new Set(answers.map(linkIn)).size).toBe(2);
  expect(answers.map(({ quiet }) => quiet)).toEqual([true, true]);
});

test('what is forgotten is forgotten of every instance', async () => {
  const { forget, forgotten } = links('main*', 'second', 'third');
  expect(await forget(PERSON)).toMatchObject({ title: 'You are no longer linked with a GitLab user (second)' });
  expect(forgotten).toEqual(['main', 'second', 'third']);
  expect(await links('main*').forget(PERSON)).toMatchObject({ title: 'You were not linked with any GitLab user' });
});
