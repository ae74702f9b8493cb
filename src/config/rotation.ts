import { z } from 'zod';
import { ProjectPath } from '../gitlab/path.js';
import type { SecretReference } from '../secrets/reference.js';
import { ALWAYS, channel, HttpUrl, oneChannel, Secret } from './fields.js';

const Ca = z.string().min(1).optional().describe('path of a PEM file with the authority that signed its certificate');

const Kubernetes = z.strictObject({
  server: HttpUrl.refine((url) => url.startsWith('https://'), 'https://…: a token is sent there').describe(
    'the cluster’s API, as kubectl config view shows it',
  ),
  ca: Ca,
  token: Secret.describe('a token that may get and update the secret: env:NAME or file:PATH'),
  namespace: z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, 'the name of a namespace, such as shop'),
  secret: z
    .string()
    .max(253)
    .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, 'the name of a secret, such as regcred')
    .describe('a secret of type kubernetes.io/dockerconfigjson'),
});
export type KubernetesConsumer = z.infer<typeof Kubernetes>;

const VariableKey = z
  .string()
  .regex(/^\w{1,255}$/, 'the key of a variable: letters, digits and _')
  .optional();

const OtherGitLab = z
  .strictObject({
    url: HttpUrl.describe('external_url of the other GitLab'),
    token: Secret.describe('an access token of it, with scope api: env:NAME or file:PATH'),
    ca: Ca,
    project: ProjectPath.optional().describe('the project that has the variables …'),
    group: ProjectPath.optional().describe('… or the group'),
    username: VariableKey.describe('key of the variable with the username'),
    password: VariableKey.describe('key of the variable with the token'),
    dockerConfig: VariableKey.describe('key of the variable with a docker config.json'),
    scope: z.string().min(1).default('*').describe('the variables’ environment scope'),
  })
  .superRefine(({ project, group, username, password, dockerConfig }, context) => {
    const fault = (message: string) => context.issues.push({ code: 'custom', message, input: undefined });
    if ((project === undefined) === (group === undefined)) fault('exactly one of project and group');
    if (username === undefined && password === undefined && dockerConfig === undefined)
      fault('at least one of username, password and dockerConfig');
  }, ALWAYS);
export type GitLabConsumer = z.infer<typeof OtherGitLab>;

const Argv = z
  .array(z.string().regex(/^[^\0]*$/, 'a text without a null byte'))
  .min(1, 'the program, and what it is given')
  .refine(([program]) => program !== '', 'the program has a name');

const Command = z.strictObject({
  run: Argv.describe('a program and its arguments, run without a shell: it gets the token as JSON on standard input'),
  check: Argv.optional().describe('gets the same, and exits with 0 when that token is in use, with 1 when it is not'),
});
export type CommandConsumer = z.infer<typeof Command>;

const KINDS = ['kubernetes', 'gitlab', 'command'] as const;

/** Who holds a deploy token outside this GitLab's variables. */
const Outside = z
  .strictObject({
    path: ProjectPath.describe('the project, or the group, that has the deploy token'),
    token: z.string().min(1).optional().describe('the token’s name; left out: every registry token there'),
    kubernetes: Kubernetes.optional().describe('a pull secret'),
    gitlab: OtherGitLab.optional().describe('variables on another GitLab'),
    command: Command.optional().describe('whatever a program can reach'),
  })
  .refine((one) => KINDS.filter((kind) => one[kind] !== undefined).length === 1, {
    message: `exactly one of ${KINDS.join(', ')}`,
    ...ALWAYS,
  });
export type Outside = z.infer<typeof Outside>;

/** Tokens that are replaced by their age alone. That it stands here is the approval: nobody is asked. */
const Policy = z
  .strictObject({
    path: ProjectPath.describe('a project, or a group for all that is below it'),
    name: z
      .string()
      .min(1)
      .max(255)
      .optional()
      .describe('how the tokens’ names begin; left out: every registry token there'),
    everyDays: z.int().min(1).max(365).describe('so old they are replaced'),
    notifyDays: z.int().min(0).default(7).describe('so long before it is announced; fewer than everyDays'),
    ...channel,
  })
  .superRefine(oneChannel, ALWAYS)
  .refine(({ everyDays, notifyDays }) => !(notifyDays >= everyDays), {
    path: ['notifyDays'],
    message: 'fewer days than everyDays (7 where nothing is said)',
    ...ALWAYS,
  });
export type Policy = z.infer<typeof Policy>;

/** How an instance's tokens are replaced. */
export const Rotation = z.strictObject({
  quietHours: z
    .number()
    .min(0)
    .max(720)
    .default(24)
    .describe('the old token is revoked when nobody used it for so long; 0: as soon as the new one is everywhere'),
  people: z
    .array(z.string().min(1))
    .min(2, 'one asks and another approves: at least two people')
    .optional()
    .describe('GitLab usernames of those who may rotate many tokens at once, and approve what another of them asked'),
  push: z
    .boolean()
    .default(false)
    .describe('prove a new token also by a tiny image, pushed to PROJECT/registrar-canary and pulled'),
  variables: z
    .array(
      z.strictObject({
        path: ProjectPath.describe('the project or group that owns the token'),
        token: z.string().min(1).optional().describe('its name; left out: every registry token there'),
        keys: z.array(z.string().min(1)).min(1).describe('CI/CD variables that hold its secret'),
      }),
    )
    .default([])
    .describe('variables that hold a token and that no convention finds (X_USER beside X_PASSWORD is found)'),
  outside: z.array(Outside).default([]).describe('who else holds a token: docs/rotation.md'),
  policies: z
    .array(Policy)
    .refine((all) => new Set(all.map(({ path, name }) => `${path.toLowerCase()} ${name}`)).size === all.length, {
      message: 'two policies for the same path and name: one of them is enough',
    })
    .default([])
    .describe('tokens that are replaced when they are old, without anybody’s asking: docs/rotation.md'),
});
export type Rotation = z.infer<typeof Rotation>;

/** The same with paths made absolute; a program without a slash is looked for where programs are. */
export function absoluteOutside(
  { kubernetes, gitlab, command, ...rest }: Outside,
  absolute: (path: string) => string,
  secret: (reference: SecretReference) => SecretReference,
): Outside {
  const place = <T extends { token: SecretReference; ca?: string | undefined }>(one: T): T => ({
    ...one,
    token: secret(one.token),
    ...(one.ca === undefined ? {} : { ca: absolute(one.ca) }),
  });
  const argv = ([program = '', ...args]: string[]) => [program.includes('/') ? absolute(program) : program, ...args];
  return {
    ...rest,
    ...(kubernetes === undefined ? {} : { kubernetes: place(kubernetes) }),
    ...(gitlab === undefined ? {} : { gitlab: place(gitlab) }),
    ...(command === undefined
      ? {}
      : {
          command: {
            run: argv(command.run),
            ...(command.check === undefined ? {} : { check: argv(command.check) }),
          },
        }),
  };
}
