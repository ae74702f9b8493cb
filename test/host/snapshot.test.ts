import fc from 'fast-check';
import { parseSnapshot } from '../../src/host/snapshot.js';

const B = 'boundary-1';
const part = (name: string, text = '') => `\n${B} ${name}\n${text}\n`;

const NOTHING = { certificates: {}, emerg: [], keys: {}, names: [] };

describe('parseSnapshot', () => {
  test('takes the parts apart', () => {
    const seen = parseSnapshot(
      part('service-list', 'nginx*\nregistry*') +
        part('status', 'run: registry: (pid 1) 9s; run: log: (pid 2) 9s') +
        part('version', 'gitlab-ce 18.11.3') +
        part('gitlab-rb /etc/gitlab/gitlab.rb', "external_url 'a'\n") +
        part('registry-config /c.yml') +
        part('missing /c.yml') +
        part('vhost /v with space.conf') +
        part('unreadable /v with space.conf') +
        part(
          'disk /data',
          'Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/sda 1000 400 600 40% /data',
        ) +
        part('inodes /data', 'Filesystem Inodes IUsed IFree IUse% Mounted on\n/dev/sda 100 99 1 99% /data') +
        part('clock', '1795538528') +
        part('registry-log', 'level=error a\n\nlevel=error b') +
        part('status-again', 'down: registry: 0s, normally up') +
        part('end'),
      B,
    );
    expect(seen).toEqual({
      services: new Map([
        ['nginx', true],
        ['registry', true],
      ]),
      status: [expect.objectContaining({ name: 'registry', is: 'run', pid: 1 })],
      statusAgain: [expect.objectContaining({ name: 'registry', is: 'down' })],
      version: '18.11.3',
      gitlabRb: { path: '/etc/gitlab/gitlab.rb', text: "external_url 'a'\n\n\n" },
      registryConfig: { path: '/c.yml', absent: 'missing' },
      vhost: { path: '/v with space.conf', absent: 'unreadable' },
      disk: { path: '/data', totalBytes: 1_024_000, freeBytes: 614_400, totalInodes: 100, freeInodes: 1 },
      clock: 1795538528,
      registryErrors: ['level=error a', 'level=error b'],
      ...NOTHING,
      gitlabCtlMissing: false,
    });
  });

  test('parts that are not there stay undefined', () => {
    const seen = parseSnapshot(part('status', 'sh: 1: gitlab-ctl: not found'), B);
    expect(seen).toEqual({
      services: new Map(),
      status: [],
      statusAgain: [],
      registryErrors: [],
      ...NOTHING,
      gitlabCtlMissing: true,
    });
  });

  test('a file system without a number of inodes, or a df that failed', () => {
    const disk = part('disk /d', 'Filesystem\n/dev/a b 1000 400 600 40% /d');
    expect(parseSnapshot(disk + part('inodes /d', 'x\n/dev/a b 0 0 0 - /d'), B).disk).toEqual({
      path: '/d',
      totalBytes: 1_024_000,
      freeBytes: 614_400,
    });
    expect(parseSnapshot(part('disk /d', 'df: /d: No such file or directory'), B).disk).toBeUndefined();
  });

  test('what a file holds can begin no part: the boundary is new at each look', () => {
    const text = 'other-boundary end\nstatus\n';
    expect(parseSnapshot(part('gitlab-rb /x', text), B)).toMatchObject({
      status: [],
      gitlabRb: { text: `${text}\n\n` },
    });
  });

  test('never throws', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom('disk', 'inodes', 'clock', 'status', 'gitlab-rb', 'missing').map((name) => part(name)),
    );
    fc.assert(fc.property(fc.array(piece), (pieces) => void parseSnapshot(pieces.join(''), B)));
  });
});
