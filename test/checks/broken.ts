import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CheckResult, Link } from '../../src/checks/check.js';
import { brokenLink, rootFailures } from '../../src/checks/report.js';
import { faults } from '../lab/host/faults/index.js';
import { type Lab, startLab } from '../lab/lab.js';
import { look } from '../lab/look.js';
import { NOTICED } from './noticed.js';

export let lab: Lab;

/** A lab for the tests of a file. */
export function useLab(): void {
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'checks-'));
    lab = await startLab({ dir });
  });
  afterAll(async () => {
    await lab?.stop();
    await rm(dir, { recursive: true, force: true });
  });
}

/** What is not right, as `id: is: because → fix`. */
export const complaints = (results: readonly CheckResult[]): Record<string, string> =>
  Object.fromEntries(
    results.flatMap(({ id, verdict }) =>
      'fix' in verdict ? [[id, `${verdict.is}: ${verdict.because} → ${verdict.fix}`]] : [],
    ),
  );

/** A test for each fault of these links: who has to notice does, and the link that is named is the one at fault. */
export function testFaultsOf(links: readonly (Link | undefined)[]): void {
  for (const { id, breaks, link, unavailable } of faults.filter((fault) => links.includes(fault.link))) {
    const reason = unavailable?.();
    if (reason !== undefined) {
      test.skip(`${id} (skipped: ${reason})`, () => {});
      continue;
    }
    test(`${id}: ${breaks}`, async () => {
      const undo = await lab.break(id);
      try {
        const results = await look(lab);
        const found = complaints(results);
        const expected = Object.entries(NOTICED[id] ?? {});
        expect(expected.length).toBeGreaterThan(0);
        for (const [check, words] of expected) expect(found[check]).toMatch(words);
        expect(JSON.stringify(found)).not.toMatch(/undefined|NaN|glpat-/);
        expectBlamed(results, link);
      } finally {
        await undo();
      }
    });
  }
  test('after all that, the instance is healthy again', async () => {
    expect(complaints(await look(lab))).toEqual({});
  });
}

/** What fails says which link is broken; what only warns belongs to it. */
function expectBlamed(results: readonly CheckResult[], link: Link | undefined): void {
  const of = (is: 'fail' | 'warn') => results.filter(({ verdict }) => verdict.is === is);
  if (of('fail').length > 0) {
    expect(rootFailures(results)).not.toEqual([]);
    expect(brokenLink(results)).toBe(link);
  } else if (link !== undefined) expect(of('warn').map((one) => one.link)).toContain(link);
}
