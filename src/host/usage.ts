import { Parts } from './parts.js';

/** GitLab's access log (every login), its auth_json.log (failed ones), the registry's own log. */
export type Source = 'access' | 'auth' | 'registry';
export type Action = 'pull' | 'push' | 'delete' | 'login';

/** What one account did from one address, with one outcome. */
export interface Use {
  /** Who logged in, as the client said: hostile text. With an access token any name goes. */
  account: string;
  /** An IP address, `other addresses` of an account that has too many, or `an unknown address`. */
  address: string;
  /** What was asked for, together: `login` when nothing. */
  actions: Action[];
  count: number;
  /** Milliseconds since the epoch, by the host's clock; what was read is all that counts. */
  first: number;
  last: number;
  /** It was not let in: a wrong secret, or none that is still valid. */
  refused: boolean;
  source: Source;
}

/** Who uses an instance's registry, by the logs of one host. */
export interface Usage {
  uses: Use[];
  /** Logs that could be read, and since when they tell of everything (ms); `undefined`: there is nothing older. */
  logs: { source: Source; from: number | undefined }[];
  /** Some that were let in were too many to be told; none of them was seen after that. Milliseconds. */
  untold?: number;
}

/** What one host says, or why it doesn't. */
export type SeenUsage = { host: string } & ({ usage: Usage } | { why: string });

/** The parsed answer of the usage script; `undefined` when it is another script's, or was cut short. Pure. */
export function parseUsage(output: string, boundary: string): Usage | undefined {
  const parts = new Parts(output, boundary);
  if (parts.find('uses') === undefined || parts.find('end') === undefined) return undefined;
  const usage: Usage = { uses: [], logs: [] };
  const known = new Map<string, Use>();
  for (const line of parts.lines('uses')) {
    const cells = line.split('\t');
    const [digit, , log = '', what = '', value = ''] = cells;
    if (digit !== '0') {
      const use = useOf(cells);
      if (use === undefined) continue;
      const key = JSON.stringify([use.account, use.address, use.actions, use.refused, use.source]);
      const same = known.get(key);
      if (same === undefined) known.set(key, use);
      else {
        same.count += use.count;
        same.first = Math.min(same.first, use.first);
        same.last = Math.max(same.last, use.last);
      }
    } else if (what === 'from' && isSource(log)) usage.logs.push({ source: log, from: timeOf(value) });
    else if (what === 'untold') usage.untold = timeOf(value) ?? Number.POSITIVE_INFINITY;
  }
  usage.uses.push(...known.values());
  return usage;
}

function useOf(cells: readonly string[]): Use | undefined {
  const [digit = '', , source = '', count = '', actions = '', address = '', from = '', to = '', written, account] =
    cells;
  const first = timeOf(from);
  const last = timeOf(to);
  if (cells.length !== 10 || account === undefined || !isSource(source) || !/^[1-5]$/.test(digit)) return undefined;
  if (!/^[1-9]\d{0,8}$/.test(count) || first === undefined || last === undefined) return undefined;
  return {
    account: accountOf(written ?? '', account),
    address: addressOf(address),
    actions: actions.split(',').filter(isAction),
    count: Number(count),
    first: Math.min(first, last),
    last: Math.max(first, last),
    refused: digit === '4',
    source,
  };
}

function isSource(word: string): word is Source {
  return word === 'access' || word === 'auth' || word === 'registry';
}

function isAction(word: string): word is Action {
  return word === 'pull' || word === 'push' || word === 'delete' || word === 'login';
}

/** The account as the client meant it; what can't be undone stays as it is. Characters that steer a terminal go. */
function accountOf(written: string, text: string): string {
  return undone(written, text)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\ufffd')
    .slice(0, 255);
}

function undone(written: string, text: string): string {
  try {
    if (written === 'j') return String(JSON.parse(`"${text}"`));
    // nginx writes a byte that is no plain character, a quote or a backslash as \xXX.
    const bytes = Buffer.from(
      text.replace(/\\x([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
      'latin1',
    ).toString('utf8');
    return written === 'q' ? decodeURIComponent(bytes.replaceAll('+', ' ')) : bytes;
  } catch {
    return text;
  }
}

/** Without its port. What a proxy claims may be anything: only an address is told. `*` stands for many. */
function addressOf(text: string): string {
  if (text === '*') return 'other addresses';
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
  return /^(?=.*[.:])[0-9A-Fa-f.:]{3,45}$/.test(bare) ? bare : 'an unknown address';
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** nginx's `05/Aug/2026:10:00:00 +0200`, svlogd's `2026-08-05_10:00:00.12345` (UTC), or ISO 8601. */
function timeOf(text: string): number | undefined {
  const [, day, name = '', year, time, hours, minutes] =
    /^(\d{2})\/([A-Z][a-z]{2})\/(\d{4}):(\d{2}:\d{2}:\d{2}) ([-+]\d{2})(\d{2})$/.exec(text) ?? [];
  const month = String(MONTHS.indexOf(name) + 1).padStart(2, '0');
  const [, date, clock] = /^(\d{4}-\d{2}-\d{2})_(\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?)\d*$/.exec(text) ?? [];
  const iso =
    day === undefined
      ? date === undefined
        ? /^\d{4}-\d{2}-\d{2}T[\d:.]{8,20}(?:Z|[-+]\d{2}:\d{2})$/.exec(text)?.[0]
        : `${date}T${clock}Z`
      : `${year}-${month}-${day}T${time}${hours}:${minutes}`;
  const ms = Date.parse(iso ?? '');
  return Number.isNaN(ms) ? undefined : ms;
}
