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

/**
 * The projects that GitLab takes an image's path for, in its order: the whole path, else one or two parts less. Pure.
 *
 * Source: /jwt/auth; a path of one part, or of twenty and more, belongs to none.
 */
export function projectPathsOf(imagePath: string): string[] {
  const parts = imagePath.split('/');
  if (parts.length < 2 || parts.length >= 20) return [];
  return [0, 1, 2]
    .map((less) => parts.slice(0, parts.length - less))
    .filter(({ length }) => length >= 2)
    .map((kept) => kept.join('/'))
    .filter((path) => ProjectPath.safeParse(path).success);
}
