import { createHash } from 'node:crypto';
import { z } from 'zod';
import { gitlabNameOf } from '../access/authorize.js';
import type { Person } from '../chat/request.js';
import type { Config } from '../config/schema.js';
import { redactDeep } from '../secrets/redact.js';

/** One entry of the audit trail, and how it is chained to the one before it. No I/O: a hash is computed. */

/** What is attempted. `trail`: what befell the trail itself. */
export type Action =
  | 'rotation'
  | 'rotation-undo'
  | 'reveal'
  | 'bulk'
  | 'operation'
  | 'maintenance'
  | 'incident'
  | 'link'
  | 'repair'
  | 'trail';

const Outcome = z.enum(['granted', 'refused', 'done', 'failed']);
export type Outcome = z.infer<typeof Outcome>;

/** Who attempts it. `gitlab`: the username that the configuration gives the person. */
export type By = { platform: Person['platform'] | 'registrar'; id: string; gitlab?: string };

/** What Registrar does by itself. */
export const BY_REGISTRAR: By = { platform: 'registrar', id: 'registrar' };

export interface Attempt {
  /** Its name; empty where it is about none. */
  instance: string;
  action: Action;
  by: By;
  /** Path of the project or group, or the name of the instance. */
  subject: string;
  /** In a few words. */
  details: string;
  /** Of the run, the operation or the incident. */
  id?: string;
}

const Hash = z.string().regex(/^[0-9a-f]{64}$/);

/**
 * An entry as it is stored. Loose: what a later version of Registrar adds is read, hashed and kept by this one, while
 * both run.
 */
export const Entry = z.looseObject({
  /** Counted from 1, without a gap. */
  sequence: z.int().min(1),
  /** Milliseconds since the epoch. */
  at: z.int(),
  instance: z.string(),
  action: z.string().min(1),
  outcome: Outcome,
  by: z.looseObject({ platform: z.string(), id: z.string(), gitlab: z.string().optional() }),
  subject: z.string(),
  details: z.string(),
  id: z.string().optional(),
  /** Hash of the entry before. */
  previous: Hash,
  /** SHA-256 of everything besides. */
  hash: Hash,
});
export type Entry = z.infer<typeof Entry>;

/** An entry as far as the next one is chained to it. */
export type Head = Pick<Entry, 'sequence' | 'hash'>;

/** What the first entry is chained to. */
export const BEGINNING: Head = { sequence: 0, hash: '0'.repeat(64) };

/** Longer words are cut. Characters. */
const MAX_DETAILS = 500;
const MAX_SUBJECT = 1_024;

/** The person, with the GitLab user that the configuration says it is; nothing is asked of GitLab. */
export function byOf(person: Person, config: Config): By {
  const gitlab = gitlabNameOf(person, config);
  return { ...person, ...(gitlab === undefined ? {} : { gitlab }) };
}

/** The entry behind `previous`; without secrets, whatever the words are. */
export function chained(previous: Head, fields: Attempt & { outcome: Outcome; at: number }): Entry {
  const { value } = redactDeep(fields);
  const entry = {
    ...value,
    subject: cut(value.subject, MAX_SUBJECT),
    details: cut(value.details, MAX_DETAILS),
    sequence: previous.sequence + 1,
    previous: previous.hash,
  };
  return { ...entry, hash: hashOf(entry) };
}

/** The one way to write an entry, in the file and in Redis: JSON with its keys in order, without a line break. */
export function lineOf(entry: Entry): string {
  return canonical(entry);
}

/** `undefined`: it is no entry, or not written as {@link lineOf} does. Its hash is not looked at. */
export function readEntry(line: string): Entry | undefined {
  try {
    const entry = Entry.parse(JSON.parse(line));
    return lineOf(entry) === line ? entry : undefined;
  } catch {
    return undefined;
  }
}

export interface Break {
  /** Of the line, from 0. */
  index: number;
  what: 'changed' | 'missing' | 'reordered' | 'inserted';
  /** A sentence without a full stop. Only numbers of the entries are in it. */
  words: string;
}

/**
 * The first place where lines are not the chain that was written, or `undefined`. A chain begins with the first entry,
 * or behind `after` where that is given. That its end was cut off, only another copy tells.
 */
export function verifyChain(lines: readonly string[], after: Head = BEGINNING): Break | undefined {
  let last = after;
  for (const [index, line] of lines.entries()) {
    const entry = readEntry(line);
    if (entry === undefined) return { index, what: 'changed', words: `entry ${last.sequence + 1} can’t be read` };
    const broken = breakOf(entry, last, () => lines.slice(index + 1));
    if (broken !== undefined) return { index, ...broken };
    last = entry;
  }
  return undefined;
}

function breakOf(entry: Entry, last: Head, later: () => readonly string[]): Omit<Break, 'index'> | undefined {
  const { sequence, previous } = entry;
  const next = last.sequence + 1;
  if (entry.hash !== hashOf(entry))
    return { what: 'changed', words: `entry ${sequence} was changed: its hash is not the one of its words` };
  if (sequence > next) {
    if (later().some((line) => readEntry(line)?.sequence === next))
      return { what: 'reordered', words: `entry ${sequence} stands where entry ${next} belongs` };
    const gone = sequence - 1 === next ? `entry ${next} is` : `entries ${next} to ${sequence - 1} are`;
    return { what: 'missing', words: `${gone} missing` };
  }
  if (sequence < next)
    return { what: 'inserted', words: `an entry ${sequence} was inserted behind entry ${last.sequence}` };
  if (previous !== last.hash)
    return {
      what: 'changed',
      words: `entry ${sequence} is not chained to the one before it: one of the two was written anew`,
    };
  return undefined;
}

/** Is an entry about a project, a group with all that is below it, or an instance? GitLab's paths come in any case. */
export function isAbout(entry: Entry, { instance, subject }: Place): boolean {
  if (entry.instance !== instance) return false;
  if (subject === undefined) return true;
  const [own, asked] = [entry.subject.toLowerCase(), subject.toLowerCase()];
  return own === asked || own.startsWith(`${asked}/`);
}

/** What somebody may read of the trail. Without a subject: all of the instance. */
export interface Place {
  instance: string;
  subject?: string;
}

function hashOf({ hash: _, ...rest }: Record<string, unknown>): string {
  return createHash('sha256').update(canonical(rest)).digest('hex');
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** By characters: half of one would be no text. */
function cut(text: string, most: number): string {
  return text.length <= most ? text : `${[...text].slice(0, most - 1).join('')}…`;
}
