import { type Cause, excluded, likely, possible } from '../cause.js';
import type { Facts } from '../facts.js';
import { registryHost } from './auth-realm-unreachable.js';

/** A job token is made for its job: it can't be older than the URL. */
const FRESH = /gitlab-ci-token|CI_JOB_TOKEN|CI_REGISTRY_PASSWORD|CI_REGISTRY_USER/;

/** A host in a text, with the scheme in front and the port behind where they stand there. */
const ADDRESS = /(?:(https?):\/\/)?([A-Za-z0-9][A-Za-z0-9.-]*[A-Za-z0-9])(:\d{2,5})?(?=[/\s"'\]]|$)/g;
/** GitLab's refusal points to its own manual: that address is no registry's. */
const MANUAL = /https?:\/\/\S*\/help\/\S*/g;

/** Two spellings of one registry: the same host with another port or scheme. */
function addressesOf({ near, command, logins, image, registry, failure }: Facts): [string, string] | undefined {
  const names = [registry, image?.host, ...logins.map(({ host }) => host)].filter((name) => name !== undefined);
  const [first] = names;
  if (first === undefined) return undefined;
  const host = bare(first);
  const ports = new Set(names.filter((name) => bare(name) === host).map((name) => name.replace(/\/.*$/, '')));
  const schemes = new Set<string>();
  const text = [...near, failure, command?.text ?? ''].join('\n').replace(MANUAL, ' ');
  for (const [, scheme, name = '', port = ''] of text.matchAll(ADDRESS)) {
    if (name !== host) continue;
    ports.add(`${name}${port}`);
    if (scheme !== undefined) schemes.add(scheme);
  }
  const [one, two] = ports;
  if (one !== undefined && two !== undefined) return [one, two];
  return schemes.size > 1 ? [`http://${first}`, `https://${first}`] : undefined;
}

function bare(name: string): string {
  return name.replace(/\/.*$/, '').replace(/:\d+$/, '');
}

/** What in the log tells that the registry's URL changed, if anything does. */
export function changeOf(facts: Facts): string | undefined {
  if (FRESH.test(`${facts.logins.at(-1)?.user} ${facts.command?.text}`)) return undefined;
  if (facts.aside?.dead !== undefined) return undefined;
  const two = addressesOf(facts);
  if (two !== undefined) return `the log knows the registry as ${two[0]} and as ${two[1]}`;
  const before = elsewhereBefore(facts);
  if (before !== undefined) return before;
  return facts.aside?.moved === undefined ? undefined : "the log speaks of a change of the registry's URL";
}

/** Nobody is at the old address any more. */
const GONE = /connection refused|no such host/;

/** The same deploy token was accepted, or tried in vain, under another address before. */
function elsewhereBefore({ logins, registry, near }: Facts): string | undefined {
  const user = logins.at(-1)?.user;
  if (user === undefined || !/deploy/i.test(user)) return undefined;
  const other = logins.find(
    ({ user: name, host, succeeded }) =>
      name === user &&
      host !== undefined &&
      host !== registry &&
      (succeeded === true || near.some((line) => line.includes(host) && GONE.test(line))),
  )?.host;
  return other === undefined || registry === undefined
    ? undefined
    : `${user} is for ${other}, and is refused at ${registry}`;
}

/**
 * (S1, reason B) The deploy token was made before the registry's URL changed (host, port, http to https).
 *
 * The words are the same as for any refused token, so it is named beside credentials-rejected; only a log that shows
 * two addresses of the same registry makes it the first guess.
 * Source: the seed problem of this project.
 */
export const tokenStaleAfterUrlChange = {
  id: 'token-stale-after-url-change',
  group: 'authentication',
  title: 'The deploy token is older than the URL of the registry',
  explain: (facts) => {
    const two = addressesOf(facts);
    return `${two === undefined ? "The registry's URL may have changed since the token was made" : `The log knows the registry as ${two[0]} and as ${two[1]}`}: host, port or http to https. A deploy token from before the change is refused like a wrong one, so make a new one and log in to the present URL.`;
  },
  tell: () =>
    'GitLab: Settings > Repository > Deploy tokens lists the token as active, created before the registry had its present URL; a new one is accepted',
  signals: [
    { says: 'HTTP Basic: Access denied', own: true },
    { matches: 'logging in(?:to| to) .*invalid username/password', token: 'invalid username/password', own: true },
    { says: 'unable to retrieve auth token: invalid username/password', own: true },
    { matches: 'fetch oauth token: .*401', token: 'fetch oauth token', own: true },
    { matches: '/jwt/auth.*(?:401|unauthorized)', token: '/jwt/auth', own: true },
    { says: 'denied: access forbidden', own: true },
  ],
  fit(facts, { text }) {
    const { logins, command, operation } = facts;
    if (/^\s*remote: /.test(text) || /(?:^|\s)git (?:clone|fetch|push|pull)/.test(command?.text ?? ''))
      return excluded('it was git that was refused');
    if (/anonymous token/i.test(text) || facts.layersPushed) return excluded('no token was refused at a login');
    if (/docker\.io|ghcr\.io|quay\.io|amazonaws|azurecr/.test(text) && !/\/jwt\/auth/.test(text))
      return excluded('not a GitLab registry');
    if (FRESH.test(`${logins.at(-1)?.user} ${command?.text}`))
      return excluded('a job token is made anew for every job');
    const change = changeOf(facts);
    if (/access forbidden/i.test(text) && (change === undefined || operation !== 'login'))
      return excluded('GitLab knows the token');
    if (change !== undefined) return likely(change);
    return possible("the token may be older than a change of the registry's URL");
  },
  fix(facts) {
    const { image, logins } = facts;
    const host = image?.host ?? registryHost(facts) ?? 'REGISTRY';
    return [
      'On the GitLab host: grep registry_external_url /etc/gitlab/gitlab.rb (the present URL)',
      'GitLab: Settings > Repository > Deploy tokens: make a new token with read_registry and write_registry',
      `printf '%s' "$NEW_TOKEN" | docker login -u "${logins.at(-1)?.user ?? 'NEW_USER'}" --password-stdin ${host}`,
      'Put the new pair into the CI/CD variables, run a job, then revoke the old token',
    ];
  },
  references: [
    'https://docs.gitlab.com/administration/packages/container_registry/',
    'https://docs.gitlab.com/user/project/deploy_tokens/',
  ],
  examples: [
    {
      is: 'likely',
      under: ['HTTP Basic: Access denied'],
      log: `$ docker login -u gitlab+deploy-token-12 --password-stdin registry.example.com:5050
Error response from daemon: Get "https://registry.example.com/v2/": unauthorized: HTTP Basic: Access denied`,
    },
    {
      is: 'likely',
      under: ['HTTP Basic: Access denied'],
      log: `$ echo "$TOKEN" | docker login -u "$DEPLOY_USER" --password-stdin http://registry.example.com
Error response from daemon: Get "https://registry.example.com/v2/": unauthorized: HTTP Basic: Access denied`,
    },
    {
      is: 'likely',
      under: ['denied: access forbidden'],
      log: `Since the weekend our registry has a new host name (the domain of the registry changed).
The deploy token is the same as before and is listed as active.

$ docker login -u gitlab+deploy-token-12 --password-stdin images.example.com
Error response from daemon: Get "https://images.example.com/v2/": denied: access forbidden`,
    },
    {
      is: 'likely',
      under: ['HTTP Basic: Access denied'],
      log: `# 1 March: we moved the registry from gitlab.example.com:5050 to registry.example.com
trying the token that the playbooks have ...
Error response from daemon: Get "https://registry.example.com/v2/": unauthorized: HTTP Basic: Access denied
trying a second token, made today for comparison ...
Login Succeeded
##[error]the first one is refused`,
    },
    {
      is: 'likely',
      under: ['HTTP Basic: Access denied'],
      log: `$ docker login -u gitlab+deploy-token-9 --password-stdin code.example.com:5050
Login Succeeded
$ docker login -u gitlab+deploy-token-9 --password-stdin images.example.com
Error response from daemon: Get "https://images.example.com/v2/": unauthorized: HTTP Basic: Access denied`,
    },
    {
      is: 'likely',
      under: ['401 Unauthorized'],
      log: `Old: registry.example.com:4567/shop/api:1
ERROR: failed to push registry.example.com/shop/api:1: failed to authorize: failed to fetch oauth token: unexpected status from GET request to https://gitlab.example.com/jwt/auth?scope=repository%3Ashop%2Fapi%3Apull%2Cpush&service=container_registry: 401 Unauthorized`,
    },
    {
      is: 'likely',
      under: ['invalid username/password'],
      log: `# since we changed registry_external_url to https
$ podman login -u gitlab+deploy-token-3 --password-stdin registry.example.com
Error: logging into "registry.example.com": invalid username/password`,
    },
  ],
  lookalikes: [
    {
      instead: 'credentials-rejected',
      log: `The registry moved to its own name in May, that went well. The deploy token was revoked on Friday.
$ docker login -u gitlab+deploy-token-12 --password-stdin images.example.com
Error response from daemon: Get "https://images.example.com/v2/": unauthorized: HTTP Basic: Access denied`,
    },
    {
      instead: 'credentials-rejected',
      log: `TASK [log in] ***
fatal: [web]: FAILED! => {"changed": false, "msg": "Logging into registry.example.com for user ops failed - 500 Server Error: Internal Server Error (\\"Get \\"https://registry.example.com/v2/\\": unauthorized: HTTP Basic: Access denied\\")"}`,
    },
    {
      instead: 'credentials-rejected',
      log: `$ docker login -u gitlab-ci-token --password-stdin registry.example.com
Error response from daemon: Get "https://registry.example.com/v2/": unauthorized: HTTP Basic: Access denied`,
    },
    {
      instead: 'credentials-rejected',
      log: `$ docker login -u bob --password-stdin registry.example.org
Error response from daemon: Get "https://registry.example.org/v2/": unauthorized: HTTP Basic: Access denied`,
    },
  ],
} as const satisfies Cause;
