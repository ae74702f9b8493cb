import { isFinal, REFUSED_LOG, type Registrar, startRegistrar, wordsOf } from './registrar.js';

/** A log shared as a file, whatever is in it; downloaded from the double with the bot's token. */

let registrar: Registrar;
beforeAll(async () => {
  registrar = await startRegistrar('socket');
});
afterAll(async () => {
  await registrar.stop();
  expect(registrar.slack.problems).toEqual([]);
});

/** The answer to a file that ana shares in her direct messages. */
async function answerTo(content: Buffer | string, more: { name?: string; access?: 'check_file_info' } = {}) {
  const { slack, ana } = registrar;
  const { ts } = await slack.shareFile(ana, slack.dm(ana), { name: 'job.log', content, ...more });
  return registrar.said(slack.dm(ana), (one) => one.threadTs === ts && isFinal(one));
}

describe('a shared file', () => {
  test('is read to its end: its line is quoted with its number', async () => {
    const answer = await answerTo(`${'compiling\n'.repeat(1000)}${REFUSED_LOG}\n`);
    expect(wordsOf(answer)).toContain('credentials-rejected');
    expect(wordsOf(answer)).toContain('line 1002');
  });

  test('of 50 MB is streamed', async () => {
    const line = '#12 4.301 Get:17 http://deb.debian.org/debian bookworm/main amd64 libssl3 amd64 3.0.11 [2019 kB]\n';
    const content = Buffer.concat([
      Buffer.alloc(50 * 1024 * 1024 - REFUSED_LOG.length - 1, line),
      Buffer.from(`\n${REFUSED_LOG}`),
    ]);
    expect(wordsOf(await answerTo(content))).toContain('credentials-rejected');
  });

  test('that is not UTF-8 is read all the same', async () => {
    const content = Buffer.concat([Buffer.from('Prüfung läuft …\n', 'latin1'), Buffer.from(REFUSED_LOG, 'latin1')]);
    const answer = await answerTo(content);
    expect(wordsOf(answer)).toContain('credentials-rejected');
    expect(wordsOf(answer)).toContain('line 3');
  });

  test('that is binary is told to say nothing', async () => {
    const content = Buffer.from(Array.from({ length: 100_000 }, (_, n) => (n * 2654435761) >>> 24));
    const answer = await answerTo(content, { name: 'layer.gz' });
    expect(answer.text).toContain('The log does not say what failed');
  });

  test('that is empty is told to be empty', async () => {
    expect(wordsOf(await answerTo(''))).toMatch(/empty|does not say what failed/);
  });

  test('of which Slack tells only the id is looked up', async () => {
    expect(wordsOf(await answerTo(REFUSED_LOG, { access: 'check_file_info' }))).toContain('credentials-rejected');
  });

  test('beside a mention is answered in its thread', async () => {
    const { slack, ana } = registrar;
    const channel = registrar.channel('files');
    const { ts } = await slack.shareFile(ana, channel, { name: 'job.log', content: REFUSED_LOG }, { mention: true });
    const answer = await registrar.said(channel, isFinal);
    expect(answer.threadTs).toBe(ts);
    expect(wordsOf(answer)).toContain('credentials-rejected');
  });

  test('whose download breaks off is fetched again', async () => {
    registrar.slack.fail('download', 'cutAfter');
    expect(wordsOf(await answerTo(REFUSED_LOG))).toContain('credentials-rejected');
  });

  test('is followed to where Slack redirects', async () => {
    const { slack } = registrar;
    slack.redirectDownloads(true);
    const answer = await answerTo(REFUSED_LOG);
    slack.redirectDownloads(false);
    expect(wordsOf(answer)).toContain('credentials-rejected');
  });

  test('that the app may not read is told so, with the scope that is missing and another way', async () => {
    const { slack } = registrar;
    slack.removeScope('files:read');
    const answer = await answerTo(REFUSED_LOG);
    expect(answer.text).toContain('I can’t read the file');
    expect(wordsOf(answer)).toContain('lacks the scope files:read');
    expect(wordsOf(answer)).toContain('paste the last lines of the log as text');
  });
});
