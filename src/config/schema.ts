import { z } from 'zod';
import { Language } from '../chat/languages/language.js';
import { ProjectPath } from '../gitlab/path.js';
import { ALWAYS, ChannelId, channel, HttpUrl, oneChannel, Secret } from './fields.js';
import { Mattermost } from './mattermost.js';
import { QuietHours } from './quiet-hours.js';
import { Rotation } from './rotation.js';
import { requireSignInUrl, SignIn } from './sign-in.js';

/** The one configuration file, registrar.yaml. Each description is what an editor shows, and what an error advises. */

const Name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'lower-case letters, digits and dashes, such as main');

/** Where to log in by SSH, and how the other side is known. */
const endpoint = {
  address: z.string().min(1).describe('name or address, as ssh takes it'),
  port: z.int().min(1).max(65535).default(22),
  user: z.string().min(1).describe('the account that Registrar logs in as'),
  key: Secret.optional().describe('the private key: env:NAME or file:PATH'),
  passphrase: Secret.optional().describe('opens an encrypted key: env:NAME or file:PATH'),
  agent: z
    .union([z.literal(true), z.string().min(1)], 'true for the ssh-agent of $SSH_AUTH_SOCK, or the path of its socket')
    .optional()
    .describe('instead of key: true for the ssh-agent of $SSH_AUTH_SOCK, or the path of its socket'),
  hostKey: z
    .string()
    .regex(/^SHA256:[A-Za-z0-9+/]{43}=?$/, 'a fingerprint as ssh-keygen -lf prints it: SHA256:…')
    .optional()
    .describe('the pinned host key: ssh-keyscan HOST | ssh-keygen -lf -'),
  knownHosts: z.string().min(1).optional().describe('path of a known_hosts file, instead of hostKey'),
};
const Endpoint = z.strictObject(endpoint);
export type Endpoint = z.infer<typeof Endpoint>;

function mustBeSure({ key, passphrase, agent, hostKey, knownHosts }: Endpoint, context: z.core.$RefinementCtx): void {
  const fault = (message: string) => context.issues.push({ code: 'custom', message, input: undefined });
  if ((hostKey === undefined) === (knownHosts === undefined))
    fault('exactly one of hostKey and knownHosts: an unknown host key is never trusted');
  if ((key === undefined) === (agent === undefined)) fault('exactly one of key and agent');
  else if (key === undefined && passphrase !== undefined) fault('passphrase opens a key: the agent needs none');
}

/** What runs on a host of an instance that has several. */
const ROLES = ['registry', 'web', 'sidekiq', 'gitaly', 'postgresql', 'redis'] as const;

const Host = z
  .strictObject({
    ...endpoint,
    sudo: z.boolean().default(false).describe('read GitLab’s files through sudo -n'),
    jump: Endpoint.superRefine(mustBeSure, ALWAYS).optional().describe('the host to go through, as ssh -J does'),
    roles: z
      .array(z.enum(ROLES))
      .min(1)
      .optional()
      .describe(`what runs on it, of ${ROLES.join(', ')}; left out: everything`),
  })
  .superRefine(mustBeSure, ALWAYS);

/** Where GitLab's webhooks come in, and where a project's failures are told. */
const Hook = z
  .strictObject({
    secret: Secret.optional().describe('the webhook’s secret token: env:NAME or file:PATH'),
    signingKey: Secret.optional().describe('its signing key, whsec_…, where GitLab signs: env:NAME or file:PATH'),
    channels: z
      .array(
        z
          .strictObject({
            project: ProjectPath.describe('a project, or a group for all that is below it; the longest one counts'),
            ...channel,
          })
          .superRefine(oneChannel, ALWAYS),
      )
      .default([]),
  })
  .refine(({ secret, signingKey }) => secret !== undefined || signingKey !== undefined, {
    message: 'secret or signingKey: an unsigned webhook is never believed',
    ...ALWAYS,
  });

/** What Registrar may change on the hosts. Left out, it only ever looks. */
const Operations = z.strictObject({
  allow: z
    .array(z.enum(['restart', 'reconfigure']))
    .min(1)
    .describe('restart: gitlab-ctl restart registry; reconfigure: gitlab-ctl reconfigure'),
  people: z
    .array(z.string().min(1))
    .min(2, 'one asks and another confirms: at least two people')
    .describe('GitLab usernames of those who may ask, and confirm what another of them asked'),
});

/** Looked at again and again; what breaks is told. */
const Watch = z
  .strictObject({
    ...channel,
    minutes: z.int().min(1).max(60).default(5).describe('between two looks'),
  })
  .superRefine(oneChannel, ALWAYS);

/** What proves that images can be pushed and pulled. */
const Canary = z.strictObject({
  project: ProjectPath.describe('a project in which Registrar’s own token may push (Developer)'),
  push: z
    .boolean()
    .default(false)
    .describe('push a tiny image to PROJECT/registrar-canary at each look, pull it, and delete it'),
});

const Instance = z.strictObject({
  name: Name,
  gitlab: z.strictObject({
    url: HttpUrl.describe('external_url of gitlab.rb'),
    token: Secret.describe('an access token with scope api: env:NAME or file:PATH'),
    signIn: SignIn.optional().describe('left out: only access.people tells who is who'),
  }),
  registry: z.strictObject({ url: HttpUrl.describe('registry_external_url of gitlab.rb') }),
  ca: z
    .string()
    .min(1)
    .optional()
    .describe('path of a PEM file with the authority that signed GitLab’s and the registry’s certificates'),
  hosts: z
    .array(Host)
    .default([])
    .refine(
      (hosts) => hosts.length === 0 || registryHost(hosts) !== undefined,
      'none of the hosts has the role registry',
    ),
  hook: Hook.optional().describe('jobs that fail at the registry are diagnosed by themselves'),
  canary: Canary.optional().describe('left out: an upload is opened and cancelled in some repository that is there'),
  watch: Watch.optional().describe('left out: it is looked at only when somebody asks'),
  rotation: Rotation.prefault({}).describe('how deploy tokens are replaced'),
  operations: Operations.optional().describe('left out: nothing is ever changed on a host'),
});

/** One failure in many projects is told once, to those who run GitLab. */
const Incidents = z
  .strictObject({
    ...channel,
    projects: z.int().min(2).default(3).describe('so many projects with the same failure are an incident'),
    minutes: z.int().min(1).max(1440).default(30).describe('… when they show it within this time'),
  })
  .superRefine(oneChannel, ALWAYS);

/** The team's own words, shown under a diagnosis. */
const Note = z
  .strictObject({
    file: z.string().min(1).describe('path of a Markdown file, relative to this file'),
    cause: z.string().min(1).optional().describe('id of a cause; left out: every cause'),
    project: ProjectPath.optional().describe('a project, or a group for all that is below it; left out: every one'),
  })
  .refine(({ cause, project }) => cause !== undefined || project !== undefined, {
    message: 'cause or project: words for every diagnosis would soon be read by nobody',
    ...ALWAYS,
  });

const Slack = z
  .strictObject({
    mode: z.enum(['socket', 'http']).default('socket'),
    botToken: Secret.describe('xoxb-…'),
    appToken: Secret.optional().describe('xapp-… with connections:write, for mode socket'),
    signingSecret: Secret.optional().describe('for mode http'),
    port: z.int().min(0).max(65535).default(3000).describe('for mode http'),
    apiUrl: HttpUrl.default('https://slack.com/api').describe('https://slack-gov.com/api for GovSlack'),
  })
  .superRefine(({ mode, appToken, signingSecret }, context) => {
    if (mode === 'socket' && appToken === undefined)
      context.addIssue({ code: 'custom', path: ['appToken'], message: 'mode socket needs appToken' });
    if (mode === 'http' && signingSecret === undefined)
      context.addIssue({ code: 'custom', path: ['signingSecret'], message: 'mode http needs signingSecret' });
  }, ALWAYS);

const Person = z.strictObject({
  gitlab: z.string().min(1).describe('the person’s GitLab username'),
  slack: z
    .string()
    .regex(/^[UW][A-Z0-9]{2,}$/, 'a Slack member id, such as U024BE7LH (profile → ⋮ → Copy member ID)')
    .optional(),
  mattermost: z
    .string()
    .regex(/^[a-z0-9]{26}$/, 'a Mattermost user id: 26 letters and digits, as `/registry link` tells it')
    .optional(),
  terminal: z.string().min(1).optional().describe('the operating system’s user name'),
});

const REDIS_URL = 'redis://HOST:PORT, rediss://…, or env:NAME when the URL holds a password';

export const Config = z
  .strictObject({
    instances: z.array(Instance).min(1),
    chat: z
      .strictObject({
        slack: Slack.optional(),
        mattermost: Mattermost.optional(),
        channels: z
          .array(ChannelId)
          .min(1)
          .optional()
          .describe('ids of the channels in which it answers, beside direct messages; left out: in every one'),
        language: Language.default('en').describe('of what nobody asked for; people are answered in their own: en, fr'),
        quietHours: QuietHours.optional().describe(
          'what nobody asked for waits for their end, unless a registry is broken',
        ),
      })
      .prefault({}),
    redis: z
      .strictObject({
        url: z.union([Secret, z.string().regex(/^(?:rediss?:\/\/|unix:\/)[^\s@]+$/, REDIS_URL)]).describe(REDIS_URL),
      })
      .optional()
      .describe('left out: a private redis-server with an append-only file in dataDir'),
    access: z.strictObject({ people: z.array(Person).default([]) }).default({ people: [] }),
    http: z
      .strictObject({
        address: z.string().min(1).default('0.0.0.0'),
        port: z.int().min(0).max(65535).default(8080),
        publicUrl: HttpUrl.optional().describe('where people’s browsers reach it, as through your TLS proxy'),
      })
      .optional()
      .describe('where webhooks, /healthz, /readyz, /metrics and /link are; left out: nothing listens'),
    incidents: Incidents.optional(),
    notes: z.array(Note).default([]),
    dataDir: z.string().min(1).default('./data'),
    sealingKey: Secret.optional().describe('shared by all workers; left out: a key file is made in dataDir'),
    previousSealingKey: Secret.optional().describe('while a new sealingKey takes over: what it sealed is still opened'),
  })
  .superRefine(({ instances, http, chat }, context) => {
    if (http === undefined && chat?.mattermost !== undefined)
      context.addIssue({
        code: 'custom',
        path: ['http'],
        message: 'chat.mattermost needs http: it says where to listen',
      });
    if (!Array.isArray(instances)) return;
    if (http === undefined && instances.some((one) => one?.hook !== undefined))
      context.addIssue({ code: 'custom', path: ['http'], message: 'a hook needs http: it says where to listen' });
    requireSignInUrl(instances, http, context);
    const names = instances.map((one) => one?.name);
    for (const [index, name] of names.entries()) {
      if (typeof name === 'string' && names.indexOf(name) !== index)
        context.addIssue({
          code: 'custom',
          path: ['instances', index, 'name'],
          message: 'another instance has this name',
        });
    }
  }, ALWAYS);

export type Config = z.infer<typeof Config>;
export type Instance = Config['instances'][number];
export type Host = Instance['hosts'][number];

/** The two addresses that an instance is known by. */
export function targetOf({ gitlab, registry }: Instance): { gitlabUrl: string; registryUrl: string } {
  return { gitlabUrl: gitlab.url, registryUrl: registry.url };
}

/** The host whose settings, services and disk are the registry's. */
export function registryHost<H extends { roles?: readonly string[] | undefined }>(hosts: readonly H[]): H | undefined {
  return hosts.find(hasRegistry);
}

export function hasRegistry({ roles }: { roles?: readonly string[] | undefined }): boolean {
  return roles === undefined || roles.includes('registry');
}

export type SlackConfig = NonNullable<Config['chat']['slack']>;

/** What the schema says of a place in the file: its description, and the keys that may stand there. */
export function placeOf(path: readonly PropertyKey[]): { description?: string; keys: string[] } {
  let place: z.core.JSONSchema._JSONSchema | undefined = z.toJSONSchema(Config, { io: 'input' });
  for (const step of path) {
    if (typeof place !== 'object') break;
    const inner: typeof place.items = typeof step === 'number' ? place.items : place.properties?.[String(step)];
    place = Array.isArray(inner) ? undefined : inner;
  }
  if (typeof place !== 'object') return { keys: [] };
  const { description, properties = {} } = place;
  return { keys: Object.keys(properties), ...(description === undefined ? {} : { description }) };
}
