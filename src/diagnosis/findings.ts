import type { Verdict } from '../checks/check.js';
import type { Age } from '../gitlab/url-history.js';
import type { HostSnapshot } from '../host/snapshot.js';
import type { Ping, Refusal } from '../registry/protocol.js';
import type { Reach } from '../registry/reach.js';
import type { CauseId } from './causes/index.js';

/** Addresses of the instance, as configured: nothing else is contacted, whatever the log or the registry say. */
export interface Target {
  registryUrl: string;
  gitlabUrl: string;
}

/** The way from Registrar to the configured registry, and on to the token endpoint that it names. */
export interface NetworkFinding {
  target: Target;
  registry: Reach;
  gitlab: Reach;
  /** What `GET /v2/` said; absent where the way ended before. */
  ping?: Ping;
  /** The way is free, and `GET /v2/` came back with nothing. */
  silent?: { is: 'slow' | 'broken'; why: string };
  /** What the token endpoint said to a request without credentials; absent where the registry names another one. */
  endpoint?: { is: 'answers'; status: number; code?: string; message?: string } | { is: 'silent'; why: string };
  /** The registry's clock against Registrar's, above zero when it is ahead. Seconds, good to about one. */
  aheadSeconds?: number;
}

/** A login with Registrar's own credentials. */
export type HandshakeFinding = { target: Target } & (
  | ({ is: 'refused' } & Refusal)
  | {
      is: 'granted';
      /** What was asked for, and what of it was given; absent when the log names no repository that it may ask for. */
      repository?: { path: string; actions: string[] };
      /** The registry's answer to the token: 200, or the token is refused. */
      status: number;
      /** GitLab's clock against the registry's, above zero when it is ahead. Seconds, good to about one. */
      aheadSeconds?: number;
    }
);

/** An upload session that was opened and cancelled in a repository that was there already. */
export interface UploadFinding {
  target: Target;
  repository: string;
  /** `location`: where the registry would have the layer sent. */
  answer:
    | { is: 'accepted'; location: string /** Why the session stays. */; left?: string }
    | ({ is: 'refused' } & Refusal);
}

/** A line of a server's own log that is a sign of a cause. */
export interface ServerLine {
  /** Below /var/log/gitlab. */
  file: string;
  cause: CauseId;
  /** It names the log's repository. */
  own: boolean;
  /** Was it written within a minute of the failure? Absent when the log or the line does not tell its time. */
  moment?: boolean;
  /** Its telling part, without secrets; empty when it may be about somebody else's project. */
  text: string;
  minutesAgo?: number;
}

/** The GitLab host by its own account: one look over SSH. */
export interface HostFinding {
  /** As configured. */
  address: string;
  target: Target;
  /** Judged as `status` judges them. */
  checks: Record<'enabled' | 'running' | 'nginx' | 'storage' | 'clock', Verdict>;
  disk?: NonNullable<HostSnapshot['disk']>;
  /** Read-only mode, by config.yml. */
  readOnly: boolean;
  /** client_max_body_size of the registry's vhost, where it limits anything. */
  bodyLimit?: string;
  /** Addresses of the instance's names, as the host resolves them. */
  names: { name: string; addresses: string[] }[];
  lines: ServerLine[];
}

/** A deploy token that may be the one in the log, as GitLab tells of it. */
export interface TokenFinding {
  id: number;
  name: string;
  username: string;
  revoked: boolean;
  /** By our own reading of expires_at. */
  expired: boolean;
  scopes: string[];
  age: Age;
  /** A login with the pair that a CI/CD variable holds, tried just now; absent when no variable holds it. */
  login?: { variable: string; accepted: boolean };
}

/** How the project whose registry was asked is set. */
export interface AccessFinding {
  path: string;
  /** Its switch: for its members from Reporter up (`private`), for all who see the project, or for nobody. */
  registry: 'enabled' | 'private' | 'disabled' | 'unknown';
  /** Has the instance a registry at all? GitLab gives images a prefix only then. */
  instanceHasOne: boolean;
  visibility: string;
  archived: boolean;
  /** The date on which its deletion was asked for. */
  deletion?: string;
}

/** The image that the log names, in GitLab. */
export interface ImageFinding {
  /** As asked for, without tag; `host` is absent where the name had none and meant Docker Hub. */
  name: { host?: string; path: string };
  /** Host and port of the instance's registry. */
  registryHost: string;
  /** The job's project, if the log names one. */
  job?: { path: string; under: boolean };
  /** Whose credentials were used: those of the job's project alone, in words, or nobody knows. */
  boundTo?: string;
  /** The project that the path belongs to; absent: none that whoever asks may know of. */
  owner?: string;
  repository?: 'there' | 'missing';
  tag?: { name: string; is: 'there'; since?: string } | { name: string; is: 'missing' };
}

/** What GitLab lets the user or deploy token of the log do in the project whose registry was asked. */
export interface RightsFinding {
  project: string;
  /** Who may pull there without a role. */
  open: 'anybody' | 'signed-in' | 'nobody';
  /** A person's own namespace: nobody is a member who was not invited to the project itself. */
  personal: boolean;
  who:
    | { is: 'person'; username: string; user?: { state: string; level: number } }
    | { is: 'deploy-token'; id: number; name: string; scopes: string[]; of: string };
}

/** Protection rules of the project that match the image or its tag. */
export interface RulesFinding {
  project: string;
  matching: { of: 'repository' | 'tag'; pattern: string; minimum: string; level: number }[];
  /** Kinds of rules that GitLab did not show. */
  unseen: ('repository' | 'tag')[];
  /** Who pushed, as far as known: rules ask a user's level, and a deploy token has none. */
  who?: { is: 'user'; username: string; level: number } | { is: 'deploy-token' };
}

/** May the job tokens of one project be used in another? */
export interface JobTokenFinding {
  source: string;
  target: string;
  /** Does the target let in only whom it lists? */
  limited: boolean;
  /** What on the list lets the source in. */
  listed?: { kind: 'project' | 'group'; path: string };
  /** May anybody who sees the target pull from it, list or not? */
  open: boolean;
  /** Who started the job, and their level in the target. */
  starter?: { username: string; level: number };
}

/**
 * What each probe found out about a log's failure, under the probe's name. Everything is optional: a probe that was
 * not worth making, or did not end in time, left nothing.
 *
 * A probe sees the present, the log is of the past: that something works now does not say that it did then.
 */
export interface Evidence {
  network?: NetworkFinding;
  handshake?: HandshakeFinding;
  upload?: UploadFinding;
  host?: HostFinding;
  /** The project that the failure is about, and whether whoever asks may know of it. */
  project?:
    | {
        is: 'found';
        path: string;
        /** Of the image, where that is another one. */
        ofImage?: string;
      }
    | { is: 'not-found'; path: string };
  tokens?: TokenFinding[];
  access?: AccessFinding;
  image?: ImageFinding;
  rights?: RightsFinding;
  rules?: RulesFinding;
  jobToken?: JobTokenFinding;
}

export interface Findings extends Evidence {
  instance: string;
  /** What could not be looked at, and why. */
  notLooked: string[];
}
