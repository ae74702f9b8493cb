/** The time that GitLab, GitHub, Jenkins and `docker logs -t` write before a line; with its zone, or it is none. */
const STAMP = /^\uFEFF?\[?(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d))/;

/** When a raw line was printed, if its stamp tells: milliseconds since the epoch. Pure. */
export function printedAt(raw: string): number | undefined {
  const found = STAMP.exec(raw)?.[1];
  if (found === undefined) return undefined;
  const at = Date.parse(found);
  return Number.isNaN(at) ? undefined : at;
}
