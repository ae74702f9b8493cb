import { text } from 'node:stream/consumers';
import { openSlackFile } from '../../../src/chat/slack/files.js';
import { type SlackDouble, type StoredFile, startSlack } from '../../lab/slack/double.js';
import { quietClient } from './quiet-client.js';

let slack: SlackDouble;
beforeEach(async () => {
  slack = await startSlack();
});
afterEach(() => slack.stop());

async function share(content: string): Promise<StoredFile> {
  const ana = slack.addUser({ name: 'ana' });
  return (await slack.shareFile(ana, slack.dm(ana), { name: 'job.log', content })).file;
}

function open(id: string, file?: object): Promise<AsyncIterable<Buffer>> {
  const client = quietClient(slack);
  // What Slack might say of a file, where the double can't.
  if (file !== undefined) Object.assign(client.files, { info: async () => ({ ok: true, file }) });
  return openSlackFile(id, client, slack.botToken, slack.apiUrl);
}

describe('openSlackFile', () => {
  test('streams the file, through Slack’s redirects', async () => {
    const { id } = await share('unauthorized\n');
    expect(await text(await open(id))).toBe('unauthorized\n');
    slack.redirectDownloads(true);
    expect(await text(await open(id))).toBe('unauthorized\n');
    expect(slack.callsOf('download').every(({ args }) => args.authorized === true)).toBe(true);
  });

  test('never gives the token to another host, nor to plain http', async () => {
    for (const address of [
      'https://files.evil.example/x',
      'http://files.slack.com/x',
      'https://slack.com.evil.example/x',
      'file:///etc/passwd',
      'nonsense',
    ])
      await expect(open('F1', { url_private_download: address })).rejects.toMatchObject({
        code: 'file-unreadable',
        forPerson: { why: expect.stringContaining("where Slack's token must not go") },
      });
  });

  test('reads no file of more than 100 MB', async () => {
    await expect(
      open('F1', { size: 101 * 1024 * 1024, url_private_download: 'https://files.slack.com/x' }),
    ).rejects.toMatchObject({ forPerson: { why: 'it is 106 MB; 100 MB are read at most' } });
  });

  test.each([
    ['the scope is missing', () => slack.removeScope('files:read'), 'lacks the scope files:read'],
    ['the file is gone', () => {}, 'Slack says file_not_found'],
  ])('says that %s', async (_, wrong, words) => {
    wrong();
    await expect(open('F0NONE')).rejects.toMatchObject({
      retry: 'never',
      forPerson: { why: expect.stringContaining(words) },
    });
  });

  test('knows Slack’s sign-in page for what it is', async () => {
    const { id } = await share('unauthorized\n');
    const url = slack.apiUrl.replace('/api/', `/files-pri/T0-${id}/job.log`);
    slack.removeScope('files:read');
    await expect(open(id, { url_private_download: url, mimetype: 'text/plain' })).rejects.toMatchObject({
      forPerson: { why: expect.stringContaining('files:read') },
    });
  });

  test.each([
    ['does not answer', 'files.info', 'cutBefore'],
    ['has a bad moment', 'files.info', 'http503'],
    ['breaks off the download', 'download', 'cutBefore'],
    ['has a bad moment at the download', 'download', 'http500'],
  ] as const)('tries again when Slack %s', async (_, method, kind) => {
    const { id } = await share('unauthorized\n');
    slack.fail(method, kind);
    await expect(open(id)).rejects.toMatchObject({ code: 'slack-failed', retry: { afterMs: 5000 } });
    expect(await text(await open(id))).toBe('unauthorized\n');
  });

  test('waits as long as Slack says', async () => {
    const { id } = await share('unauthorized\n');
    slack.rateLimit('files.info', { retryAfter: 9 });
    await expect(open(id)).rejects.toMatchObject({ retry: { afterMs: 9000 } });
  });
});
