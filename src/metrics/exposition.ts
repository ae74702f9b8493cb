import type { Redis } from 'ioredis';
import { Counter, Gauge, Registry } from 'prom-client';
import type { ConfigSource } from '../config/source.js';
import { openQueues, WORKED } from '../queue/queues.js';
import { replyQueues } from '../queue/replies.js';
import { WatchStore } from '../watch/store.js';
import { causeCounts, jobCounts } from './count.js';

/** What Prometheus reads. Everything is taken from Redis at that moment: any process tells the same of all of them. */
export interface Exposition {
  contentType: string;
  text(): Promise<string>;
  close(): Promise<void>;
}

const STATES = ['waiting', 'active', 'delayed', 'failed'] as const;

export function openExposition(redis: Redis, config: ConfigSource, now: () => number): Exposition {
  const registry = new Registry();
  const registers = [registry];
  const queues = openQueues([...WORKED, ...replyQueues(config.current())], redis);

  const verdict = gauge('registrar_check', 'What a check found at the last look: 1 for the verdict it has', [
    'instance',
    'check',
    'verdict',
  ]);
  const age = gauge('registrar_look_age_seconds', 'Age of the last look at an instance', ['instance']);
  const took = gauge('registrar_look_seconds', 'How long the last look at an instance took', ['instance']);
  const latency = gauge('registrar_answer_seconds', 'How long a part took to answer at the last look', [
    'instance',
    'part',
  ]);
  const depth = gauge('registrar_queue_jobs', 'Jobs in a queue', ['queue', 'state']);
  const bucket = counter('registrar_job_seconds_bucket', 'Jobs that took no longer than le', [
    'queue',
    'outcome',
    'le',
  ]);
  const sum = counter('registrar_job_seconds_sum', 'Time that jobs took', ['queue', 'outcome']);
  const count = counter('registrar_job_seconds_count', 'Jobs that ended', ['queue', 'outcome']);
  const causes = counter('registrar_diagnoses_total', 'Diagnoses by the cause that was named', ['cause']);

  function gauge<L extends string>(name: string, help: string, labelNames: L[]): Gauge<L> {
    return new Gauge({ name, help, labelNames, registers });
  }
  function counter<L extends string>(name: string, help: string, labelNames: L[]): Counter<L> {
    return new Counter({ name, help, labelNames, registers });
  }

  async function takeLooks(): Promise<void> {
    for (const { name: instance } of config.current().instances) {
      const look = await new WatchStore(redis, instance).lastLook();
      if (look === undefined) continue;
      age.set({ instance }, (now() - look.at) / 1000);
      took.set({ instance }, look.seconds);
      for (const [part, ms] of Object.entries(look.latency)) latency.set({ instance, part }, ms / 1000);
      for (const { id, verdict: found } of look.results) verdict.set({ instance, check: id, verdict: found.is }, 1);
    }
  }

  async function takeQueues(): Promise<void> {
    for (const queue of queues) {
      const counts = await queue.getJobCounts(...STATES);
      for (const state of STATES) depth.set({ queue: queue.name, state }, counts[state] ?? 0);
    }
  }

  async function takeCounts(): Promise<void> {
    for (const { queue, outcome, what, value } of await jobCounts(redis)) {
      if (what === 'sum') sum.inc({ queue, outcome }, value);
      else bucket.inc({ queue, outcome, le: what === 'count' ? '+Inf' : what }, value);
      if (what === 'count') count.inc({ queue, outcome }, value);
    }
    for (const [cause, times] of await causeCounts(redis)) causes.inc({ cause }, times);
  }

  let taking: Promise<string> | undefined;
  async function take(): Promise<string> {
    registry.resetMetrics();
    await Promise.all([takeLooks(), takeQueues(), takeCounts()]);
    return registry.metrics();
  }

  return {
    contentType: registry.contentType,
    // Two who read at once read the same: the numbers are set, not added.
    text: () => {
      taking ??= take().finally(() => {
        taking = undefined;
      });
      return taking;
    },
    close: async () => void (await Promise.all(queues.map((queue) => queue.close()))),
  };
}
