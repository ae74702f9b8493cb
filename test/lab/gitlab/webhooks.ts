import { randomUUID } from 'node:crypto';
import type { Holder, Job } from './model.js';

/**
 * Webhooks of projects and groups: sent over real HTTP, and switched off when they fail.
 * Source: app/models/concerns/web_hooks/auto_disabling.rb, app/services/web_hooks/log_execution_service.rb.
 */
export interface Webhook {
  readonly id: number;
  readonly holder: Holder;
  url: string;
  token: string | undefined;
  jobEvents: boolean;
  readonly createdAt: number;
  recentFailures: number;
  /** Milliseconds since the epoch. */
  disabledUntil: number | undefined;
}

export type AlertStatus = 'executable' | 'temporarily_disabled' | 'disabled';

/** `status` undefined: nobody answered, `message` says why. */
export interface Execution {
  readonly status: number | undefined;
  readonly message: string;
}

const graceFailures = 3;
const lastFailures = 39;
const firstBackoffMs = 60_000;
const longestBackoffMs = 86_400_000;
const timeoutMs = 10_000;

export class Webhooks {
  readonly all: Webhook[] = [];
  readonly #clock: () => number;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  add(holder: Holder, hook: { url: string; token?: string; jobEvents?: boolean; createdAt?: number }): Webhook {
    const { url, token, jobEvents = true, createdAt = this.#clock() } = hook;
    const added = { id: this.all.length + 1, holder, url, token, jobEvents, createdAt };
    const one: Webhook = { ...added, recentFailures: 0, disabledUntil: undefined };
    this.all.push(one);
    return one;
  }

  statusOf({ recentFailures, disabledUntil }: Webhook): AlertStatus {
    if (recentFailures > lastFailures) return 'disabled';
    const waits = disabledUntil !== undefined && disabledUntil >= this.#clock();
    return waits && recentFailures > graceFailures ? 'temporarily_disabled' : 'executable';
  }

  /** Tells of a job, as GitLab does at each change of its status; false when the hook is off and was not called. */
  async tellOf(job: Job, hook: Webhook): Promise<boolean> {
    if (!hook.jobEvents || this.statusOf(hook) !== 'executable') return false;
    await this.execute(hook, 'Job Hook', {
      object_kind: 'build',
      build_id: job.id,
      build_name: job.name,
      build_stage: job.stage,
      build_status: job.status,
      ref: job.ref,
      project: { id: job.project.id, path_with_namespace: job.project.fullPath },
    });
    return true;
  }

  /** Also one that is off: a test does that. */
  async execute(hook: Webhook, event: string, body: object): Promise<Execution> {
    const execution = await send(hook, event, body);
    const { status } = execution;
    if (status !== undefined && status >= 200 && status < 300) {
      hook.recentFailures = 0;
      hook.disabledUntil = undefined;
    } else if (this.statusOf(hook) === 'executable') this.#backOff(hook);
    return execution;
  }

  #backOff(hook: Webhook): void {
    const exponent = hook.recentFailures - graceFailures;
    hook.recentFailures = Math.min(hook.recentFailures + 1, lastFailures + 1);
    if (hook.recentFailures <= graceFailures) return;
    const backoff = Math.min(longestBackoffMs, Math.max(firstBackoffMs, firstBackoffMs * 2 ** exponent));
    hook.disabledUntil = this.#clock() + backoff;
  }
}

async function send({ url: given, token }: Webhook, event: string, body: object): Promise<Execution> {
  const url = new URL(given);
  const basic = Buffer.from(`${url.username}:${url.password}`).toString('base64');
  const authorization = url.username === '' ? {} : { authorization: `Basic ${basic}` };
  url.username = '';
  url.password = '';
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'GitLab/18.11.0',
        'x-gitlab-event': event,
        'x-gitlab-webhook-uuid': randomUUID(),
        'idempotency-key': randomUUID(),
        ...authorization,
        ...(token === undefined ? {} : { 'x-gitlab-token': token }),
      },
      body: JSON.stringify(body),
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status: answer.status, message: await answer.text() };
  } catch (error) {
    const { hostname, port } = url;
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    return { status: undefined, message: `Failed to open TCP connection to ${hostname}:${port} (${cause})` };
  }
}
