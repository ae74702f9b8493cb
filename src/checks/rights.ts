import { type Check, pass, warn } from './check.js';

/**
 * Does GitLab grant what is asked for? Asked for push and pull in a repository that is there. Source: the token
 * endpoint leaves out silently what is not allowed.
 */
export const rights = {
  id: 'rights',
  asks: 'Does GitLab grant push and pull?',
  link: 'token realm',
  needs: ['granted'],
  judge({ granted: { repository, actions } }) {
    const lacking = ['pull', 'push'].filter((action) => !actions.includes(action));
    if (lacking.length === 0) return pass(`${actions.join(', ')} in ${repository}`);
    return warn(
      `GitLab granted ${actions.length === 0 ? 'nothing' : actions.join(', ')} in ${repository}: ${lacking.join(' and ')} is missing`,
      `give Registrar's user the role Developer in the canary project, and see that its container registry is enabled`,
    );
  },
  examples: [
    { given: {}, is: 'pass', under: 'pull, push, delete in ops/canary' },
    { given: { granted: { repository: 'ops/canary', actions: ['pull'] } }, is: 'warn', under: 'push is missing' },
    { given: { granted: { repository: 'ops/canary', actions: [] } }, is: 'warn', under: 'granted nothing' },
  ],
} as const satisfies Check<'granted'>;
