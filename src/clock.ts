/** From when to when something was waited for. Milliseconds since the epoch, by Registrar's clock. */
export interface Span {
  from: number;
  to: number;
}

/**
 * How far another clock, read some time within the span, is surely ahead of Registrar's; seconds, negative when behind.
 * Pure.
 *
 * An answer that took long tells the time of nobody knows which instant of it: only what lies outside counts, so a slow
 * host is not taken for one whose clock is wrong. `told` is in whole seconds, rounded down, as `date +%s` and a
 * token's `iat` are; milliseconds since the epoch.
 */
export function secondsAhead(told: number, { from, to }: Span): number {
  const atLeast = told - to;
  const atMost = told + 999 - from;
  return Math.round((atLeast > 0 ? atLeast : Math.min(0, atMost)) / 1000);
}
