import { BUILDS } from './builds.js';
import { JOBS } from './jobs.js';
import { ONCE } from './once.js';
import { PACKAGES } from './packages.js';
import { TESTS } from './tests.js';

export type Random = () => number;

type Part = string | ((random: Random) => string);

const NAMES =
  'lodash express react-dom left-pad requests numpy guava slf4j-api zlib curl orders cart users invoice catalog search mailer checkout billing session parser router worker reports stock pricing'.split(
    ' ',
  );
const FILES =
  'src/api/orders.ts src/main/java/shop/Cart.java app/models/user.py cmd/server/main.go src/components/Basket.tsx lib/parser/lexer.rb crates/core/src/lib.rs src/auth/login.py internal/http/client.go src/errors.ts pkg/token/token.go tests/network/test_timeout.py'.split(
    ' ',
  );
const GROUPS = ['shop', 'acme', 'platform', 'data-team', 'web'];
const REPOS = ['api', 'storefront', 'backend', 'tools', 'mobile'];
const HOSTS = ['example.com', 'corp.example', 'internal.example.net'];

const below = (random: Random, limit: number): number => Math.floor(random() * limit);
const pick = (random: Random, list: readonly string[]): string => list[below(random, list.length)] ?? '';
const hex = (random: Random, length: number): string => {
  let digits = '';
  while (digits.length < length)
    digits += below(random, 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  return digits.slice(0, length);
};
const capital = (word: string): string => word.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());

const PLACES: Readonly<Record<string, (random: Random) => string>> = {
  name: (random) => pick(random, NAMES),
  Name: (random) => capital(pick(random, NAMES)),
  NAME: (random) => pick(random, NAMES).toUpperCase().replaceAll('-', '_'),
  file: (random) => pick(random, FILES),
  group: (random) => pick(random, GROUPS),
  repo: (random) => pick(random, REPOS),
  host: (random) => pick(random, HOSTS),
  ver: (random) => `${below(random, 20)}.${below(random, 40)}.${below(random, 10)}`,
  d: (random) => String(below(random, 10)),
  n: (random) => String(10 + below(random, 90)),
  int: (random) => String(100 + below(random, 900)),
};

/** `{name}` stands for a name, `{n}` for a number of two digits …; `{{` and `}}` for a brace. */
function partsOf(shape: string): readonly Part[] {
  return shape.split(/(\{\w+\}|\{\{|\}\})/).map((part) => {
    const [, place] = /^(?:\{(\w+)\}|\{\{|\}\})$/.exec(part) ?? [];
    if (part === '{{' || part === '}}') return part.charAt(0);
    if (place === undefined) return part;
    const [, digits] = /^hex(\d+)$/.exec(place) ?? [];
    const make = digits === undefined ? PLACES[place] : (random: Random) => hex(random, Number(digits));
    if (make === undefined) throw new Error(`a shape has an unknown place: ${shape}`);
    return make;
  });
}

const OFTEN = [...PACKAGES, ...BUILDS, ...TESTS, ...JOBS].map(partsOf);
const SELDOM = ONCE.map(partsOf);
/** Of the lines, those that programs say once. */
const SELDOM_SHARE = 0.05;

/**
 * Lines that CI jobs print all day while nothing fails: hundreds of shapes, invented after the programs' formats.
 * The bench makes its logs of them, and no token of a signal may be frequent in them.
 */
export function ordinaryLine(random: Random): string {
  let line = '';
  const shapes = random() < SELDOM_SHARE ? SELDOM : OFTEN;
  for (const part of shapes[below(random, shapes.length)] ?? []) line += typeof part === 'string' ? part : part(random);
  return line;
}

/** The same numbers for the same seed (mulberry32). */
export function randomOf(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
