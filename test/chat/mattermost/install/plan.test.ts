import type { Found, FoundCommand } from '../../../../src/chat/mattermost/install/found.js';
import { type Item, plan } from '../../../../src/chat/mattermost/install/plan.js';
import { commandFields, type Wanted } from '../../../../src/chat/mattermost/install/wanted.js';

const URL = 'https://chat.example.com';
const wanted: Wanted = {
  username: 'registrar',
  teams: ['acme'],
  command: commandFields('http://registrar.internal:8080', ['status', 'help']),
};
const command: FoundCommand = {
  ...wanted.command,
  ...{ id: 'c', team_id: 't', username: '', icon_url: '', isTokenOurs: true },
};
const team = { name: 'acme', id: 't', hasBot: true, command };
const complete: Found = {
  siteUrl: URL,
  admin: { id: 'a', username: 'root' },
  mayMakeBots: true,
  hasCommands: true,
  bot: { is: 'bot', id: 'b', isEnabled: true },
  token: { is: 'of', user: 'b' },
  teams: [team],
};
const planned = (change: Partial<Found> = {}) => plan({ ...complete, ...change }, wanted, URL);
const does = (items: Item[]) => items.flatMap((item) => (item.is === 'step' ? [item.step.does] : []));
const blocked = (items: Item[]) =>
  items.flatMap((item) => (item.is === 'obstacle' ? [`${item.text} → ${item.fix}`] : []));

test('where everything is there, nothing is done', () => {
  expect(planned().map(({ is }) => is)).toEqual(['there', 'there', 'there', 'there']);
});

test('on a bare server everything is made, in the order in which one needs the other', () => {
  const bare = { name: 'acme', id: 't', hasBot: false };
  const items = planned({ bot: { is: 'absent' }, token: { is: 'absent' }, teams: [bare] });
  expect(does(items)).toEqual(['make-bot', 'make-token', 'add-to-team', 'make-command']);
  expect(blocked(items)).toEqual([]);
});

test('the hint names every verb', () => {
  expect(wanted.command).toMatchObject({ auto_complete_hint: '[status|help]', method: 'P' });
});

describe('the bot', () => {
  test('that is disabled is enabled, and its token is judged afterwards', () => {
    const items = planned({ bot: { is: 'bot', id: 'b', isEnabled: false }, token: { is: 'refused' } });
    expect([does(items), blocked(items)]).toEqual([['enable-bot'], []]);
  });

  test('can’t be made where nobody may: the place that allows it is told, and the rest of the plan stays', () => {
    const items = planned({
      bot: { is: 'absent' },
      token: { is: 'absent' },
      mayMakeBots: false,
      teams: [{ name: 'acme', id: 't', hasBot: false }],
    });
    expect(blocked(items)).toEqual([expect.stringContaining('Bot Accounts → Enable Bot Account Creation')]);
    expect(does(items)).toEqual(['make-command']);
  });

  test('is never a person', () => {
    const items = planned({ bot: { is: 'person' } });
    expect(blocked(items)).toEqual([expect.stringContaining('--username')]);
  });
});

test.each([
  ['is refused', { token: { is: 'refused' } as const }],
  ['is somebody else’s', { token: { is: 'of', user: 'x' } as const }],
  ['is of a bot that is gone', { bot: { is: 'absent' } as const, token: { is: 'refused' } as const }],
])('a token that %s is not replaced: a person moves it away', (_, change) => {
  const items = planned(change);
  expect(does(items)).not.toContain('make-token');
  expect(blocked(items)).toEqual([expect.stringContaining('move that file away')]);
});

describe('the command', () => {
  const having = (change: Partial<FoundCommand>) =>
    planned({ teams: [{ ...team, command: { ...command, ...change } }] });

  test.each([
    [{ method: 'G' }, 'its method'],
    [{ url: 'http://elsewhere/x' }, 'its address is http://elsewhere/x'],
    [{ auto_complete: false }, 'its completion'],
    [{ auto_complete_hint: '[status]' }, 'the words that completion shows'],
  ])('with %j is repaired, and what was wrong is told', (change, words) => {
    const items = having(change);
    expect(does(items)).toEqual(['repair-command']);
    expect(items.find(({ is }) => is === 'step')?.text).toContain(words);
  });

  test('whose token is not ours gets a new one, and the plan says that the old one dies', () => {
    const items = having({ isTokenOurs: false });
    expect(does(items)).toEqual(['renew-command-token']);
    expect(items.find(({ is }) => is === 'step')?.text).toContain('dies at once');
  });

  test('of somebody else is told, and not taken, also when it looks like another Registrar’s', () => {
    const items = having({ isTokenOurs: false, url: 'http://other.internal:8080/chat/mattermost/command' });
    expect(does(items)).toEqual([]);
    expect(blocked(items)).toEqual([expect.stringContaining('http://other.internal:8080')]);
  });

  test('is not thought of where commands are off', () => {
    const items = planned({ hasCommands: false, teams: [{ name: 'acme', id: 't', hasBot: false }] });
    expect(does(items)).toEqual(['add-to-team']);
    expect(blocked(items)).toEqual([expect.stringContaining('Enable Custom Slash Commands')]);
  });
});

test('a team that nobody knows does not stop the others', () => {
  const items = planned({
    teams: [
      { name: 'amce', hasBot: false },
      { name: 'beta', id: 'u', hasBot: false },
    ],
  });
  expect(blocked(items)).toEqual([expect.stringContaining('no team has this name')]);
  expect(does(items)).toEqual(['add-to-team', 'make-command']);
});

test.each([
  ['', 'the server has none'],
  ['https://other.example.com', 'calls itself https://other.example.com'],
])('a SiteURL of “%s” is worth minding', (siteUrl, words) => {
  const mind = planned({ siteUrl }).filter(({ is }) => is === 'mind');
  expect(mind).toEqual([expect.objectContaining({ text: expect.stringContaining(words) })]);
});

test('a SiteURL with a slash at its end is the same one', () => {
  expect(planned({ siteUrl: `${URL}/` }).filter(({ is }) => is === 'mind')).toEqual([]);
});
