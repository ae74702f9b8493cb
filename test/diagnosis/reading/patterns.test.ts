import { RE2JS } from 're2js';
import { CAUSES } from '../../../src/diagnosis/causes/index.js';
import { LANDMARKS } from '../../../src/diagnosis/landmarks.js';
import { cleanLine } from '../../../src/diagnosis/reading/clean.js';
import { compilePatterns } from '../../../src/diagnosis/reading/patterns.js';
import { ordinaryLine, randomOf } from '../ordinary/index.js';

/** Each expression with its tokens: several signals may share one, each with a token of its own. */
const EXPRESSIONS = new Map<string, string[]>();
for (const { signals } of CAUSES)
  for (const signal of signals) if (!('says' in signal)) addExpression(signal.matches, [signal.token]);
for (const { matches, tokens } of LANDMARKS) addExpression(matches, tokens);

function addExpression(matches: string, tokens: readonly string[]): void {
  EXPRESSIONS.set(matches, [...(EXPRESSIONS.get(matches) ?? []), ...tokens]);
}

const LOGS = CAUSES.flatMap(({ examples, lookalikes }) => [...examples, ...lookalikes].map(({ log }) => log));

/** Lines with the stamps that runners put before them. */
const BACKGROUND = (() => {
  const random = randomOf(20_260_806);
  return Array.from({ length: 40_000 }, () => `2026-08-05T10:00:00.123456Z 01O ${ordinaryLine(random)}`);
})();
/** Of the background's lines, those that may hold a token. */
const RARE = 0.005;

describe('the patterns', () => {
  // RE2 knows neither lookaround nor backreference: what compiles can't backtrack.
  test('are all RE2', () => {
    for (const matches of EXPRESSIONS.keys()) RE2JS.compile(matches, RE2JS.CASE_INSENSITIVE);
  });

  test('hold one of their tokens in whatever they match', () => {
    const lines = [...new Set(LOGS.flatMap((log) => log.split('\n').map(cleanLine)))];
    const lower = lines.map((line) => `\n${line.toLowerCase()}`);
    const missed = [...EXPRESSIONS].flatMap(([matches, tokens]) => {
      const expression = RE2JS.compile(matches, RE2JS.CASE_INSENSITIVE);
      return lines
        .filter((line, index) => !tokens.some((token) => lower[index]?.includes(token)) && expression.test(line))
        .map((line) => ({ matches, line }));
    });
    expect(missed).toEqual([]);
  });

  test('have tokens that are rare in ordinary lines', () => {
    const lower = BACKGROUND.map((line) => `\n${line.toLowerCase()}`);
    const tokens = new Set([
      ...CAUSES.flatMap(({ signals }) => signals.map((one) => ('says' in one ? one.says.toLowerCase() : one.token))),
      ...LANDMARKS.flatMap((one) => one.tokens),
    ]);
    const frequent = [...tokens].flatMap((token) => {
      const lines = lower.filter((line) => line.includes(token));
      const share = lines.length / lower.length;
      return share > RARE ? [{ token, percent: share * 100, line: lines[0] }] : [];
    });
    expect(frequent).toEqual([]);
  });

  test('name what they found, and where: signals first, then landmarks in the order of their list', () => {
    const { match } = compilePatterns(CAUSES, LANDMARKS);
    const found = match('$ docker push a && echo "denied: requested access to the resource is denied"');
    expect(found.map((one) => (one.kind === 'signal' ? 'signal' : one.id))).toEqual([
      ...found.filter(({ kind }) => kind === 'signal').map(() => 'signal'),
      'command',
      'command',
    ]);
    expect(found.find(({ kind }) => kind === 'signal')).toMatchObject({ at: 33 });
  });
});
