// Makes a fresh machine ready for `npm run demo` and `npm test`: npm packages, Debian packages, the build.
// What it can't install it names with the exact command, and stops. Plain Node: it runs before anything is there.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Program → the Debian package that brings it. */
const NEEDED = {
  'redis-server': 'redis-server',
  'docker-registry': 'docker-registry',
  nginx: 'nginx-light',
  sshd: 'openssh-server',
  ssh: 'openssh-client',
  runsvdir: 'runit',
  skopeo: 'skopeo',
  openssl: 'openssl',
  setpriv: 'util-linux',
};
/** Wanted where they can be used: dockerd needs root, and without it skopeo plays the client. */
const WANTED_AS_ROOT = { dockerd: 'docker.io' };
/** sshd and nginx are in sbin, which is not on every user's PATH. */
process.env.PATH = `${process.env.PATH ?? ''}:/usr/local/sbin:/usr/sbin:/sbin`;

const isRoot = process.getuid?.() === 0;

requireNode();
installNpmPackages();
installDebianPackages();
build();

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19))
    stop(`Node ${process.versions.node} is too old: 20.19 or newer is needed`, 'https://nodejs.org/en/download');
}

function installNpmPackages() {
  const stamp = `${root}node_modules/.package-lock.json`;
  if (existsSync(stamp) && statSync(stamp).mtimeMs >= statSync(`${root}package-lock.json`).mtimeMs) return;
  say('installing npm packages (npm ci)');
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], 'npm ci failed', 'npm ci');
  utimesSync(stamp, new Date(), new Date());
}

function installDebianPackages() {
  const wanted = { ...NEEDED, ...(isRoot ? WANTED_AS_ROOT : {}) };
  const packages = [...new Set(Object.entries(wanted).flatMap(([program, name]) => (has(program) ? [] : [name])))];
  if (packages.length === 0) return;
  if (!has('apt-get')) {
    stop(
      `this system has no ${packages.join(', ')}, and no apt-get to install them`,
      'run it in a container: docker run --rm -it -v "$PWD":/src -w /src node:20-bookworm npm run demo',
    );
  }
  const prefix = isRoot ? [] : ['sudo', '-n'];
  const command = `${isRoot ? '' : 'sudo '}apt-get update && ${isRoot ? '' : 'sudo '}apt-get install -y --no-install-recommends ${packages.join(' ')}`;
  if (!isRoot && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status !== 0)
    stop(`${packages.join(', ')} must be installed`, command);
  say(`installing Debian packages: ${packages.join(' ')}`);
  const quiet = keepServicesOff();
  try {
    const apt = (...words) =>
      run(
        prefix[0] ?? 'apt-get',
        [...prefix.slice(1), ...(isRoot ? [] : ['apt-get']), ...words],
        'apt-get failed',
        command,
      );
    apt('-qq', 'update');
    apt('-qq', 'install', '-y', '--no-install-recommends', ...packages);
  } finally {
    quiet();
  }
  const missing = Object.keys(NEEDED).filter((program) => !has(program));
  if (missing.length > 0) stop(`${missing.join(', ')} are missing still`, command);
}

/** Debian starts a service when its package is installed; ours are private, so nobody's ports are taken. */
function keepServicesOff() {
  const policy = '/usr/sbin/policy-rc.d';
  if (!isRoot || existsSync(policy)) return () => {};
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  return () => rmSync(policy, { force: true });
}

function build() {
  run(
    process.execPath,
    [`${root}node_modules/typescript/bin/tsc`, '-p', `${root}tsconfig.build.json`],
    'the build failed',
    'npm run build',
  );
  const stamp = `${root}dist/.tsbuildinfo`;
  utimesSync(stamp, new Date(), new Date());
}

function has(program) {
  return (process.env.PATH ?? '').split(':').some((folder) => folder !== '' && existsSync(`${folder}/${program}`));
}

function run(program, args, failure, command) {
  const { status } = spawnSync(program, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (status !== 0) stop(failure, command);
}

function say(words) {
  process.stderr.write(`${JSON.parse(readFileSync(`${root}package.json`, 'utf8')).name}: ${words}\n`);
}

function stop(what, command) {
  process.stderr.write(`registrar: ${what}\n→ ${command}\n`);
  process.exit(1);
}
