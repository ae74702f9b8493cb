import type { FastifyRequest } from 'fastify';
import { maintainer, owner } from './access.js';
import {
  badParameters,
  flag,
  noRoute,
  notFound,
  numericParameter,
  paginate,
  parameters,
  pathParameter,
  Refusal,
  text,
} from './answers.js';
import { type Context, requireLevel, signIn, visibleGroup, visibleProject } from './context.js';
import type { Holder, User } from './model.js';
import type { Webhook, Webhooks } from './webhooks.js';

/** Of a project and a user so many tests may be made a minute. */
const testsPerMinute = 5;

const triggers = [
  ...['push_events', 'tag_push_events', 'issues_events', 'confidential_issues_events', 'note_events'],
  ...['merge_requests_events', 'job_events', 'pipeline_events', 'wiki_page_events', 'releases_events'],
  ...['emoji_events', 'resource_access_token_events', 'resource_deploy_token_events'],
];

/** Source: lib/api/project_hooks.rb, lib/api/entities/hook.rb, lib/api/hooks/trigger_test.rb. */
export function registerWebhookRoutes(context: Context, webhooks: Webhooks): void {
  const { app, world, settings } = context;
  const tests = new Map<string, number[]>();

  for (const [kind, find, level] of [
    ['projects', visibleProject, maintainer],
    ['groups', visibleGroup, owner],
  ] as const) {
    const path = `/api/v4/${kind}/:id/hooks`;
    const enter = (request: FastifyRequest): { holder: Holder; user: User } => {
      // Webhooks of groups are Premium's.
      if (kind === 'groups' && !settings.enterprise) throw noRoute();
      const { user } = signIn(context, request);
      const holder = find(context, request, user);
      requireLevel(context, holder, user, level);
      if (kind === 'groups' && !settings.premium) throw notFound();
      return { holder, user };
    };
    const findHook = (request: FastifyRequest, holder: Holder): Webhook => {
      const id = numericParameter(request, 'hook_id');
      const hook = webhooks.all.find((one) => one.holder === holder && one.id === id);
      if (!hook) throw notFound();
      return hook;
    };

    app.get(path, (request, reply) => {
      const { holder } = enter(request);
      const own = webhooks.all.filter((one) => one.holder === holder);
      return paginate(request, reply, context.baseUrl(), own).map((one) => entity(one, webhooks));
    });
    app.get(`${path}/:hook_id`, (request) => entity(findHook(request, enter(request).holder), webhooks));

    // An update leaves the failures as they are: it switches nothing on again.
    app.put(`${path}/:hook_id`, (request) => {
      const hook = findHook(request, enter(request).holder);
      const given = parameters(request);
      hook.url = text(given, 'url') ?? hook.url;
      hook.token = text(given, 'token') ?? hook.token;
      hook.jobEvents = flag(given, 'job_events') ?? hook.jobEvents;
      return entity(hook, webhooks);
    });

    app.post(`${path}/:hook_id/test/:trigger`, async (request, reply) => {
      const { holder, user } = enter(request);
      const trigger = pathParameter(request, 'trigger');
      if (!triggers.includes(trigger)) throw badParameters('trigger does not have a valid value');
      const hook = findHook(request, holder);
      mustBeSeldom(`${holder.kind} ${holder.id} ${user.id}`);
      const { status, message } = await webhooks.execute(hook, ...sample(trigger, holder));
      if (status === undefined || status < 200 || status >= 300) throw new Refusal(422, { message });
      return reply.code(201).send({ message: '201 Created' });
    });
  }

  function mustBeSeldom(who: string): void {
    const now = world.clock();
    const recent = (tests.get(who) ?? []).filter((at) => at > now - 60_000);
    if (recent.length >= testsPerMinute) {
      const error = 'This endpoint has been requested too many times. Try again later.';
      throw new Refusal(429, { message: { error } });
    }
    tests.set(who, [...recent, now]);
  }

  /** Of jobs the first of the project, whatever became of it. */
  function sample(trigger: string, holder: Holder): [event: string, body: object] {
    const project = holder.kind === 'project' ? holder : world.projects.find((one) => one.group === holder);
    const of = { id: project?.id, path_with_namespace: project?.fullPath };
    if (trigger !== 'job_events')
      return ['Push Hook', { object_kind: 'push', event_name: 'push', ref: 'refs/heads/main', project: of }];
    const job = world.jobs.find((one) => one.project === project);
    if (!job) throw new Refusal(422, { message: 'Ensure the project has CI jobs.' });
    const { id: build_id, name: build_name, status: build_status } = job;
    return ['Job Hook', { object_kind: 'build', build_id, build_name, build_status, project: of }];
  }
}

function entity(hook: Webhook, webhooks: Webhooks): object {
  const { id, url, createdAt, disabledUntil, jobEvents, holder } = hook;
  return {
    id,
    url,
    name: null,
    description: null,
    created_at: new Date(createdAt).toISOString(),
    push_events: false,
    tag_push_events: false,
    merge_requests_events: false,
    repository_update_events: false,
    enable_ssl_verification: true,
    alert_status: webhooks.statusOf(hook),
    disabled_until: disabledUntil === undefined ? null : new Date(disabledUntil).toISOString(),
    url_variables: [],
    push_events_branch_filter: null,
    branch_filter_strategy: 'wildcard',
    custom_webhook_template: null,
    custom_headers: [],
    ...(holder.kind === 'project' ? { project_id: holder.id } : { group_id: holder.id }),
    issues_events: false,
    note_events: false,
    pipeline_events: false,
    job_events: jobEvents,
  };
}
