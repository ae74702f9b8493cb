import { type Finding, pass } from './finding.js';

/** What a login on a host gave; one that fails is told by its error. Pure. */
export interface HostSeen {
  services: number;
  version?: string;
}

export function hostPart(instance: string, address: string): string {
  return `${instance}: ssh ${address}`;
}

export function judgeHost(part: string, { services, version }: HostSeen): Finding[] {
  const gitlab = version === undefined ? '' : `, GitLab ${version}`;
  return [pass(part, `the key loads, the login works, the host key is the pinned one; ${services} services${gitlab}`)];
}
