import { z } from 'zod';

const PART = '[A-Za-z0-9_.][A-Za-z0-9_.-]*';

/**
 * A project as a person names it: its full path GROUP[/SUBGROUP…]/PROJECT, or its name alone, which is then looked
 * for. What comes from chat is checked by it before it gets near a URL.
 *
 * Source: GitLab's path rules: letters, digits, `_`, `-`, `.`; no part begins with `-` or ends in `.git` or `.atom`.
 */
export const ProjectPath = z
  .string()
  .max(1024)
  .regex(new RegExp(`^${PART}(?:/${PART})*$`), 'not a GitLab path: it takes GROUP/PROJECT')
  .refine(
    (path) => !path.split('/').some((part) => part === '.' || part === '..' || /\.(?:git|atom)$/.test(part)),
    'not a GitLab path',
  );

export type ProjectPath = z.infer<typeof ProjectPath>;
