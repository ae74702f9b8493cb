import { readdirSync } from 'node:fs';
import type { Facts, Need, StatusFacts } from '../../src/checks/check.js';
import { LINKS } from '../../src/checks/check.js';
import { CHECKS } from '../../src/checks/index.js';
import { runChecks } from '../../src/checks/run.js';
import { HEALTHY } from '../../src/checks/sample.js';

/** Files of src/checks that hold no check. */
const OTHERS = ['sample.ts', 'check.ts', 'run.ts', 'report.ts', 'gather', 'index.ts'];

const known = (given: Partial<StatusFacts>): Facts => {
  const entries = Object.entries({ ...HEALTHY, ...given }).map(([need, value]) => [need, { is: 'known', value }]);
  return Object.fromEntries(entries) as Facts;
};
const without = (need: Need, why: string): Facts => ({ ...known({}), [need]: { is: 'missing', why } });
const judge = (id: string, facts: Facts) =>
  runChecks(
    CHECKS.filter((check) => check.id === id),
    facts,
  )[0];

describe('the catalogue of checks', () => {
  test('lists every file of checks/, and each file is named after its id', () => {
    const files = readdirSync(new URL('../../src/checks/', import.meta.url))
      .filter((name) => !OTHERS.includes(name))
      .map((name) => name.replace(/\.ts$/, ''));
    expect(CHECKS.map(({ id }) => id).sort()).toEqual(files.sort());
  });

  test('every link of the chain has a check', () => {
    const links = CHECKS.map(({ link }) => link);
    expect(LINKS.filter((link) => !links.includes(link))).toEqual([]);
  });

  test('what a check explains is there, and never explains the check in turn: a root is left', () => {
    const explained = (id: string) => CHECKS.find((check) => check.id === id)?.explains ?? [];
    const follows = (id: string, seen: string[] = []): string[] =>
      explained(id).flatMap((next) => (seen.includes(next) ? [] : [next, ...follows(next, [...seen, next])]));
    const ids = CHECKS.map(({ id }) => id);
    expect(CHECKS.flatMap(({ explains = [] }) => explains).filter((id) => !ids.includes(id))).toEqual([]);
    expect(ids.filter((id) => follows(id).includes(id))).toEqual([]);
  });

  test.each(CHECKS.map((check) => [check.id, check] as const))(
    '%s asks a question and has enough examples',
    (_, check) => {
      expect(check.asks).toMatch(/^[A-Z].*\?$/);
      const verdicts = check.examples.map((example) => example.is);
      expect(verdicts).toContain('pass');
      // One that never fails would be no check: by its facts, or for want of them.
      const missing = check.needs.map((need) => judge(check.id, without(need, 'nobody there'))?.verdict.is);
      expect([...verdicts, ...missing].some((is) => is === 'fail' || is === 'warn')).toBe(true);
    },
  );

  test('an instance in which everything works passes them all', () => {
    const verdicts = runChecks(CHECKS, known({})).map(({ id, verdict }) => [id, verdict.is]);
    expect(verdicts.filter(([, is]) => is !== 'pass')).toEqual([]);
  });
});

describe.each(CHECKS.map((check) => [check.id, check] as const))('%s', (id, check) => {
  test.each(check.examples.map((example, i) => [i + 1, example.is, example.under, example] as const))(
    'example %i: %s, %j',
    (_, is, under, { given }) => {
      const result = judge(id, known(given));
      expect(result?.verdict.is).toBe(is);
      expect(result?.verdict.because).toContain(under);
      expect(JSON.stringify(result)).not.toMatch(/undefined|NaN|\[object/);
      if (result?.verdict.is === 'fail' || result?.verdict.is === 'warn') {
        expect(result.verdict.fix.length).toBeGreaterThan(5);
      }
    },
  );

  test('a fact that can’t be had is told with its reason, and is never a pass', () => {
    for (const need of check.needs) {
      const verdict = judge(id, without(need, 'the reason'))?.verdict;
      expect(verdict?.is).not.toBe('pass');
      expect(verdict?.because).toContain('the reason');
    }
  });
});

describe('runChecks', () => {
  test('one missing fact hides no other check’s verdict', () => {
    const results = runChecks(CHECKS, without('host', 'no host is configured for this instance'));
    expect(results).toHaveLength(CHECKS.length);
    const passed = results.filter(({ verdict }) => verdict.is === 'pass').map(({ id }) => id);
    expect(passed).toEqual(expect.arrayContaining(['dns', 'tls', 'endpoint', 'realm', 'handshake', 'gitlab']));
  });

  test('a verdict may blame another link than the one that was asked', () => {
    expect(judge('endpoint', known({ ping: { status: 502, ms: 1 } }))).toMatchObject({ link: 'registry' });
    expect(judge('endpoint', known({ ping: { status: 404, ms: 1 } }))).toMatchObject({ link: 'nginx' });
  });
});
