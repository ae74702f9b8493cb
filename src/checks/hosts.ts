import { type Check, fail, type OtherHost, pass, warn } from './check.js';
import { sampleHost } from './sample.js';

/**
 * Where GitLab runs on several hosts: can Registrar look at those besides the registry's, and do their services run?
 * What is wrong there is told here alone; the registry's own host has the checks of its own.
 */
export const hosts = {
  id: 'hosts',
  asks: 'Do the instance’s other hosts answer, with their services up?',
  needs: ['others'],
  judge({ others }) {
    if (others.length === 0) return pass('the registry’s host is the only one that is configured');
    const silent = others.flatMap((one) =>
      one.host.is === 'missing' ? [{ said: `${nameOf(one)}: ${one.host.why}`, next: one.host.next }] : [],
    );
    const down = others.flatMap((one) => downOn(one).map((line) => `${nameOf(one)}: "${line}"`));
    const said = [...silent.map((one) => one.said), ...down].join('; ');
    const [first] = silent;
    if (first !== undefined) return fail(said, first.next ?? '`registrar config check` tries each connection');
    if (down.length > 0) return warn(said, 'there, gitlab-ctl tail SERVICE shows why; then gitlab-ctl start SERVICE');
    return pass(others.map((one) => `${nameOf(one)}: ${runningOn(one)}`).join('; '));
  },
  examples: [
    { given: { others: [] }, is: 'pass', under: 'the only one' },
    {
      given: { others: [{ address: 'web-1', roles: ['web'], host: { is: 'known', value: sampleHost() } }] },
      is: 'pass',
      under: 'web-1 (web): 2 services up',
    },
    {
      given: {
        others: [
          { address: 'web-1', roles: ['web'], host: { is: 'known', value: sampleHost() } },
          {
            address: 'db-1',
            roles: ['postgresql'],
            host: { is: 'missing', why: 'ana@db-1:22 can’t be reached by SSH' },
          },
        ],
      },
      is: 'fail',
      under: 'db-1 (postgresql): ana@db-1:22 can’t be reached',
    },
    {
      given: {
        others: [
          {
            address: 'gitaly-1',
            roles: ['gitaly'],
            host: {
              is: 'known',
              value: sampleHost({ status: 'down: gitaly: 31s, normally up\ndown: redis: 9s, normally down' }),
            },
          },
        ],
      },
      is: 'warn',
      under: 'gitaly-1 (gitaly): "down: gitaly: 31s, normally up"',
    },
  ],
} as const satisfies Check<'others'>;

function nameOf({ address, roles }: OtherHost): string {
  return roles.length === 0 ? address : `${address} (${roles.join(', ')})`;
}

/** The lines of services that should run and do not. */
function downOn({ host }: OtherHost): string[] {
  if (host.is === 'missing') return [];
  const isWrong = ({ is, notes }: { is: string; notes: string[] }) =>
    is === 'fail' || (is === 'down' && (notes.includes('normally up') || notes.includes('want up')));
  return host.value.status.filter(isWrong).map(({ line }) => line);
}

function runningOn({ host }: OtherHost): string {
  if (host.is === 'missing') return '';
  if (host.value.gitlabCtlMissing) return 'answers, without gitlab-ctl';
  return `${host.value.status.filter(({ is }) => is === 'run').length} services up`;
}
