import { readdirSync, readFileSync } from 'node:fs';
import { z } from 'zod';

/** A log whose cause a person knows. */
const Labelled = z.object({
  id: z.string(),
  /** Causes that are right as the first, the best one first. */
  want: z.array(z.string()).min(1),
  /** Causes that the text can't exclude. */
  alt: z.array(z.string()).default([]),
  log: z.string(),
});
export type Labelled = z.infer<typeof Labelled>;

const LabelledSet = z.object({
  /** Who or what made the logs, and how. */
  provenance: z.string(),
  /** Kept out of the rules' examples and of their tuning: the score that counts. */
  heldOut: z.boolean(),
  logs: z.array(Labelled),
});
export type LabelledSet = z.infer<typeof LabelledSet> & { name: string };

/** The repository's own, from its root. */
const FOLDER = 'test/diagnosis/logs';

/** The sets in the files named; without any, the repository's own. */
export function readSets(paths: readonly string[] = []): LabelledSet[] {
  const own = () => readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
  const files = paths.length > 0 ? paths : own().map((name) => `${FOLDER}/${name}`);
  return files.map((path) => ({
    name: path.replace(/^.*\/|\.json$/g, ''),
    ...LabelledSet.parse(JSON.parse(readFileSync(path, 'utf8'))),
  }));
}
