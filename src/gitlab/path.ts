import { z } from 'zod';

/**
 * The full path of a project: GROUP[/SUBGROUP…]/PROJECT. What comes from chat is checked by it before it gets near
 * a URL.
 *
 * Source: GitLab's path rules: letters, digits, `_`, `-`, `.`; no part begins with `-` or ends in `.git` or `.atom`.
 */
export const ProjectPath = z
  .string()
  .max(1024)
  .regex(
    /^[A-Za-z0-9_.][A-Za-z0-9_.-]*(?:\/[A-Za-z0-9_.][A-Za-z0-9_.-]*)+$/,
    'not a GitLab path: it takes GROUP/PROJECT',
  )
  .refine(
    (path) => !path.split('/').some((part) => part === '.' || part === '..' || /\.(?:git|atom)$/.test(part)),
    'not a GitLab path',
  );

export type ProjectPath = z.infer<typeof ProjectPath>;
