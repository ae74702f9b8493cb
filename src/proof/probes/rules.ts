import type { RulesFinding } from '../../diagnosis/findings.js';
import { refusalOf } from '../../diagnosis/refusal.js';
import { levelOf, matchesRepository, matchesTag } from '../../gitlab/protection.js';
import type { Project } from '../../gitlab/schema.js';
import type { Probe, Scene } from '../probe.js';
import { askedProject, imageOfOurs } from '../subject.js';
import { levelIn } from './rights.js';

type Rule = RulesFinding['matching'][number];

/** Does a protection rule keep this repository or tag for a higher role? */
export const rules: Probe<'rules'> = {
  id: 'rules',
  worthFor: ['protected-by-rule', 'insufficient-rights'],
  async look(scene): Promise<RulesFinding | undefined> {
    const { diagnosis, instance } = scene;
    const image = imageOfOurs(diagnosis, instance);
    if (image === undefined || diagnosis.facts === undefined || refusalOf(diagnosis.facts).action !== 'push')
      return undefined;
    const project = await askedProject(scene);
    const tag = image.tag ?? diagnosis.facts.image?.tag ?? tagIn(diagnosis.facts.failure);
    const [ofRepositories, ofTags, who] = await Promise.all([
      instance.gitlab.repositoryRules(project.id),
      instance.gitlab.tagRules(project.id),
      pusherIn(project, scene),
    ]);
    const matching = [
      ...(ofRepositories ?? [])
        .filter((rule) => matchesRepository(rule.repository_path_pattern, image.path))
        .flatMap((rule) => asking('repository', rule.repository_path_pattern, rule.minimum_access_level_for_push)),
      ...(ofTags ?? [])
        .filter((rule) => tag !== undefined && matchesTag(rule.tag_name_pattern, tag))
        .flatMap((rule) => asking('tag', rule.tag_name_pattern, rule.minimum_access_level_for_push)),
    ];
    const unseen = [
      ...(ofRepositories === undefined ? (['repository'] as const) : []),
      ...(ofTags === undefined ? (['tag'] as const) : []),
    ];
    return { project: project.path_with_namespace, matching, unseen, ...(who === undefined ? {} : { who }) };
  },
};

function asking(of: Rule['of'], pattern: string, minimum: string | null | undefined): Rule[] {
  const level = minimum == null ? undefined : levelOf(minimum);
  return minimum == null || level === undefined ? [] : [{ of, pattern, minimum, level }];
}

/** As the registry names the tag that it refuses. */
function tagIn(failure: string): string | undefined {
  return /\btag:? ["'`\\]{0,4}([\w.-]{1,128})["'`\\]{0,4} is (?:protected|immutable)/.exec(failure)?.[1];
}

/** A job pushes with the level of the user who started it. */
async function pusherIn(project: Project, { who, instance }: Scene): Promise<RulesFinding['who']> {
  // Unknown credentials decide less, and a rule that matches is worth telling all the same.
  const pusher = await who().catch(() => undefined);
  if (pusher?.is === 'deploy-token') return { is: 'deploy-token' };
  const user = pusher?.is === 'job' ? pusher.starter : pusher?.is === 'person' ? pusher.user : undefined;
  if (user === undefined) return undefined;
  return { is: 'user', username: user.username, level: await levelIn(project, user, instance) };
}
