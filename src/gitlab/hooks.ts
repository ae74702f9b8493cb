import { GroupHooks, Jobs, ProjectHooks } from '@gitbeaker/rest';
import { EdgeError } from '../errors.js';
import { absent, type Parse, refused } from './answers.js';
import { EndedJob, type Owner, Webhook } from './schema.js';

/**
 * Webhooks, and what they should have told.
 *
 * Source: https://docs.gitlab.com/api/project_webhooks/, https://docs.gitlab.com/api/group_webhooks/,
 * lib/api/hooks/trigger_test.rb, app/models/concerns/web_hooks/auto_disabling.rb: four failures switch a hook off for a
 * while, forty for good; a test that comes through switches it on again, and an update does not.
 */
export interface Hooks {
  /** `undefined` when the bot may not see them (project: Maintainer, group: Owner). Groups have some with Premium only. */
  hooks(owner: Owner): Promise<Webhook[] | undefined>;
  /**
   * Has GitLab send a push to it as a test, also to one that is off; told is why it did not come through, in GitLab's
   * words. GitLab allows five a minute. A push means nothing to Registrar: a job might be an old one that failed.
   */
  testHook(owner: Owner, id: number): Promise<{ is: 'delivered' } | { is: 'refused'; why: string }>;
  /** The newest 100 that failed, tried again or not. */
  failedJobs(projectId: number): Promise<EndedJob[]>;
}

type Options = ConstructorParameters<typeof ProjectHooks>[0];

export function openHooks(options: Options, parse: Parse): Hooks {
  const of = { project: new ProjectHooks(options), group: new GroupHooks(options) };
  /** Its requester takes a whole path; that of the hooks has a prefix. */
  const jobs = new Jobs(options);
  return {
    hooks: ({ kind, id }) =>
      refused(async () => {
        const found = await absent<unknown[]>(() => of[kind].all(id, { perPage: 100, maxPages: 1 } as object));
        return (found ?? []).map((one) => parse(Webhook, one));
      }),
    testHook: async ({ kind, id }, hook) => {
      try {
        await jobs.requester.post(`${kind}s/${id}/hooks/${hook}/test/push_events`);
        return { is: 'delivered' };
      } catch (error) {
        if (!(error instanceof EdgeError) || error.status !== 422) throw error;
        return { is: 'refused', why: error.forPerson.why ?? '' };
      }
    },
    failedJobs: async (projectId) => {
      const wanted = { scope: 'failed', includeRetried: true, perPage: 100, maxPages: 1 } as object;
      return (await jobs.all(projectId, wanted)).map((one) => parse(EndedJob, one));
    },
  };
}
