import { secondsAhead } from '../clock.js';
import type { HostSnapshot } from '../host/snapshot.js';
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
  needs: ['host'],
  judge({ host }) {
    if (host.clock === undefined || host.waited === undefined) return skipped('the host did not tell its time');
    return judgeClock("the host's clock", secondsAhead(host.clock * 1000, host.waited));
  },
  examples: [
    { given: {}, is: 'pass', under: '0 s apart' },
    { given: { host: showing(300) }, is: 'fail', under: '300 s ahead' },
    { given: { host: showing(-30) }, is: 'warn', under: '29 s behind' },
  ],
} as const satisfies Check<'host'>;

/** A host that answered at once, with a clock so many seconds ahead. */
function showing(ahead: number): HostSnapshot {
  return sampleHost({ clock: HEALTHY.now / 1000 + ahead, waited: { from: HEALTHY.now, to: HEALTHY.now } });
}

/** A clock that is so many seconds ahead of Registrar's. */
export function judgeClock(whose: string, ahead: number): Verdict {
  const apart = Math.abs(ahead);
  const because = `${whose} is ${apart} s ${ahead < 0 ? 'behind' : 'ahead of'} Registrar's`;
  const fix = 'timedatectl set-ntp true on the machine whose clock is wrong (date -u on both tells)';
  if (apart >= LEEWAY_SECONDS) return fail(because, fix);
  return apart >= WARN_SECONDS ? warn(because, fix) : pass(`${apart} s apart`);
}
