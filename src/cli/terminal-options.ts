import picocolors from 'picocolors';

/** How answers are drawn on this terminal. NO_COLOR and FORCE_COLOR are heeded (https://no-color.org). */
export function drawing(): { color: boolean; width: number } {
  return { color: picocolors.isColorSupported, width: process.stdout.columns ?? 100 };
}
