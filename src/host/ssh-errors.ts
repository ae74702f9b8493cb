import type { Endpoint } from '../config/schema.js';
import { EdgeError, type ForPerson, messageOf, RETRY_MS } from '../errors.js';

/** Why there is no connection. `offered`: the fingerprint of the host key that was shown, if any. Pure. */
export function connectError(to: Endpoint, error: unknown, offered: string | undefined): EdgeError {
  const where = nameOf(to);
  const said = messageOf(error);
  if (/verification failed/i.test(said)) {
    return new EdgeError({
      part: 'ssh',
      code: 'ssh-host-key-changed',
      cause: error,
      forPerson: {
        what: `the host key of ${to.address} is not the one that is pinned: REFUSED, nothing was sent`,
        why: `it offers ${offered ?? 'another key'}; expected ${to.hostKey ?? `a key of ${to.knownHosts}`}. Either the host was set up anew, or somebody stands in between`,
        next: `on the host’s own console: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub; only if it prints ${offered ?? 'that key'}, pin it in the configuration`,
      },
    });
  }
  if (/no passphrase given|bad passphrase|integrity check failed/i.test(said)) {
    const lacking = to.passphrase === undefined;
    return refused(error, {
      what: lacking
        ? `the private key ${to.key} is encrypted`
        : `the passphrase does not open the private key ${to.key}`,
      why: said,
      next: lacking
        ? `name its passphrase (passphrase: env:NAME or file:PATH) for ${to.address}, or leave the key to an ssh-agent (agent: true)`
        : `correct ${to.passphrase}; ssh-keygen -y -f KEYFILE asks for the passphrase and tries it`,
    });
  }
  if (to.agent !== undefined && isAgents(error)) {
    return refused(error, {
      what: `the ssh-agent for ${where} does not answer`,
      why: said,
      next: 'start it, or correct agent of this host (true takes $SSH_AUTH_SOCK); ssh-add -l lists what it holds',
    });
  }
  if (/authentication methods failed|permission denied|unsupported key|cannot parse privatekey/i.test(said)) {
    return refused(error, {
      what: `${where} refuses Registrar’s key`,
      why: said,
      next:
        to.agent === undefined
          ? `append the public key to ~/.ssh/authorized_keys of ${to.user} on ${to.address}`
          : `append a key that ssh-add -L lists to ~/.ssh/authorized_keys of ${to.user} on ${to.address}`,
    });
  }
  return unreachable(to, `${where} can’t be reached by SSH`, said, error);
}

/** The connection was there, and is not any more. */
export function brokenError(to: Endpoint, why: string): EdgeError {
  return unreachable(to, `the connection to ${to.address} broke off`, why);
}

/** `through`: the jump host that has no way to `to`. */
export function jumpError(through: Endpoint, to: Endpoint, why: string): EdgeError {
  return new EdgeError({
    part: 'ssh',
    code: 'ssh-unreachable',
    retry: { afterMs: RETRY_MS },
    forPerson: {
      what: `${to.address}:${to.port} can’t be reached through ${through.address}`,
      why,
      next: `on ${through.address}, allow ${through.user} to forward there (AllowTcpForwarding, permitopen, restrict,port-forwarding), and try ssh -J ${nameOf(through)} ${to.user}@${to.address} -p ${to.port}`,
    },
  });
}

/** What changes something was asked for, and its end was not seen. The argument is what came between. */
export function halfwayError(to: Endpoint, { what, why }: ForPerson): EdgeError {
  return new EdgeError({
    part: 'ssh',
    code: 'stopped-halfway',
    forPerson: {
      what: `what was begun on ${to.address} may still run, or have ended: nobody saw it`,
      why: [what, why].filter(Boolean).join(': '),
      next: `look at ${to.address} before it is begun again`,
    },
  });
}

/** `ms`: the deadline that passed, in milliseconds. */
export function lateError(to: Endpoint, ms: number): EdgeError {
  return unreachable(
    to,
    `${to.address} did not finish within ${ms / 1000} s`,
    'it accepted the connection or the script and then hung',
  );
}

/** `bytes`: the limit. */
export function tooLongError(to: Endpoint, bytes: number): EdgeError {
  return new EdgeError({
    part: 'host',
    code: 'host-script-failed',
    forPerson: {
      what: `the host’s answer is too long: ${to.address} sent more than ${Math.round(bytes / 1024 / 1024)} MB`,
      why: 'Registrar read no further',
      next: `see what ssh -p ${to.port} ${to.user}@${to.address} true prints: a login script or another command answers there`,
    },
  });
}

function unreachable(to: Endpoint, what: string, why: string, cause?: unknown): EdgeError {
  return new EdgeError({
    part: 'ssh',
    code: 'ssh-unreachable',
    retry: { afterMs: RETRY_MS },
    cause,
    forPerson: { what, why, next: `try ssh -p ${to.port} ${to.user}@${to.address} from Registrar’s machine` },
  });
}

function refused(cause: unknown, forPerson: EdgeError['forPerson']): EdgeError {
  return new EdgeError({ part: 'ssh', code: 'ssh-refused', cause, forPerson });
}

/** ssh2 marks what the agent itself failed at. */
function isAgents(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'level' in error && error.level === 'agent';
}

function nameOf({ user, address, port }: Endpoint): string {
  return `${user}@${address}:${port}`;
}
