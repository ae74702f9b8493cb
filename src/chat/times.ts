/** Times that an answer names, as its reader's clock shows them. Answers say them in UTC, as `utc` writes it. Pure. */

const TIME = /\b(\d{4}-\d\d-\d\d) (\d\d:\d\d) UTC\b/g;

/** `time` draws each time; `words` what is between them. */
export function drawTimes(
  text: string,
  words: (text: string) => string,
  time: (ms: number, utc: string) => string,
): string {
  let drawn = '';
  let end = 0;
  for (const match of text.matchAll(TIME)) {
    const [whole, day, clock] = match;
    const ms = Date.parse(`${day}T${clock}Z`);
    drawn += words(text.slice(end, match.index)) + (Number.isNaN(ms) ? words(whole) : time(ms, whole));
    end = match.index + whole.length;
  }
  return drawn + words(text.slice(end));
}

/** `2026-03-01 13:05 CET`; a zone that nobody knows, or none, is UTC. */
export function zoned(ms: number, zone: string | undefined): string {
  const format = (timeZone: string) =>
    new Intl.DateTimeFormat('en-GB', {
      ...{ timeZone, timeZoneName: 'short', hourCycle: 'h23' },
      ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' },
    }).formatToParts(ms);
  const parts = new Map(
    attempted(
      () => format(zone || 'UTC'),
      () => format('UTC'),
    ).map(({ type, value }) => [type, value]),
  );
  const of = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? '';
  return `${of('year')}-${of('month')}-${of('day')} ${of('hour')}:${of('minute')} ${of('timeZoneName')}`;
}

function attempted<T>(one: () => T, other: () => T): T {
  try {
    return one();
  } catch {
    return other();
  }
}
