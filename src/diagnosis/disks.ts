/** A line of `df` or `df -h`: size, used, available, use and the place where it is mounted. */
const DF = /\s\d[\d.]*[KMGTP]?i?\s+\d[\d.]*[KMGTP]?i?\s+\d[\d.]*[KMGTP]?i?\s+(\d{1,3})%\s+(\/\S*)\s*$/;

/** Where registries keep their layers. */
const STORAGE = /registry|\/storage\b|\/gitlab\b|harbor|nexus|artifactory|quay/i;

/** The registry's own disk, if somebody looked at it beside the failure and found it full. Pure. */
export function fullStorage(near: readonly string[]): string | undefined {
  for (const line of near) {
    const [, use = '0', mount = ''] = DF.exec(line.slice(0, 400)) ?? [];
    if (Number(use) >= 99 && STORAGE.test(mount)) return mount;
  }
  return undefined;
}
