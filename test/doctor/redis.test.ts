import { judgeRedis, type RedisSeen, readInfo, redisCli } from '../../src/doctor/redis.js';

const SEEN: RedisSeen = {
  version: '7.0.15',
  appendOnly: true,
  lastWriteOk: true,
  policy: 'noeviction',
  usedBytes: 1_000_000,
  maxBytes: 0,
};
const PLACE = { isPrivate: false, cli: 'redis-cli -h redis.example.com -p 6379' };

function faults(changed: Partial<RedisSeen>, isPrivate = false) {
  return judgeRedis({ ...SEEN, ...changed }, { ...PLACE, isPrivate }).filter(({ mark }) => mark !== 'pass');
}

test('one that keeps everything has no fault', () => {
  expect(faults({})).toEqual([]);
});

test.each<[string, Partial<RedisSeen>, string, string]>([
  ['no append-only file', { appendOnly: false }, 'fail', `${PLACE.cli} CONFIG SET appendonly yes`],
  ['a file that can’t be written', { lastWriteOk: false }, 'fail', 'df -h'],
  [
    'keys that are thrown away',
    { policy: 'allkeys-lru' },
    'fail',
    `${PLACE.cli} CONFIG SET maxmemory-policy noeviction`,
  ],
  ['hardly any room', { usedBytes: 95, maxBytes: 100 }, 'warn', `${PLACE.cli} CONFIG SET maxmemory 200`],
])('%s is told with the command that mends it', (_, changed, mark, fix) => {
  expect(faults(changed)).toEqual([expect.objectContaining({ mark, fix: expect.stringContaining(fix) })]);
});

test('Registrar sets its own Redis, and nobody else’s', () => {
  expect(faults({ appendOnly: false }).map(({ repair }) => repair)).toEqual([undefined]);
  expect(faults({ appendOnly: false, policy: 'volatile-lru' }, true).map(({ repair }) => repair)).toEqual([
    { is: 'redis-setting', setting: 'appendonly', value: 'yes' },
    { is: 'redis-setting', setting: 'maxmemory-policy', value: 'noeviction' },
  ]);
});

test('INFO is read, with either line end; what it does not tell is no reason to worry about the file', () => {
  const info =
    '# Server\r\nredis_version:7.0.15\r\n# Persistence\r\naof_enabled:1\r\naof_last_write_status:ok\r\n# Memory\r\nused_memory:1000000\r\nmaxmemory:0\r\nmaxmemory_policy:noeviction\r\n';
  expect(readInfo(info)).toEqual(SEEN);
  expect(readInfo('redis_version:7.0.15\naof_enabled:0\n')).toMatchObject({ appendOnly: false, lastWriteOk: true });
});

test.each([
  ['unix:/var/lib/registrar/redis.sock', 'redis-cli -s /var/lib/registrar/redis.sock'],
  ['redis://redis.example.com', 'redis-cli -h redis.example.com -p 6379'],
  ['rediss://bot:s3cret@redis.example.com:6380/2', 'redis-cli -h redis.example.com -p 6380 --tls --user bot --askpass'],
])('%s is reached by %s: no password in it', (url, cli) => {
  expect(redisCli(url)).toBe(cli);
});
