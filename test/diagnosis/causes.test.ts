import { readdirSync } from 'node:fs';
import { CAUSES } from '../../src/diagnosis/causes/index.js';
import { diagnose } from '../../src/diagnosis/diagnose.js';
import { type Facts, NO_FACTS } from '../../src/diagnosis/facts.js';
import { redact } from '../../src/secrets/redact.js';

/** Every example and look-alike runs through the whole catalogue, so that a new cause can't steal another's log. */

const REAL = CAUSES.filter((cause) => cause.id !== 'unknown');

const USUAL: Facts = {
  ...NO_FACTS,
  operation: 'push',
  registry: 'registry.example.com:5050',
  image: { host: 'registry.example.com:5050', path: 'shop/api', tag: '1.4.2' },
  imageText: 'registry.example.com:5050/shop/api:1.4.2',
  project: 'shop/web',
  logins: [{ line: 1, host: 'registry.example.com:5050', user: 'deploy' }],
};

/** One sentence without its full stop, that can be copied from a chat: no Markdown that a renderer takes apart. */
function expectOneSentence(words: string | undefined) {
  expect(words).toMatch(/^\S.*[^\s.]$/);
  expect(words).not.toMatch(/[.!?] [A-Z]|undefined|NaN|\[object|`|(?:^|\W)[*_~]|[*_~](?:\W|$)/);
}

describe('the catalogue of causes', () => {
  test('lists every file of causes/, and each file is named after its id', () => {
    const files = readdirSync(new URL('../../src/diagnosis/causes/', import.meta.url))
      .filter((name) => name !== 'index.ts')
      .map((name) => name.replace(/\.ts$/, ''));
    expect(CAUSES.map((cause) => cause.id).sort()).toEqual(files.sort());
  });

  test('gives no log twice', () => {
    const logs = CAUSES.flatMap((cause) => [...cause.examples, ...cause.lookalikes]).map(({ log }) => log);
    expect(logs.filter((log, index) => logs.indexOf(log) !== index)).toEqual([]);
  });

  test.each(REAL.map((cause) => [cause.id, cause] as const))('%s has enough examples and look-alikes', (_, cause) => {
    expect(cause.examples.length).toBeGreaterThanOrEqual(4);
    expect(cause.lookalikes.length).toBeGreaterThanOrEqual(2);
    expect(cause.lookalikes.filter(({ instead }) => instead === cause.id)).toEqual([]);
  });
});

describe.each(REAL.map((cause) => [cause.id, cause] as const))('%s', (id, cause) => {
  test.each(cause.examples.map((example, index) => [index + 1, example] as const))('example %i', (_, example) => {
    const diagnosis = diagnose(example.log);
    const shown = diagnosis.evidence.map(({ text }) => text).join('\n');
    expect({ cause: diagnosis.cause, confidence: diagnosis.confidence, why: diagnosis.why }).toEqual({
      cause: id,
      confidence: example.is,
      why: diagnosis.why,
    });
    // What is queued is redacted: the verdict must not hang on what redaction takes away.
    expect(diagnose(redact(example.log).text).cause).toBe(id);
    expect(example.under.length).toBeGreaterThan(0);
    for (const words of example.under) expect(shown).toContain(words);
    expect(cause.explain(diagnosis.facts as never)).not.toMatch(/undefined|NaN|\[object/);
    expect(diagnosis.fix.join('\n')).not.toMatch(/undefined|NaN|\[object/);
  });

  test('one sentence, with the names of the log, says how to tell it from its neighbours', () => {
    for (const facts of [NO_FACTS, USUAL, ...cause.examples.map(({ log }) => ({ ...USUAL, failure: log }))]) {
      expectOneSentence(cause.tell?.(facts));
      expect(cause.tell?.(facts).length).toBeLessThanOrEqual(160);
    }
    for (const { log } of cause.examples) expectOneSentence(cause.tell?.(diagnose(log).facts ?? NO_FACTS));
  });

  test.each(cause.lookalikes.map((one, index) => [index + 1, one] as const))('look-alike %i', (_, { instead, log }) => {
    expect(diagnose(log).cause).toBe(instead);
  });
});
