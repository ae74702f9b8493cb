import picocolors from 'picocolors';

/** How answers are drawn on this terminal. NO_COLOR and FORCE_COLOR are heeded (https://no-color.org), and TZ. */
export function drawing(): { color: boolean; width: number; zone: string } {
  const { timeZone: zone } = Intl.DateTimeFormat().resolvedOptions();
  return { color: picocolors.isColorSupported, width: process.stdout.columns ?? 100, zone };
}
