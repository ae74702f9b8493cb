#!/usr/bin/env node
// In a checkout it builds itself when dist/ is missing or older than the sources; an installed package has dist/.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, utimesSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';

// A second net under the patterns that meet hostile text: an expression of V8's that begins to backtrack without end is
// run by its linear engine instead. The catalogue's own are RE2 and need none.
setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks');

const root = fileURLToPath(new URL('..', import.meta.url));
const stamp = `${root}dist/.tsbuildinfo`;

if (existsSync(`${root}tsconfig.build.json`) && isStale()) {
  const tsc = `${root}node_modules/typescript/bin/tsc`;
  if (!existsSync(tsc)) {
    process.stderr.write('registrar: not built yet, and the compiler is missing\n→ npm ci\n');
    process.exit(2);
  }
  const built = spawnSync(process.execPath, [tsc, '-p', `${root}tsconfig.build.json`], { stdio: ['ignore', 2, 2] });
  if (built.status !== 0) process.exit(2);
  // The compiler leaves the stamp alone when nothing changed but a file's time.
  utimesSync(stamp, new Date(), new Date());
}

const { main } = await import('../dist/src/cli.js');
process.exit(await main(process.argv.slice(2)));

function isStale() {
  if (!existsSync(stamp)) return true;
  const built = statSync(stamp).mtimeMs;
  return ['src', 'commands', 'workers'].some((folder) =>
    readdirSync(root + folder, { recursive: true, withFileTypes: true }).some(
      (entry) => entry.isFile() && statSync(`${entry.parentPath}/${entry.name}`).mtimeMs > built,
    ),
  );
}
