import { type Check, fail, pass, skipped, type Verdict, warn } from './check.js';
import { HEALTHY, sampleHost } from './sample.js';

/** The registry allows a token's times this much leeway. Seconds. Source: distribution's token verification. */
export const LEEWAY_SECONDS = 60;
const WARN_SECONDS = 20;

/** Do the host's clock and Registrar's agree? A token from a clock that is ahead is not valid yet. */
export const clock = {
  id: 'clock',
  asks: 'Do the clocks agree?',
  link: 'token realm',
  explains: ['signing-key', 'upload', 'image'],
  needs: ['host', 'now'],
  judge({ host, now }) {
    if (host.clock === undefined) return skipped('the host did not tell its time');
    return judgeClock("the host's clock", Math.round(host.clock - now / 1000));
  },
  examples: [
    { given: {}, is: 'pass', under: '0 s apart' },
    { given: { host: sampleHost({ clock: HEALTHY.now / 1000 + 300 }) }, is: 'fail', under: '300 s ahead' },
    { given: { host: sampleHost({ clock: HEALTHY.now / 1000 - 30 }) }, is: 'warn', under: '30 s behind' },
  ],
} as const satisfies Check<'host' | 'now'>;

/** A clock that is so many seconds ahead of Registrar's. */
export function judgeClock(whose: string, ahead: number): Verdict {
  const apart = Math.abs(ahead);
  const because = `${whose} is ${apart} s ${ahead < 0 ? 'behind' : 'ahead of'} Registrar's`;
  const fix = 'timedatectl set-ntp true on the machine whose clock is wrong (date -u on both tells)';
  if (apart >= LEEWAY_SECONDS) return fail(because, fix);
  return apart >= WARN_SECONDS ? warn(because, fix) : pass(`${apart} s apart`);
}
