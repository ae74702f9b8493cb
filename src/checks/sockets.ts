import { directives, parseNginx } from '../host/nginx.js';
import { textIn } from '../host/registry-config.js';
import type { Listener } from '../host/seen.js';
import type { HostFile, HostSnapshot } from '../host/snapshot.js';
import { type Check, fail, pass, skipped, warn } from './check.js';
import { sampleHost } from './sample.js';

/** What the programs are called that should listen. */
const REGISTRY = /registry/;
const NGINX = /nginx/;

/**
 * Do registry and nginx listen where their files say, and does nobody else? Another program on the port keeps whoever
 * starts second from starting; a listener elsewhere means an edited file and no restart.
 */
export const sockets = {
  id: 'sockets',
  asks: 'Do registry and nginx listen where the settings say?',
  link: 'nginx',
  explains: ['running', 'nginx', 'endpoint', 'backend'],
  needs: ['host'],
  judge({ host }) {
    const { listeners } = host;
    if (listeners === undefined) return skipped('the host did not tell who listens: it has no ss');
    const wanted = [
      {
        who: 'registry',
        is: REGISTRY,
        link: 'registry' as const,
        ports: registryPorts(host.registryConfig),
        up: isUp(host, 'registry'),
      },
      { who: 'nginx', is: NGINX, link: 'nginx' as const, ports: nginxPorts(host.vhost), up: isUp(host, 'nginx') },
    ];
    if (wanted.every(({ ports }) => ports.length === 0)) return skipped('neither of the generated files could be read');
    for (const { who, is, link, ports, up } of wanted) {
      for (const port of ports) {
        const there = listeners.filter((one) => one.port === port);
        const other = there.find(({ process }) => process !== undefined && !is.test(process) && !isOurs(process));
        if (other !== undefined)
          return fail(
            `port ${port}, which is ${who}'s, is taken by "${other.process}" (${other.address}:${port})`,
            `stop it, or give ${who} another port in gitlab.rb; then gitlab-ctl restart ${who}`,
            { blames: link },
          );
        // Whether anything is broken by that, the endpoint tells.
        if (there.length === 0 && up)
          return warn(
            `nobody listens on port ${port}, though ${who} runs: it was started with other settings, and will take these at its next start`,
            `gitlab-ctl restart ${who}`,
            { blames: link },
          );
      }
    }
    return pass(listeners.map(worded).join(', ') || 'nobody listens, and neither runs');
  },
  examples: [
    { given: {}, is: 'pass', under: 'nginx on *:5050' },
    {
      given: { host: listening([{ address: '127.0.0.1', port: 5000, process: 'python3' }]) },
      is: 'fail',
      under: 'taken by "python3"',
    },
    {
      given: { host: listening([{ address: '*', port: 5050, process: 'nginx' }]) },
      is: 'warn',
      under: 'nobody listens on port 5000',
    },
    { given: { host: listening(undefined) }, is: 'skipped', under: 'no ss' },
  ],
} as const satisfies Check<'host'>;

/** Of the two, where both should be on one port: that is a rule of gitlab.rb's, told there. */
function isOurs(process: string): boolean {
  return REGISTRY.test(process) || NGINX.test(process);
}

function isUp({ statusAgain, status }: HostSnapshot, name: string): boolean {
  const state = statusAgain.find((one) => one.name === name) ?? status.find((one) => one.name === name);
  return state?.is === 'run' && (state.seconds ?? 0) > 2;
}

function registryPorts(config: HostFile | undefined): number[] {
  const port = /:(\d+)$/.exec(textIn(config, 'http', 'addr') ?? '')?.[1];
  return port === undefined ? [] : [Number(port)];
}

function nginxPorts(vhost: HostFile | undefined): number[] {
  if (vhost === undefined || !('text' in vhost)) return [];
  const ports = directives(parseNginx(vhost.text), 'listen').flatMap(
    ({ args: [first = ''] }) => /(\d+)$/.exec(first)?.[1] ?? [],
  );
  return [...new Set(ports.map(Number))];
}

function worded({ address, port, process = 'somebody' }: Listener): string {
  return `${process} on ${address}:${port}`;
}

function listening(listeners: Listener[] | undefined): HostSnapshot {
  const { listeners: _, ...host } = sampleHost({
    registryConfig: { path: '/c', text: 'http:\n  addr: 127.0.0.1:5000\n' },
    vhost: { path: '/v', text: 'server { listen *:5050 ssl; }' },
  });
  return listeners === undefined ? host : { ...host, listeners };
}
