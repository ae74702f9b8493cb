import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Browser } from '../lab/browser.js';
import type { StoredEphemeral } from '../lab/slack/types.js';
import { isFinal, type Registrar, startRegistrar, wordsOf } from './registrar.js';

/** Somebody whom the configuration does not know becomes known, and does what their GitLab user may. */

let registrar: Registrar;
let url: string;
beforeAll(async () => {
  registrar = await startRegistrar('socket');
  url = await registrar.allowSignIn();
});
afterAll(async () => {
  await registrar.stop();
  expect(registrar.slack.problems).toEqual([]);
});

/** The address on the button of an answer. */
const linkIn = ({ blocks }: StoredEphemeral) => /"url":"([^"]+)"/.exec(JSON.stringify(blocks))?.[1] ?? '';

async function everythingIn(dir: string): Promise<string> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  return (await Promise.all(files.map((file) => readFile(file, 'latin1')))).join('\n');
}

test('/registry link is answered to the asker alone, and lets them rotate a token', async () => {
  const { slack, lab } = registrar;
  const channel = registrar.channel('link');
  const dora = slack.addUser({ name: 'dora' });
  const user = lab.gitlab.addUser({ username: 'dora-m' });
  lab.gitlab.addMember(lab.project, user, 40);

  await registrar.command(dora, channel, 'rotate-token shop/api');
  const refused = await registrar.said(channel, isFinal);
  expect(wordsOf(refused)).toContain('type /registry link and sign in at GitLab');

  const asked = registrar.channel('asked');
  await registrar.command(dora, asked, 'link');
  const told = await slack.waitFor(() => slack.ephemerals(dora.id).find((one) => one.channel === asked.id));
  const link = linkIn(told);
  expect(link).toMatch(new RegExp(`^${url}/link/[\\w-]{43}$`));
  expect(slack.messages(asked.id)).toEqual([]);

  const browser = new Browser();
  browser.setCookie(lab.gitlab.url, '_gitlab_session', lab.gitlab.oauth.signInBrowser(user));
  const page = await browser.get(link);
  expect(page.text).toContain(`<bdi>dora</bdi></strong> (id <bdi>${dora.id}</bdi>)`);
  const left = await browser.submit(page);
  const back = await browser.submit(await browser.get(left.location ?? ''));
  expect((await browser.get(back.location ?? '')).status).toBe(200);

  const again = registrar.channel('again');
  await registrar.command(dora, again, 'rotate-token shop/api');
  const planned = await registrar.said(again, isFinal);
  expect(wordsOf(planned)).toContain('Rotate deploy token');
  await slack.click(dora, planned, 'Rotate');
  await registrar.said(again, ({ text }) => text.startsWith('✅ Rotated'));

  // Redis's append-only file has every command that there was: neither the link nor what came of it is in one.
  const written = await everythingIn(join(lab.dir, 'lab-redis'));
  const { code = '', state = '' } = Object.fromEntries(new URL(back.location ?? '').searchParams);
  const token = lab.gitlab.oauth.tokens.at(-1);
  expect(written).toContain('link-offer');
  for (const secret of [link.split('/').at(-1), code, state, token?.token, token?.refreshToken]) {
    expect(secret?.length).toBeGreaterThan(40);
    expect(written).not.toContain(secret);
  }

  await registrar.command(dora, again, 'unlink');
  await slack.waitFor(() => slack.ephemerals(dora.id).find((one) => wordsOf(one).includes('no longer linked')));
  const after = registrar.channel('after');
  await registrar.command(dora, after, 'rotate-token shop/api');
  expect(wordsOf(await registrar.said(after, isFinal))).toContain('I don’t know which GitLab user you are');
});

test('in a channel that the bot is not in, the link comes as a direct message', async () => {
  const { slack } = registrar;
  const closed = slack.addChannel({ name: 'closed', botIsMember: false });
  const ed = slack.addUser({ name: 'ed' });
  await registrar.command(ed, closed, 'link');
  const call = await slack.waitFor(() =>
    slack.calls.find(({ method, args }) => method === 'chat.postMessage' && JSON.stringify(args).includes('/link/')),
  );
  const channel = String((call.args as { channel?: unknown }).channel);
  expect(channel).toMatch(/^D/);
  expect(slack.messages(closed.id)).toEqual([]);
});
