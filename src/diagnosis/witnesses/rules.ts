import { roleName } from '../../gitlab/schema.js';
import { type Denied, deniedIn } from '../denied.js';
import type { RulesFinding } from '../findings.js';
import { isSuspected, type Testimony, type Witness } from '../testimony.js';

type Rule = RulesFinding['matching'][number];

/** Protection rules, against the words of the refusal: GitLab refuses for a repository, the registry for a tag. */
export const rules: Witness<RulesFinding> = ({ project, matching, unseen, who }, diagnosis) => {
  const denied = deniedIn(diagnosis);
  const failure = diagnosis.facts?.failure ?? '';
  const cause = 'protected-by-rule';
  const suspected = isSuspected(diagnosis, cause);
  const level = who?.is === 'user' ? who.level : undefined;
  const strictest = (of: Rule['of']) => matching.filter((rule) => rule.of === of).sort((a, b) => b.level - a.level)[0];

  const said = (['repository', 'tag'] as const).flatMap((of): Testimony[] => {
    const rule = strictest(of);
    if (rule === undefined) return [];
    const named = `the rule “${rule.pattern}” for ${of === 'tag' ? 'tags' : 'repositories'} of ${project} asks for ${rule.minimum}`;
    if (who?.is === 'deploy-token')
      return suspected ? [{ cause, says: 'remarks', why: `${named}, but does not count for a deploy token` }] : [];
    const below = level === undefined ? undefined : level < rule.level;
    const why = who?.is === 'user' ? `${named}, and ${who.username} is ${standing(who.level)}` : named;
    const told = isTold(of, failure);
    if (below !== false && told) return [{ cause, says: 'confirms', why }];
    const fits = told || explains(of, denied, suspected);
    if (!fits) return [];
    if (below === true) return [{ cause, says: 'confirms', why }];
    return suspected ? [{ cause, says: below === false ? 'remarks' : 'supports', why }] : [];
  });
  if (said.length > 0 || !suspected) return said;
  const of = isTold('tag', failure) ? 'tag' : 'repository';
  if (!isTold(of, failure) || unseen.includes(of)) return [];
  return [{ cause, says: 'remarks', why: `no rule of ${project} keeps this ${of} from being pushed, now` }];
};

function standing(level: number): string {
  return level === 0 ? 'no member' : roleName(level);
}

/** Source: GitLab's /jwt/auth, and the registry's detail of a refused manifest. */
function isTold(of: Rule['of'], failure: string): boolean {
  return of === 'repository'
    ? /Pushing to protected repository path forbidden/i.test(failure)
    : /\btag:? ["'`\\]{0,4}[\w.-]{1,128}["'`\\]{0,4} is protected/i.test(failure);
}

/** Clients that keep GitLab's reason to themselves show a bare 403; a tag is refused after the layers, in general words. */
function explains(of: Rule['of'], { unexplained, silently }: Denied, suspected: boolean): boolean {
  return of === 'repository' ? unexplained : suspected && (silently || unexplained);
}
