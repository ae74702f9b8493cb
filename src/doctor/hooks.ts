import type { Owner, Webhook } from '../gitlab/schema.js';
import { type Finding, fault, pass, REPAIR, skipped } from './finding.js';

/** The webhooks that should tell Registrar of failed jobs. Pure. */
export interface HooksSeen {
  /** Those that point at Registrar. */
  ours: readonly { owner: Owner; hook: Webhook }[];
  /** Projects and groups of `hook.channels`. */
  channels: readonly string[];
  /** Paths of projects and groups whose webhooks Registrar may not see, or that are not there. */
  unseen: readonly string[];
  /** Projects that there was no time for. */
  left: number;
}

/** Does a webhook lead to Registrar's route of that instance? The host is GitLab's view, and may be any. */
export function pointsAt(url: string, instance: string): boolean {
  return URL.canParse(url) && new URL(url).pathname.endsWith(`/hooks/gitlab/${instance}`);
}

/** Without what may be secret in it: user, password, query. */
export function addressOf(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

export function judgeHooks(
  { name, gitlab }: { name: string; gitlab: { url: string } },
  { ours, channels, unseen, left }: HooksSeen,
): Finding[] {
  const part = `${name}: webhooks`;
  const found = ours.flatMap((one) => judgeHook(part, name, gitlab.url, one));
  for (const path of channels) {
    if (ours.some(({ owner }) => covers(owner.path, path) || covers(path, owner.path))) continue;
    if (unseen.some((one) => covers(one, path) || covers(path, one))) continue;
    found.push(
      fault('warn', part, {
        what: `no webhook of ${path} points at Registrar`,
        why: 'its failed jobs are never told, though a channel is configured for them',
        fix: `add one at ${pageOf(gitlab.url, path)} with the URL …/hooks/gitlab/${name} and Job events: docs/gitlab.md`,
      }),
    );
  }
  if (found.length === 0 && ours.length > 0)
    found.push(pass(part, `${ours.length} point${ours.length === 1 ? 's' : ''} at Registrar, and GitLab calls each`));
  if (unseen.length > 0) {
    const which =
      unseen.length > 5 ? `${unseen.slice(0, 5).join(', ')} and ${unseen.length - 5} more` : unseen.join(', ');
    found.push(skipped(part, `not seen of ${which}: it takes Maintainer of a project, Owner of a group`));
  }
  if (left > 0) found.push(skipped(part, `${left} more projects were not looked at`));
  return found;
}

function judgeHook(
  part: string,
  instance: string,
  gitlabUrl: string,
  { owner, hook }: HooksSeen['ours'][number],
): Finding[] {
  const found: Finding[] = [];
  if (hook.alert_status !== 'executable') {
    const until = hook.disabled_until == null ? '' : ` until ${hook.disabled_until}`;
    const isForGood = hook.alert_status === 'disabled';
    found.push(
      fault('fail', part, {
        what: `GitLab has switched off the webhook ${hook.id} of ${owner.path}${isForGood ? ' for good' : until}`,
        why: `Registrar did not answer it ${isForGood ? 'forty times' : 'four times or more'} in a row, and no failed job is told; a test that comes through switches it on again`,
        fix: REPAIR,
        repair: { is: 'enable-hook', instance, owner, hook: hook.id, address: addressOf(hook.url) },
      }),
    );
  }
  if (!hook.job_events) {
    found.push(
      fault('warn', part, {
        what: `the webhook ${hook.id} of ${owner.path} is not told of jobs`,
        why: 'Job events is not ticked',
        fix: `tick it at ${gitlabUrl}/${owner.kind === 'group' ? 'groups/' : ''}${owner.path}/-/hooks/${hook.id}/edit`,
      }),
    );
  }
  return found;
}

/** Is one path the other's, or above it? GitLab's paths come in any case. */
export function covers(above: string, path: string): boolean {
  const [one, other] = [above.toLowerCase(), path.toLowerCase()];
  return one === other || other.startsWith(`${one}/`);
}

function pageOf(gitlabUrl: string, path: string): string {
  return path.includes('/') ? `${gitlabUrl}/${path}/-/hooks` : `${gitlabUrl}/groups/${path}/-/hooks`;
}
