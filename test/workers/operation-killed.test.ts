import { readEntry } from '../../src/audit/entry.js';
import type { SshPool } from '../../src/host/pool.js';
import { streamOf } from '../audit/trails.js';
import { type Bench, BOB, lastOf, startOperations } from '../operations/bench.js';
import { killedAt } from './killed.js';

let bench: Bench;

beforeAll(async () => {
  bench = await startOperations();
});

afterAll(() => bench.stop());

const LOCK = '{registrar}:operation-lock:lab';

test.each(['before', 'after'] as const)(
  'killed %s any command to Redis and taken up again, it never runs twice, and an end is told',
  async (moment) => {
    // Looks and commands that cost nothing: what they see is not the question.
    let runs = 0;
    const hosts: SshPool = {
      size: 0,
      run: async (_host, command) => {
        if (command === 'gitlab-ctl restart registry') runs += 1;
        return { stdout: 'ok: run: registry: (pid 7) 0s\n', stderr: '', code: 0 };
      },
      close: async () => {},
    };
    const worker = { ...bench.worker, hosts };
    const titles = new Set<string>();
    for (let at = 1; ; at += 1) {
      runs = 0;
      await bench.redis.del(LOCK);
      const { id } = await bench.ask('restart');
      const { redis, death } = killedAt(bench.redis, at, moment);
      const first = await Promise.race([death, bench.confirm(id, BOB, `job-${id}`, { ...worker, redis })]);
      const { answers } = first === 'killed' ? await bench.confirm(id, BOB, `job-${id}`, worker) : first;
      const told = (await bench.store.journal(id))?.told;
      expect({ at, told, often: runs > 1 }).toEqual({ at, told: true, often: false });
      // Killed behind its last word, it has said it before.
      const { title } = answers.length === 0 ? { title: '' } : lastOf(answers);
      const isUnknown = title.endsWith('its end is not known');
      if (title !== '') titles.add(isUnknown ? 'unknown' : runs === 1 ? 'ran' : title);
      expect({ at, locked: (await bench.redis.pttl(LOCK)) > 0 }).toEqual({ at, locked: isUnknown });
      const trail = (await streamOf(bench.redis)).flatMap((line) => readEntry(line) ?? []);
      const recorded = trail.filter((entry) => entry.id === id && entry.by.gitlab === 'bob').map((one) => one.outcome);
      expect({ at, recorded }).toEqual({ at, recorded: ['granted', isUnknown ? 'failed' : 'done'] });
      if (first !== 'killed') break;
    }
    expect([...titles].sort()).toEqual(['ran', 'unknown']);
  },
);
