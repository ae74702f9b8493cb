import { ofCommand, ofMessage, ofShortcut } from '../../../src/chat/slack/receive.js';

const BOT = 'UBOT';
const posted = { team: 'T1', channel: 'C1', user: 'UANA', ts: '1700000000.000100' };
const LOG = 'Error response from daemon: denied\nERROR: Job failed';

test('the address of a job is fetched, not read as a log', () => {
  const url =
    'https://gitlab.example.com/a-group/with/a/very/long/path/that/makes/it/longer/than/any/command/that/somebody/would/type/beside/a/mention/x/-/jobs/4711';
  const { log } = ofMessage({ ...posted, text: `<@${BOT}> <${url}>` }, BOT);
  expect(log).toEqual({ kind: 'gitlab-job', url });
});

describe('a slash command', () => {
  const command = {
    team_id: 'T1',
    channel_id: 'C1',
    user_id: 'UANA',
    user_name: 'ana.m',
    trigger_id: '1.2.abc',
    text: 'status &lt;lab&gt;',
  };

  test('becomes what was typed, by whom, with an answer in its channel', () => {
    expect(ofCommand(command)).toEqual({
      id: 'slack-command-T1-1.2.abc',
      person: { platform: 'slack', id: 'UANA' },
      called: 'ana.m',
      replyTo: { platform: 'slack', channel: 'C1', person: 'UANA' },
      text: 'status <lab>',
    });
  });

  test('that comes again is the same request; another one is not', () => {
    expect(ofCommand(command).id).toBe(ofCommand({ ...command }).id);
    expect(ofCommand(command).id).not.toBe(ofCommand({ ...command, trigger_id: '1.3.abc' }).id);
  });
});

describe('a message', () => {
  test('that is short and one line is a command; its answer goes into its thread', () => {
    expect(ofMessage({ ...posted, text: `<@${BOT}> status` }, BOT)).toMatchObject({
      text: 'status',
      replyTo: { channel: 'C1', thread: posted.ts },
    });
    expect(ofMessage({ ...posted, text: 'status' }, BOT).log).toBeUndefined();
  });

  test.each([
    ['of several lines', LOG],
    ['of one long line', `denied: ${'x'.repeat(200)}`],
    ['in a fence', '```denied: access forbidden```'],
  ])('%s is a log', (_, text) => {
    const request = ofMessage({ ...posted, text: `<@${BOT}> ${text}` }, BOT);
    expect(request.text).toBe('diagnose');
    expect(request.log).toEqual({ kind: 'text', text: text.replaceAll('```', ''), leaked: [] });
  });

  test('in a thread is answered in that thread', () => {
    const { replyTo } = ofMessage({ ...posted, thread_ts: '1600000000.000001', text: LOG }, BOT);
    expect(replyTo.thread).toBe('1600000000.000001');
  });

  test('with a file is about the file, whose content stays where it is', () => {
    const request = ofMessage({ ...posted, text: 'why?', files: [{ id: 'F1', name: 'job.log' }] }, BOT);
    expect(request).toMatchObject({
      text: 'diagnose',
      log: { kind: 'chat-file', platform: 'slack', fileId: 'F1', name: 'job.log' },
    });
  });

  test('carries no secret of a pasted log', () => {
    const token = 'glpat-abcdefghij0123456789';
    const request = ofMessage({ ...posted, text: `$ docker login -p ${token}\ndenied` }, BOT);
    expect(JSON.stringify(request)).not.toContain(token);
    expect(request.log).toMatchObject({ leaked: ['GitLab token'] });
  });

  test('is the same request as a mention and as a message', () => {
    const one = ofMessage({ ...posted, text: `<@${BOT}> status` }, BOT);
    expect(ofMessage({ ...posted, text: `<@${BOT}> status`, files: [] }, BOT).id).toBe(one.id);
    expect(ofMessage({ ...posted, ts: '1700000000.000200', text: 'status' }, BOT).id).not.toBe(one.id);
  });
});

describe('the shortcut', () => {
  const shortcut = { trigger_id: '1.2.abc', user: { id: 'UANA' }, team: { id: 'T1' }, channel: { id: 'C1' } };

  test('is about the message it was used on, asked by who used it, answered in its thread', () => {
    expect(ofShortcut({ ...shortcut, message: { ts: posted.ts, text: 'a &lt;b&gt;' } })).toMatchObject({
      person: { id: 'UANA' },
      text: 'diagnose',
      log: { kind: 'text', text: 'a <b>' },
      replyTo: { channel: 'C1', thread: posted.ts },
    });
  });

  test('on a reply is answered in the thread of the reply', () => {
    const { replyTo } = ofShortcut({ ...shortcut, message: { ts: posted.ts, thread_ts: '1600000000.000001' } });
    expect(replyTo.thread).toBe('1600000000.000001');
  });
});
