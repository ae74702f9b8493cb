/** Splits a command as a shell would, without expanding anything: good enough to find flags and names. */
export function shellWords(text: string): string[] {
  return Array.from(
    text.matchAll(/"([^"]*)"|'([^']*)'|([^\s"']+)/g),
    ([, double, single, bare]) => double ?? single ?? bare ?? '',
  );
}
