import { mkdir, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { type GitLabDouble, startGitLab } from './gitlab/double.js';
import { makeSigningPair } from './gitlab/keys.js';
import type { DeployToken, Project, User } from './gitlab/model.js';
import { changeUrl } from './host/change-url.js';
import { faultById, type Undo } from './host/faults/index.js';
import { keepGitLabLogs } from './host/gitlab-logs.js';
import { type Host, startHost } from './host/host.js';
import { type Redis, startRedis } from './host/redis.js';
import { type SlackDouble, startSlack } from './slack/double.js';

const ISSUER = 'omnibus-gitlab-issuer';

export interface LabOptions {
  /** Everything that the lab writes is below it. */
  dir: string;
  scheme?: 'http' | 'https';
  /** A Slack double too, and Registrar's configuration for it. */
  slack?: 'socket' | 'http';
  /** Left out: Registrar starts its embedded Redis. */
  redis?: boolean;
}

/** A GitLab with its registry, and a team that uses it: what tests, demo and bench break on purpose. */
export interface Lab {
  dir: string;
  gitlab: GitLabDouble;
  host: Host;
  slack: SlackDouble | undefined;
  redis: Redis | undefined;
  /** registrar.yaml of this lab. */
  configPath: string;
  people: { ana: User; bob: User };
  /** `shop/api`, whose deploy token stands in REGISTRY_USER and REGISTRY_PASSWORD. */
  project: Project;
  token: DeployToken;
  /** Breaks a part, by the id of test/lab/host/faults; what it gives repairs it. */
  break(fault: string): Promise<Undo>;
  /** Moves the registry to another port: deploy tokens stop matching, and Registrar's configuration follows. */
  changeUrl(to?: { scheme?: 'http' | 'https' }): Promise<string>;
  /** Writes registrar.yaml anew, with other values. */
  configure(changes?: {
    hostKey?: string;
    extra?: string;
    instance?: string;
    rotation?: string;
    signIn?: string;
  }): Promise<void>;
  stop(): Promise<void>;
}

export async function startLab(options: LabOptions): Promise<Lab> {
  const { dir, scheme = 'https' } = options;
  await mkdir(join(dir, 'secrets'), { recursive: true });
  const { keyPem, certificatePem } = await makeSigningPair();
  const gitlab = await startGitLab({ signingKeyPem: keyPem, certificatePem, issuer: ISSUER });
  const started: { stop(): Promise<void> }[] = [gitlab];
  try {
    const [host, slack, redis] = await Promise.all([
      startHost({
        ...{ dir, gitlabUrl: gitlab.url, issuer: ISSUER, registryUrlScheme: scheme },
        ...{ certificatePem, signingKeyPem: keyPem },
      }),
      options.slack === undefined ? undefined : startSlack(),
      options.redis === true ? startRedis(join(dir, 'lab-redis')) : undefined,
    ]);
    for (const one of [host, slack, redis]) if (one !== undefined) started.push(one);
    gitlab.setRegistry(host.registryUrl);
    await keepGitLabLogs(gitlab, host.files.logs);
    const team = populate(gitlab);
    const configPath = join(dir, 'registrar.yaml');
    const slackUser = slack?.addUser({ name: 'ana' });

    const configure: Lab['configure'] = async (changes = {}) => {
      const { hostKey = host.ssh.hostKeyFingerprint, extra = '', instance = '', signIn = '' } = changes;
      // Nobody of the lab waits a day for the end of a rotation, unless a test is about it.
      const { rotation = '{ quietHours: 0 }' } = changes;
      const secrets = {
        'gitlab-token': team.botToken,
        'ssh-key': undefined,
        ...(slack === undefined
          ? {}
          : { 'slack-bot': slack.botToken, 'slack-app': slack.appToken, 'slack-signing': slack.signingSecret }),
      };
      for (const [name, value] of Object.entries(secrets))
        if (value !== undefined) await writeFile(join(dir, 'secrets', name), value, { mode: 0o600 });
      await writeFile(configPath, configuration(hostKey, instance, rotation, signIn) + extra);
    };

    function configuration(hostKey: string, instance: string, rotation: string, signIn: string): string {
      return [
        '# Written by the lab.',
        'dataDir: ./data',
        ...(redis === undefined ? [] : ['redis:', `  url: ${redis.url}`]),
        'instances:',
        '  - name: lab',
        `    ca: ${host.ca.certPath}`,
        '    gitlab:',
        `      url: ${gitlab.url}`,
        '      token: file:secrets/gitlab-token',
        ...(signIn === '' ? [] : [`      signIn: ${signIn}`]),
        '    registry:',
        `      url: ${host.registryUrl}`,
        '    hosts:',
        `      - address: ${host.ssh.host}`,
        `        port: ${host.ssh.port}`,
        `        user: ${host.ssh.username}`,
        `        key: file:${host.ssh.privateKeyPath}`,
        `        hostKey: ${hostKey}`,
        ...(instance === '' ? [] : [instance]),
        '    canary: { project: ops/canary, push: true }',
        `    rotation: ${rotation}`,
        ...(slack === undefined
          ? []
          : [
              'chat:',
              '  slack:',
              `    mode: ${options.slack}`,
              '    botToken: file:secrets/slack-bot',
              '    appToken: file:secrets/slack-app',
              '    signingSecret: file:secrets/slack-signing',
              '    port: 0',
              `    apiUrl: ${slack.apiUrl}`,
            ]),
        'access:',
        '  people:',
        `    - gitlab: ana`,
        `      terminal: ${JSON.stringify(userInfo().username)}`,
        ...(slackUser === undefined ? [] : [`      slack: ${slackUser.id}`]),
        '',
      ].join('\n');
    }

    await configure();
    return {
      dir,
      gitlab,
      host,
      slack,
      redis,
      configPath,
      people: team.people,
      project: team.project,
      token: team.token,
      break: (fault) => faultById(fault).apply(host, gitlab),
      async changeUrl(to = {}) {
        const url = await changeUrl(host, to);
        gitlab.changeRegistryUrl(url);
        await configure();
        return url;
      },
      configure,
      stop: () => stopAll(started),
    };
  } catch (error) {
    await stopAll(started);
    throw error;
  }
}

async function stopAll(parts: readonly { stop(): Promise<void> }[]): Promise<void> {
  await Promise.all([...parts].reverse().map((part) => part.stop()));
}

/** Ana maintains shop/api, Bob develops there; Registrar's own user maintains it too, and may list all tokens. */
function populate(gitlab: GitLabDouble) {
  const bot = gitlab.addUser({ username: 'registrar-bot', admin: true });
  const ana = gitlab.addUser({ username: 'ana', email: 'ana@example.com' });
  const bob = gitlab.addUser({ username: 'bob', email: 'bob@example.com' });
  const project = gitlab.addProject('shop/api');
  gitlab.addProject('shop/web');
  const canary = gitlab.addProject('ops/canary');
  gitlab.addMember(canary, bot, 40);
  gitlab.addMember(project, bot, 40);
  gitlab.addMember(project, ana, 40);
  gitlab.addMember(project, bob, 30);
  const botToken = gitlab.addPersonalToken(bot, { scopes: ['api'], name: 'registrar' }).token;
  const token = gitlab.addDeployToken(project, { name: 'ci push', scopes: ['read_registry', 'write_registry'] });
  gitlab.addVariable(project, { key: 'REGISTRY_USER', value: token.username });
  gitlab.addVariable(project, { key: 'REGISTRY_PASSWORD', value: token.token, masked: true, protected: true });
  return { people: { ana, bob }, project, token, botToken };
}
