import { z } from 'zod';

/** A short name for a project or a group, as a channel uses it. */
export const AliasName = z
  .string()
  .toLowerCase()
  .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'an alias has letters, digits and dashes, 40 at most');

/** Fields of a job that hold the path of a project or a group, as somebody typed it. */
const FIELDS = ['project', 'path', 'subject'] as const;

/** The word of a job that an alias may stand for; `undefined`: none, for a whole path is none. Pure. */
export function aliasIn(data: object): { field: (typeof FIELDS)[number]; name: string } | undefined {
  for (const field of FIELDS) {
    const name = AliasName.safeParse((data as Record<string, unknown>)[field]);
    if (name.success) return { field, name: name.data };
  }
  return undefined;
}
