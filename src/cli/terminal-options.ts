import { env } from 'node:process';
import picocolors from 'picocolors';

/** How answers are drawn on this terminal. NO_COLOR and FORCE_COLOR are heeded (https://no-color.org), and TZ. */
export function drawing(): { color: boolean; width: number; zone: string; locale?: string } {
  const { timeZone: zone } = Intl.DateTimeFormat().resolvedOptions();
  // The order of setlocale(3).
  const locale = [env.LC_ALL, env.LC_MESSAGES, env.LANG].find((one) => one !== undefined && one !== '');
  return {
    ...(locale === undefined ? {} : { locale }),
    color: picocolors.isColorSupported,
    width: process.stdout.columns ?? 100,
    zone,
  };
}
