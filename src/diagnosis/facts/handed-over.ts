import type { Facts } from '../facts.js';
import type { Event } from '../reading/reader.js';
import { landmark, type Story } from '../story.js';

/** Commands that hand credentials over without a login: a configuration that is written, a flag, a plug-in's property. */
const HANDS_OVER =
  /--(?:dest-|src-)?creds[ =]|--authfile|(?:\.docker|containers)\/(?:config|auth)\.json|DOCKER_AUTH_CONFIG|\bDOCKER_CONFIG=|\\?"auths\\?"|\.dockerconfigjson|jib\.(?:to|from)\.auth|docker-credential-|credHelpers|--docker-(?:username|password)|withRegistryAuth/;

const known = new WeakMap<Story, readonly { line: number; text: string }[]>();

/** The lines before `event` that hand credentials over, or with which a client tells that it was given some. */
export function handedOver(story: Story, event: Event): string[] {
  let all = known.get(story);
  if (all === undefined) {
    all = gather(story);
    known.set(story, all);
  }
  return all.filter(({ line }) => line <= event.line).map(({ text }) => text);
}

function gather({ steps }: Story): { line: number; text: string }[] {
  return steps.flatMap(({ command, marks }) => [
    ...(command !== undefined && HANDS_OVER.test(command.text) ? [command] : []),
    ...marks.filter((one) => landmark(one, 'handed-over') !== undefined),
  ]);
}

/** Ways of handing credentials over that are no `login`. */
const OTHERWISE =
  /--(?:dest-|src-)?creds[ =]|--authfile|--username[ =]|config\.json|DOCKER_AUTH_CONFIG|DOCKER_CONFIG|"auths"|\.dockerconfigjson|withRegistry|login-action|Authenticating with credentials from/i;

/** Does the log show that credentials were handed over in some way? Pure. */
export function wasHandedOver({ logins, command, near, handedOver: lines = [] }: Facts): boolean {
  return logins.length > 0 || lines.length > 0 || [command?.text ?? '', ...near].some((line) => OTHERWISE.test(line));
}
