import { absolute, portable } from '../../src/init/paths.js';

const places = { cwd: '/home/ana/work', home: '/home/ana', folder: '/srv/registrar' };

test.each([
  ['key', '/home/ana/work/key'],
  ['../key', '/home/ana/key'],
  ['~/.ssh/key', '/home/ana/.ssh/key'],
  ['~bob/key', '/home/ana/work/~bob/key'],
  ['/etc/key', '/etc/key'],
])('%s is typed as in a shell', (typed, path) => expect(absolute(typed, places)).toBe(path));

test.each([
  ['/srv/registrar/secrets/token', 'secrets/token'],
  ['/srv/other/token', '/srv/other/token'],
  ['/srv/registrar', '/srv/registrar'],
])('%s is relative only below the configuration', (path, written) => expect(portable(path, places)).toBe(written));
