import { z } from 'zod';
import type { Host } from '../config/schema.js';

/** What may be done on a host. */
export const OperationKind = z.enum(['restart', 'reconfigure']);
export type OperationKind = z.infer<typeof OperationKind>;

interface Operation {
  /** Fixed: nothing that somebody said is in it. */
  command: string;
  /** So long it may take. Milliseconds. */
  ms: number;
  /** What it prints when it did what it is for; that it exits with 0 is not enough. */
  done: RegExp;
  /** What a person should know before it is confirmed. */
  effect: string;
  asks(instance: string): string;
  runs(instance: string): string;
  ended(instance: string): string;
}

export const OPERATIONS: Readonly<Record<OperationKind, Operation>> = {
  restart: {
    command: 'gitlab-ctl restart registry',
    ms: 60_000,
    done: /^ok: run: registry:/m,
    effect: 'pushes and pulls that are under way break off; clients try again by themselves',
    asks: (instance) => `Restart the registry of ${instance}?`,
    runs: (instance) => `Restarting the registry of ${instance}`,
    ended: (instance) => `The registry of ${instance} was restarted`,
  },
  reconfigure: {
    command: 'gitlab-ctl reconfigure',
    ms: 15 * 60_000,
    done: /^gitlab Reconfigured!/m,
    effect:
      'all generated files of that host are written anew from its gitlab.rb, edits by hand are lost, and services whose files changed restart',
    asks: (instance) => `Reconfigure the registry’s host of ${instance}?`,
    runs: (instance) => `Reconfiguring the registry’s host of ${instance}`,
    ended: (instance) => `The registry’s host of ${instance} was reconfigured`,
  },
};

/** The command line, as it is sent. */
export function commandOn({ sudo }: Pick<Host, 'sudo'>, kind: OperationKind): string {
  return `${sudo ? 'sudo -n ' : ''}${OPERATIONS[kind].command}`;
}
