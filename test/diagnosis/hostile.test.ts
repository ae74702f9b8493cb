import fc from 'fast-check';
import { CAUSES } from '../../src/diagnosis/causes/index.js';
import { diagnose, startDiagnosis } from '../../src/diagnosis/diagnose.js';

/** Whatever a log holds, the engine answers: it never throws, and its work grows with the log's size alone. */

const SIGNALS = CAUSES.flatMap(({ signals }) =>
  signals.map((signal) => ('says' in signal ? signal.says : signal.token)),
);
const EXAMPLES = CAUSES.flatMap(({ examples }) => examples.map(({ log }) => log));
const IDS = CAUSES.map(({ id }) => id);

const fragment = fc.oneof(
  fc.constantFrom(...SIGNALS),
  fc.constantFrom(
    '$ docker push registry.example.com/a/b:1',
    '/v2/',
    'https://',
    '\u001b[31m',
    '\r',
    '"',
    "'",
    '{',
    '}',
    '\\"',
    '\0',
    '$(',
    '<!channel>',
    '```',
  ),
  fc.string({ maxLength: 20 }),
);

describe('hostile logs', () => {
  test('any bytes give a diagnosis', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), (bytes) => {
        expect(IDS).toContain(diagnose(Buffer.from(bytes)).cause);
      }),
    );
  });

  test('any mixture of the clients’ words gives a diagnosis, with evidence that stands in the log', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fragment, { maxLength: 6 }), { maxLength: 30 }), (lines) => {
        const log = lines.map((words) => words.join(' ')).join('\n');
        const { cause, confidence, evidence } = diagnose(log);
        expect(IDS).toContain(cause);
        expect(confidence).not.toBe('confirmed');
        for (const { line } of evidence) expect(line).toBeLessThanOrEqual(log.split('\n').length);
      }),
      { numRuns: 300 },
    );
  });

  test('an example that lost a piece in the middle still gives a diagnosis', () => {
    fc.assert(
      fc.property(fc.constantFrom(...EXAMPLES), fc.nat(), fc.nat(80), (log, at, length) => {
        const from = at % (log.length + 1);
        expect(IDS).toContain(diagnose(log.slice(0, from) + log.slice(from + length)).cause);
      }),
    );
  });

  test('how the bytes are cut into chunks makes no difference', () => {
    fc.assert(
      fc.property(fc.constantFrom(...EXAMPLES), fc.array(fc.nat(), { maxLength: 8 }), (log, cuts) => {
        const bytes = Buffer.from(log);
        const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
        const diagnosing = startDiagnosis();
        for (const [index, place] of places.entries())
          diagnosing.push(bytes.subarray(place, places[index + 1] ?? bytes.length));
        expect(diagnosing.end()).toEqual(diagnose(log));
      }),
    );
  });

  // A pattern that backtracks would run into jest's time limit here, not for milliseconds but for ever.
  test('a megabyte of one signal on one line ends', () => {
    const step = Math.ceil(SIGNALS.length / 25);
    for (const words of SIGNALS.filter((_, index) => index % step === 0)) {
      expect(IDS).toContain(
        diagnose(`$ docker push registry.example.com/a/b\n${`${words} `.repeat(1_000_000 / (words.length + 1))}`).cause,
      );
    }
  });

  test('a flood of failing lines ends, and its first is the evidence', () => {
    const line = 'denied: requested access to the resource is denied\n';
    const { cause, evidence } = diagnose(`$ docker push shop/api:1\n${line.repeat(20_000)}`);
    expect(cause).toBe('wrong-registry');
    expect(evidence.map((one) => one.line)).toEqual([1, 2, 3, 4]);
  });

  test('an empty log says nothing', () => {
    expect(diagnose('')).toMatchObject({ cause: 'unknown', confidence: 'none', evidence: [] });
  });
});
