import { ofCommand, ofPost, SlashCommand } from '../../../src/chat/mattermost/receive.js';

const id = (letter: string) => letter.repeat(26);
const POST = {
  id: id('p'),
  create_at: 1,
  delete_at: 0,
  user_id: id('u'),
  channel_id: id('c'),
  root_id: '',
  message: 'status',
  type: '',
};

test('a command is as it was typed, and answered where it was typed', () => {
  const sent = {
    token: 't',
    team_id: id('t'),
    channel_id: id('c'),
    user_id: id('u'),
    user_name: 'ana',
    trigger_id: 'x',
  };
  expect(ofCommand(SlashCommand.parse({ ...sent, text: 'status main' }))).toEqual({
    id: 'mattermost-command-x',
    person: { platform: 'mattermost', id: id('u') },
    called: 'ana',
    replyTo: { platform: 'mattermost', channel: id('c'), person: id('u') },
    text: 'status main',
  });
  expect(ofCommand(SlashCommand.parse({ ...sent, root_id: id('r') })).replyTo.thread).toBe(id('r'));
});

describe('a post that is meant for the bot', () => {
  test.each([
    ['@registrar status', 'status'],
    ['@Registrar: status main', ' status main'],
    ['status @registrar', 'status'],
    ['ask @registrars', 'ask @registrars'],
  ])('%p', (message, text) => {
    expect(ofPost({ ...POST, message }, 'registrar', false).text).toBe(text.trim());
  });

  test('is answered below it; a reply is answered below what it replies to', () => {
    expect(ofPost(POST, 'registrar', false).replyTo.thread).toBe(POST.id);
    expect(ofPost({ ...POST, root_id: id('r') }, 'registrar', false).replyTo.thread).toBe(id('r'));
  });

  test('is a log when it reads like one, and its secrets go nowhere', () => {
    const message = '```\n$ docker login -u ana -p glpat-abcdefghijklmnopqrst\ndenied: access forbidden\n```';
    const { text, log } = ofPost({ ...POST, message }, 'registrar', false);
    expect(text).toBe('diagnose');
    expect(log).toMatchObject({ kind: 'text', text: expect.stringContaining('denied: access forbidden') });
    expect(JSON.stringify(log)).not.toContain('abcdefghijklmnopqrst');
  });

  test('in a direct message is known as one, so that it is heard whatever channels are', () => {
    expect(ofPost(POST, 'registrar', true).direct).toBe(true);
    expect(ofPost(POST, 'registrar', false).direct).toBeUndefined();
  });

  test('with a file: the file is the log', () => {
    expect(ofPost({ ...POST, message: '', file_ids: [id('f')] }, 'registrar', false).log).toEqual({
      ...{ kind: 'chat-file', platform: 'mattermost', fileId: id('f'), name: 'file' },
    });
  });
});
