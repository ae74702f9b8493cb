import type { SecretReference } from '../secrets/reference.js';

/** The GitLab host as `registrar init` came to know it: its key was seen and confirmed, and a login worked. */
export interface HostAnswer {
  address: string;
  port: number;
  user: string;
  /** Left out: the ssh-agent. */
  key?: SecretReference;
  hostKey: string;
  sudo: boolean;
}

export interface SlackAnswer {
  mode: 'socket' | 'http';
  botToken: SecretReference;
  /** The app token in mode socket, the signing secret in mode http. */
  second: SecretReference;
  apiUrl?: string;
  /** The member id of the person that answers. */
  member?: string;
}

/** What registrar.yaml is made of. Each value was tested; secrets are here by reference only. */
export interface Answers {
  gitlabUrl: string;
  /** With it the certificates are accepted. */
  ca?: string;
  token: SecretReference;
  registryUrl: string;
  host?: HostAnswer;
  person: { gitlab: string; terminal: string };
  slack?: SlackAnswer;
}

/** A secret that was typed: it goes into a file of its own when everything is answered, not before. */
export interface TypedSecret {
  /** Where the reference in {@link Answers} points; absolute. */
  path: string;
  value: string;
}
