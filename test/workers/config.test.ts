import { readFile, writeFile } from 'node:fs/promises';
import type { Answer } from '../../src/chat/answer.js';
import { renderSlack } from '../../src/chat/slack/render.js';
import type { Config } from '../../src/config/schema.js';
import { configWorker } from '../../workers/config.js';
import { actionsOf, footerOf } from '../diagnosis/answers.js';
import { ANA, type Bench, REPLY_TO, startBench } from '../rotation/bench.js';

let bench: Bench;

beforeAll(async () => {
  bench = await startBench();
});

afterAll(() => bench.stop());

async function config(more: { instance?: string; propose?: boolean } = {}, changed: Partial<Config> = {}) {
  const said: Answer[] = [];
  const job = { requestId: 'request', person: ANA, replyTo: REPLY_TO, useBy: Number.MAX_SAFE_INTEGER, ...more };
  const current = () => ({ ...bench.config.current(), ...changed });
  const worker = { ...bench.worker, config: { ...bench.config, current } };
  await configWorker(worker)(job, async (answer) => void said.push(answer));
  return said;
}

const last = async (propose = false) => {
  const answer = (await config(propose ? { propose } : {})).at(-1);
  if (answer === undefined) throw new Error('nothing was said');
  return answer;
};
const rowsOf = ({ parts }: Answer) => parts.flatMap((part) => (part.kind === 'rows' ? part.rows : []));
const codeOf = ({ parts }: Answer) => parts.flatMap((part) => (part.kind === 'code' ? [part.text] : []));

describe('a healthy instance', () => {
  test('says first that it reads, then every setting with what decides it', async () => {
    const [first, told, ...more] = await config();
    expect([first?.mark, first?.title, more]).toEqual(['running', 'lab: reading the host’s files', []]);
    if (told === undefined) throw new Error('nothing was said');
    expect([told.mark, told.title]).toEqual([
      'pass',
      expect.stringMatching(/^lab: \d+ of \d\d settings come from gitlab.rb, nothing is wrong$/),
    ]);
    const rows = rowsOf(told);
    expect(new Set(rows.map(({ mark }) => mark))).toEqual(new Set(['pass']));
    expect(rows).toContainEqual({
      mark: 'pass',
      name: 'registry_external_url',
      text: expect.stringMatching(
        new RegExp(`^${bench.lab.host.registryUrl} \\(gitlab\\.rb:\\d+; gitlab-registry\\.conf:\\d+\\)$`),
      ),
    });
    expect(rows).toContainEqual({
      mark: 'pass',
      name: "registry['log_level']",
      text: 'info (default; registry/config.yml:3)',
    });
    expect(footerOf(told)).toContain('/etc/gitlab/gitlab.rb');
    expect(actionsOf(told)).toEqual(['type status lab']);
  });

  test('has nothing to propose', async () => {
    const told = await last(true);
    expect([told.title, codeOf(told), rowsOf(told)]).toEqual(['lab: nothing is wrong, so nothing is proposed', [], []]);
    expect(actionsOf(told)).toEqual(['config-again lab', 'type status lab']);
  });

  test('a whole answer fits into a message of Slack', async () => {
    expect(JSON.stringify(renderSlack(await last(), 'key').blocks)).not.toContain('… and');
  });
});

test('a wrong line of gitlab.rb: its setting first, and the right line as a diff', async () => {
  const repair = await bench.lab.break('addr-with-scheme');
  const [told, proposed] = [await last(), await last(true)];
  await repair();
  expect([told.mark, rowsOf(told)[0]]).toEqual([
    'fail',
    { mark: 'fail', name: "registry['registry_http_addr']", text: expect.stringContaining('http://') },
  ]);
  expect(rowsOf(told).at(-1)).toMatchObject({ name: 'addr-with-scheme', mark: 'fail', fix: expect.any(String) });
  expect(actionsOf(told)).toEqual(['config-propose lab', 'type status lab']);
  expect(proposed.title).toBe('lab: the diff mends 1 finding');
  expect(codeOf(proposed)).toEqual([
    expect.stringMatching(
      /^--- gitlab\.rb\n\+\+\+ gitlab\.rb\n@@ -(\d+),1 \+\1,1 @@\n-(registry\['registry_http_addr'\] = ')http:\/\/(.*)\n\+\2\3$/,
    ),
  ]);
});

test('an edit made by hand: both values, and both ways out', async () => {
  const repair = await bench.lab.break('config-edited-by-hand');
  const [told, proposed] = [await last(), await last(true)];
  await repair();
  expect([told.mark, rowsOf(told)[0]]).toEqual([
    'warn',
    {
      mark: 'warn',
      name: "registry['registry_http_addr']",
      text: expect.stringMatching(
        /^\S+:\d+ \(registry\/config\.yml:\d+\), but reconfigure would make it \S+:\d+ \(gitlab\.rb:\d+\)$/,
      ),
    },
  ]);
  expect(codeOf(proposed)).toEqual([]);
  expect(rowsOf(proposed)).toEqual([
    {
      mark: 'warn',
      name: 'keep or drop',
      text: expect.stringContaining('http.addr is'),
      fix: expect.stringMatching(
        /^keep the edit: write registry\['registry_http_addr'\] = '\S+:\d+' in line \d+ of gitlab\.rb; drop it: gitlab-ctl reconfigure$/,
      ),
    },
  ]);
});

test('no secret is in an answer, wherever it stands', async () => {
  const { files } = bench.lab.host;
  const { registry } = JSON.parse(await readFile(files.secrets, 'utf8')) as { registry: { http_secret: string } };
  const before = await readFile(files.gitlabRb, 'utf8');
  const secret = 'k7Qz-very-secret-Zq7k';
  await writeFile(
    files.gitlabRb,
    `${before}
registry['http_secret'] = '${secret}'
registry['http_secret'] = '${secret}'
registry['enabel'] = true # the password is ${secret}
registry['redis'] = { 'cache' => { 'enabled' => true, 'addr' => 'r:1', 'password' => '${secret}' } }
registry['notifications'] = [{ 'name' => 'audit', 'url' => 'https://u:${secret}@h', 'headers' => { 'Authorization' => ['Bearer ${secret}'] } }]
`,
  );
  const answers = [await last(), await last(true)];
  await writeFile(files.gitlabRb, before);
  expect(answers.map(({ mark }) => mark)).toEqual(['warn', 'warn']);
  expect(JSON.stringify(answers)).not.toContain(secret);
  expect(JSON.stringify(answers)).not.toContain(registry.http_secret);
  expect(codeOf(answers[1] as Answer)).toEqual([]);
});

test('nothing on the host changes, and GitLab is not asked', async () => {
  const { files } = bench.lab.host;
  const read = () =>
    Promise.all([files.gitlabRb, files.registryConfig, files.vhost].map((file) => readFile(file, 'utf8')));
  const [before, asked] = [await read(), bench.lab.gitlab.requests.length];
  await last(true);
  expect(await read()).toEqual(before);
  expect(bench.lab.gitlab.requests).toHaveLength(asked);
});

describe('what can’t be looked at is said, with what to do', () => {
  test('no host', async () => {
    const instances = bench.config.current().instances.map((one) => ({ ...one, hosts: [] }));
    await expect(config({}, { instances })).rejects.toMatchObject({
      code: 'not-found',
      forPerson: { what: 'no host is configured for lab', next: expect.stringContaining('hosts') },
    });
  });

  test('a host that refuses', async () => {
    const repair = await bench.lab.break('ssh-refused');
    const failed = await config().catch((error: unknown) => error);
    await repair();
    expect(failed).toMatchObject({ part: 'ssh', forPerson: { next: expect.any(String) } });
  });

  test('an instance that is not configured', async () => {
    await expect(config({ instance: 'other' })).rejects.toMatchObject({ code: 'not-found' });
  });
});
