import { atLeast } from '../host/render/settings.js';
import { type Finding, fault, pass, type Repair } from './finding.js';

/** What Redis tells of itself. Pure. */
export interface RedisSeen {
  version: string;
  appendOnly: boolean;
  /** The last write of its append-only file went through. */
  lastWriteOk: boolean;
  policy: string;
  usedBytes: number;
  /** 0: no limit. */
  maxBytes: number;
}

/** Which Redis it is. */
export interface RedisPlace {
  /** Registrar's own, in its data folder. */
  isPrivate: boolean;
  /** `redis-cli` with where it is, and without a password. */
  cli: string;
}

/** What BullMQ recommends. */
const OLDEST = '6.2';
/** So full is nearly full. */
const FULL = 0.9;

/** What the queues rest upon: does Redis keep what it was given? */
export function judgeRedis(seen: RedisSeen, place: RedisPlace): Finding[] {
  return [version(seen, place), durability(seen, place), eviction(seen, place)];
}

function version({ version }: RedisSeen, { isPrivate }: RedisPlace): Finding {
  const whose = isPrivate ? ', private, in the data folder' : '';
  if (atLeast(version, OLDEST)) return pass('redis', `Redis ${version} answers${whose}`);
  return fault('warn', 'redis', {
    what: `Redis ${version} answers${whose}, and is older than ${OLDEST}`,
    why: 'the queues are made for later ones',
    fix: 'apt-get install redis-server, or a newer image of Redis',
  });
}

function durability({ appendOnly, lastWriteOk }: RedisSeen, place: RedisPlace): Finding {
  const part = 'redis: durability';
  if (!appendOnly) {
    return fault('fail', part, {
      what: 'Redis keeps no append-only file',
      why: 'when it restarts, requests, journals and the audit trail of the last minutes are gone',
      fix: setting(place, 'appendonly', 'yes'),
      ...ours(place, 'appendonly', 'yes'),
    });
  }
  if (lastWriteOk) return pass(part, 'the append-only file is on');
  return fault('fail', part, {
    what: 'Redis can’t write its append-only file',
    why: 'its last write failed: Redis refuses to take jobs until one goes through',
    fix: `make room: df -h "$(${place.cli} CONFIG GET dir | tail -n 1)", on Redis’s machine`,
  });
}

function eviction({ policy, usedBytes, maxBytes }: RedisSeen, place: RedisPlace): Finding {
  const part = 'redis: memory';
  if (policy !== 'noeviction') {
    return fault('fail', part, {
      what: `Redis throws keys away when its memory is full (maxmemory-policy ${policy})`,
      why: 'jobs, journals of rotations and the audit trail would vanish without a word',
      fix: setting(place, 'maxmemory-policy', 'noeviction'),
      ...ours(place, 'maxmemory-policy', 'noeviction'),
    });
  }
  if (maxBytes === 0 || usedBytes < FULL * maxBytes) return pass(part, `nothing is evicted, ${mega(usedBytes)} used`);
  return fault('warn', part, {
    what: `Redis uses ${mega(usedBytes)} of the ${mega(maxBytes)} that it may`,
    why: 'once it is full it takes no more jobs',
    fix: `${place.cli} CONFIG SET maxmemory ${2 * maxBytes} && ${place.cli} CONFIG REWRITE`,
  });
}

function setting({ cli }: RedisPlace, name: string, value: string): string {
  return `${cli} CONFIG SET ${name} ${value} && ${cli} CONFIG REWRITE`;
}

/** Another's Redis is for others to set. */
function ours(
  { isPrivate }: RedisPlace,
  setting: Extract<Repair, { is: 'redis-setting' }>['setting'],
  value: string,
): { repair?: Repair } {
  return isPrivate ? { repair: { is: 'redis-setting', setting, value } } : {};
}

function mega(bytes: number): string {
  return `${Math.ceil(bytes / 1024 / 1024)} MB`;
}

/** Reads Redis's INFO: it tells the settings too, also where CONFIG is forbidden. Source: https://redis.io/docs/latest/commands/info/ */
export function readInfo(info: string): RedisSeen {
  const told = new Map(
    info.split(/\r?\n/).flatMap((line): [string, string][] => {
      const at = line.indexOf(':');
      return at < 1 ? [] : [[line.slice(0, at), line.slice(at + 1)]];
    }),
  );
  return {
    version: told.get('redis_version') ?? '?',
    appendOnly: told.get('aof_enabled') === '1',
    lastWriteOk: told.get('aof_last_write_status') !== 'err',
    policy: told.get('maxmemory_policy') ?? '?',
    usedBytes: Number(told.get('used_memory') ?? 0),
    maxBytes: Number(told.get('maxmemory') ?? 0),
  };
}

/** The command line that reaches a Redis, by its URL. What is secret in the URL is asked for instead. */
export function redisCli(url: string): string {
  if (url.startsWith('unix:')) return `redis-cli -s ${url.slice('unix:'.length)}`;
  if (!URL.canParse(url)) return 'redis-cli';
  const { protocol, hostname, port, username, password } = new URL(url);
  return [
    `redis-cli -h ${hostname} -p ${port === '' ? '6379' : port}`,
    ...(protocol === 'rediss:' ? ['--tls'] : []),
    ...(username === '' ? [] : [`--user ${decodeURIComponent(username)}`]),
    ...(password === '' ? [] : ['--askpass']),
  ].join(' ');
}
