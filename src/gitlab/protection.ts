import { RE2JS } from 're2js';

/** GitLab's own bound of a tag rule's pattern; one that is longer is no rule of GitLab's. */
const TAG_PATTERN = 100;

/** Levels that a rule can ask for. https://docs.gitlab.com/user/packages/container_registry/container_repository_protection_rules/ */
const LEVELS: Readonly<Record<string, number>> = { maintainer: 40, owner: 50, admin: 60 };

/** The level that a rule's word stands for; `undefined` for one that we don't know. Pure. */
export function levelOf(minimum: string): number | undefined {
  return LEVELS[minimum];
}

/**
 * Does a rule for repositories match the path? `*` stands for anything, also for `/`; case does not count.
 * Two fingers instead of a regular expression: at worst pattern × path, never exponential. Pure.
 *
 * Source: Gitlab::SQL::Glob, an ILIKE with % for *.
 */
export function matchesRepository(pattern: string, path: string): boolean {
  const rule = pattern.toLowerCase();
  const text = path.toLowerCase();
  let at = 0;
  let star = -1;
  let resume = 0;
  for (let i = 0; i < text.length; ) {
    if (rule[at] === '*') {
      star = at++;
      resume = i;
    } else if (rule[at] === text[i]) {
      at++;
      i++;
    } else if (star !== -1) {
      at = star + 1;
      i = ++resume;
    } else return false;
  }
  while (rule[at] === '*') at++;
  return at === rule.length;
}

/** Does a rule for tags match? RE2, not anchored, as the registry reads it; what does not compile matches nothing. Pure. */
export function matchesTag(pattern: string, tag: string): boolean {
  if (pattern.length > TAG_PATTERN) return false;
  try {
    return RE2JS.compile(pattern).matcher(tag).find();
  } catch {
    return false;
  }
}
