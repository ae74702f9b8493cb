import type { Answer } from '../../src/chat/answer.js';
import { recallUrls } from '../../src/queue/memory.js';
import { statusWorker } from '../../workers/status.js';
import { waitFor } from '../lab/host/process.js';
import { ANA, type Bench, REPLY_TO, startBench } from '../rotation/bench.js';

let bench: Bench;

beforeAll(async () => {
  bench = await startBench();
  // Of a service in its first second nobody can say whether it stays.
  const isYoung = async () => / 0s[;,\n]/.test((await bench.lab.host.ctl(['status'])).stdout);
  await waitFor('services older than a second', async () => ((await isYoung()) ? undefined : true));
});

afterAll(() => bench.stop());

async function status(more: { instance?: string; all?: boolean } = {}): Promise<Answer[]> {
  const said: Answer[] = [];
  const job = {
    task: 'look' as const,
    requestId: 'request',
    person: ANA,
    replyTo: REPLY_TO,
    useBy: Number.MAX_SAFE_INTEGER,
    ...more,
  };
  await statusWorker(bench.worker)(job, async (answer) => void said.push(answer));
  return said;
}

test('says first that it looks, then what it saw: a healthy instance works', async () => {
  const [first, last, ...more] = await status();
  expect([first?.mark, first?.title]).toEqual(['running', 'lab: looking at every link of the chain']);
  expect([last?.mark, last?.title, more]).toEqual(['pass', 'lab: the registry works', []]);
});

test('details show every check', async () => {
  const rows = (answer: Answer | undefined) =>
    answer?.parts.flatMap((part) => (part.kind === 'rows' ? part.rows : [])).length ?? 0;
  const [brief, full] = [(await status()).at(-1), (await status({ all: true })).at(-1)];
  expect(rows(full)).toBeGreaterThan(rows(brief));
});

test('reads only: nothing but GET reaches GitLab, and no secret reaches the answer', async () => {
  const from = bench.lab.gitlab.requests.length;
  const said = JSON.stringify(await status({ all: true }));
  const asked = bench.lab.gitlab.requests.slice(from);
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.filter(({ method }) => method !== 'GET')).toEqual([]);
  expect(said).not.toMatch(/gl(?:pat|dt)-/);
});

test('a look leaves the URL in the history, by which stale tokens are told later', async () => {
  await status();
  expect((await recallUrls(bench.redis, 'lab')).map(({ url }) => url)).toEqual([bench.lab.host.registryUrl]);
});

test('a stopped registry is named with the command that starts it', async () => {
  const repair = await bench.lab.break('registry-stopped');
  const last = (await status()).at(-1);
  await repair();
  expect(last?.mark).toBe('fail');
  expect(JSON.stringify(last)).toContain('gitlab-ctl start registry');
});

test('GitLab away: the answer is about it, and is not spoiled by it', async () => {
  await bench.lab.gitlab.pause();
  const last = (await status()).at(-1);
  await bench.lab.gitlab.resume();
  expect(last?.mark).toBe('fail');
  expect(JSON.stringify(last)).toContain('gitlab');
});

test('an instance that is not configured is refused before anything is said or asked', async () => {
  const from = bench.lab.gitlab.requests.length;
  await expect(status({ instance: 'other' })).rejects.toMatchObject({ code: 'not-found' });
  expect(bench.lab.gitlab.requests).toHaveLength(from);
});
