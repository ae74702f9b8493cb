/** State of one service as `gitlab-ctl status` prints it. */
export interface ServiceState {
  name: string;
  is: 'run' | 'down' | 'finish' | 'fail' | 'no-access';
  pid?: number;
  /** Seconds in this state. */
  seconds?: number;
  /** `normally up`, `want down`, `paused`, …; or the words of a failure. */
  notes: string[];
  /** The line as printed: the evidence. */
  line: string;
}

/**
 * Parses the lines of `gitlab-ctl status`. Pure; lines of another form are left out.
 *
 * Source: the format strings of omnibus-ctl 0.6 and runit 2.1.2. A disabled service prints no line at all.
 */
export function parseStatus(output: string): ServiceState[] {
  return output.split('\n').flatMap((raw): ServiceState[] => {
    const line = raw.trim();
    const own = line.split('; ')[0] ?? '';
    const state = /^(?:ok: |timeout: )?(run|down|finish): ([^:\s]+): (?:\(pid (\d+)\) )?(\d+)s(.*)$/.exec(own);
    if (state !== null) {
      const [, is, name = '', pid, seconds, notes = ''] = state;
      return [
        {
          name: bare(name),
          is: is as 'run' | 'down' | 'finish',
          seconds: Number(seconds),
          notes: notes
            .split(',')
            .map((note) => note.trim())
            .filter((note) => note !== ''),
          line,
          ...(pid === undefined ? {} : { pid: Number(pid) }),
        },
      ];
    }
    const trouble = /^(fail|warning): ([^:\s]+): (.+)$/.exec(line);
    if (trouble === null) return [];
    const [, , name = '', words = ''] = trouble;
    return [
      {
        name: bare(name),
        is: /access denied|permission denied/i.test(words) ? 'no-access' : 'fail',
        notes: [words],
        line,
      },
    ];
  });
}

/** Younger than this, a service that also changed its pid between two looks is crashing. Seconds. */
const YOUNG_SECONDS = 5;

/** Do two looks, some seconds apart where the service was young, show that it dies and is started again? Pure. */
export function isCrashing(first: ServiceState, second: ServiceState): boolean {
  if (second.is === 'finish' || isBetweenStarts(second)) return true;
  // It came up between the looks: for good, or for the moment.
  if (isBetweenStarts(first)) return second.is === 'run' && (second.seconds ?? 0) === 0;
  if (first.is !== 'run') return false;
  if (second.is === 'down') return !second.notes.includes('want down') && (first.seconds ?? 0) < YOUNG_SECONDS;
  return first.pid !== second.pid && (second.seconds ?? 0) < YOUNG_SECONDS;
}

/** Down though it is wanted up: runit waits a second before it starts again what died at once. */
function isBetweenStarts({ is, notes }: ServiceState): boolean {
  return is === 'down' && notes.includes('want up');
}

/** `gitlab-ctl service-list`: name → enabled (`*`). A service that was never enabled is not listed. */
export function parseServiceList(output: string): Map<string, boolean> {
  const services = new Map<string, boolean>();
  for (const line of output.split('\n')) {
    const found = /^\s*([a-z][a-z0-9_-]*)(\*?)\s*$/.exec(line);
    if (found?.[1] !== undefined) services.set(found[1], found[2] === '*');
  }
  return services;
}

/** sv prints the service as it was named to it, perhaps as a path. */
function bare(name: string): string {
  return name.replace(/\/+$/, '').split('/').at(-1) ?? name;
}
