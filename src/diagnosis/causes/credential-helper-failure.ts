import { type Cause, excluded, likely, possible } from '../cause.js';

/**
 * The client's credential store or its config.json failed, before anything was sent.
 *
 * Source: docker-credential-helpers, docker/cli, containers/image, go-containerregistry and GitLab Runner.
 */
export const credentialHelperFailure = {
  id: 'credential-helper-failure',
  group: 'authentication',
  title: "The client's credential store or config.json failed",
  explain: ({ failure }) => {
    const helper = /docker-credential-[\w-]+/.exec(failure)?.[0];
    return helper === undefined
      ? 'The client could not read or write its own credentials (config.json or the store it names), so nothing was sent to the registry. The registry and the token are not at fault.'
      : `The client's config.json names the helper ${helper}, and that program is missing or failed. Nothing was sent to the registry, so the token is not at fault.`;
  },
  tell: ({ failure, registry, image }) => {
    if (/permission denied/i.test(failure)) return 'ls -l "$HOME/.docker/config.json" prints another owner than id -un';
    const helper = /docker-credential-[\w-]+/.exec(failure)?.[0];
    const host = registry ?? image?.host ?? 'the registry';
    return `${helper === undefined ? '' : `command -v ${helper} prints nothing, or `}with DOCKER_CONFIG="$(mktemp -d)" in front the same command gets as far as ${host}`;
  },
  signals: [
    { says: 'error getting credentials - err', own: true },
    { says: 'error storing credentials - err', own: true },
    { says: 'error erasing credentials - err', own: true },
    { says: 'error listing credentials - err', own: true },
    { says: 'error saving credentials:', own: true },
    {
      matches:
        'docker-credential-[a-z0-9-]+.*(?:not found|no such file|exit status|exec format|permission denied|cannot run program|failed|has nothing for|not installed|not available|exited with)|does not have docker-credential-',
      token: 'docker-credential-',
      own: true,
    },
    { matches: 'exec: "?docker-credential', token: 'docker-credential', own: true },
    // Java's word for a program that it could not start; the reason behind it is in the system's language.
    { matches: 'cannot run program "?docker-credential', token: 'cannot run program', own: true },
    // Amazon's helper, in its log
    { says: 'ecr: failed to get authorization token', own: true },
    // nerdctl, of an entry without its server
    { says: 'expected ac.serveraddress', own: true },
    { says: 'error loading config file', own: true },
    { says: 'error parsing config file (', own: true },
    { says: 'credentials store error', own: true },
    { says: 'docker.credentials.errors.', own: true },
    { says: 'dockerpycreds.errors.', own: true },
    // The kubelet's plug-ins, Google's helper
    { says: 'credential provider plugin', own: true },
    { says: '(gcloud.auth.docker-helper)', own: true },
    {
      matches: '(?:docker config|config file|getting username and password|decoding auth|auth config).*illegal base64',
      token: 'illegal base64',
      own: true,
    },
    {
      matches:
        '\\.docker/config\\.json.*(?:invalid character|unexpected end|illegal base64|cannot unmarshal|permission denied|is a directory|read-only|exit status|json:)',
      token: '.docker/config.json',
      own: true,
    },
    {
      matches:
        '/auth\\.json.*(?:invalid character|unexpected end|illegal base64|cannot unmarshal|permission denied|is a directory|read-only|exit status|json:)',
      token: '/auth.json',
      own: true,
    },
    { says: 'invalid auth configuration file', own: true },
    { says: 'pass not initialized', own: true },
    { says: 'cannot autolaunch d-bus', own: true },
    { says: 'credentials not found in native keychain', own: true },
    { says: 'a specified logon session does not exist' },
    { says: 'the specified item already exists in the keychain' },
    { says: 'no credentials server url', own: true },
    {
      matches: 'docker_auth_config.*(?:invalid character|unexpected end|json|parse)',
      token: 'docker_auth_config',
      own: true,
    },
    { matches: 'keychain cannot be accessed', token: 'keychain cannot be accessed' },
    { says: 'illegal base64 data at input byte' },
  ],
  fit({ operation, near, command }, { text }) {
    if (/\.kube\/|\.aws\/|npmrc|kubeconfig/i.test(text)) return excluded('that file belongs to another program');
    if (
      /config file|auth\.json/i.test(text) &&
      !/docker|containers|kaniko|credential|image|registry/i.test(`${text} ${command?.text}`)
    )
      return excluded('that file belongs to another program');
    if (/no space left on device/i.test(text)) return excluded('the disk of the client is full');
    if (/TooSkewed|Signature (?:expired|not yet)|check your iat/i.test(text))
      return excluded('the clock of the client is off');
    if (/ecr: failed to get/i.test(text))
      return /AccessDenied|not authorized/i.test(text)
        ? excluded('Amazon knows who asks')
        : possible('Amazon gave the helper no password');
    if (/^\s*(?:INFO|DEBU|DEBUG|level=(?:info|debug))/i.test(text))
      return possible('the client speaks of its credentials in passing');
    if (/error (?:loading|parsing) config file/i.test(text) && /^WARN/i.test(text)) {
      const denied =
        near.some((line) => /denied|unauthorized|no basic auth/i.test(line) && line !== text) ||
        /unauthorized|no basic auth|denied: /i.test(text);
      return denied
        ? likely('the client could not read its config.json, so it sent nothing')
        : possible('the client could not read its config.json');
    }
    if (/illegal base64/i.test(text) && operation === undefined && !/config|auth|credential/i.test(text))
      return excluded('the line does not speak of credentials');
    return likely('the client failed before it sent anything');
  },
  fix({ failure, registry, image }) {
    const helper = /docker-credential-[\w-]+/.exec(failure)?.[0];
    const host = registry ?? image?.host ?? 'REGISTRY';
    if (/permission denied/i.test(failure))
      return [
        'ls -l ~/.docker/config.json',
        'sudo chown "$(id -u):$(id -g)" -R ~/.docker (or export DOCKER_CONFIG="$(mktemp -d)")',
      ];
    return [
      'jq . ~/.docker/config.json (or $DOCKER_CONFIG/config.json: must be valid JSON; look at credsStore and credHelpers)',
      ...(helper === undefined
        ? []
        : [`command -v ${helper} (not there: install it, or take its name out of credsStore and credHelpers)`]),
      'In a job: export DOCKER_CONFIG="$(mktemp -d)" (an empty configuration, without a store)',
      `printf '%s' "$TOKEN" | docker login -u USER --password-stdin ${host}`,
    ];
  },
  references: [
    'https://docs.docker.com/reference/cli/docker/login/#credential-stores',
    'https://docs.gitlab.com/ci/docker/using_docker_images/#use-a-credentials-store',
  ],
  examples: [
    {
      is: 'likely',
      under: ['docker-credential-kiosk'],
      log: `[ERROR] Failed to execute goal com.google.cloud.tools:jib-maven-plugin:3.4.0:build (default-cli) on project buoy: Build image failed: java.io.IOException: Cannot run program "docker-credential-kiosk": CreateProcess error=2, Das System kann die angegebene Datei nicht finden`,
    },
    {
      is: 'likely',
      under: ['docker-credential-desktop'],
      log: `ERROR: failed to solve: registry.example.com/shop/base:1: failed to resolve source metadata for registry.example.com/shop/base:1: error getting credentials - err: exec: "docker-credential-desktop": executable file not found in $PATH, out: \`\``,
    },
    {
      is: 'likely',
      under: ['error storing credentials'],
      log: `+ docker login -u deploy --password-stdin registry.example.com
Error saving credentials: error storing credentials - err: exit status 1, out: \`pass not initialized: exit status 1: Error: password store is empty. Try "pass init".\``,
    },
    {
      is: 'likely',
      under: ['config.json'],
      log: `INFO[0001] Retrieving image manifest registry.example.com/shop/base:1
error building image: getting stage builder for stage 0: parsing config: /kaniko/.docker/config.json: invalid character '\\n' in string literal`,
    },
    {
      is: 'likely',
      under: ['auth.json'],
      log: `$ podman pull registry.example.com/shop/base:1
Error: initializing source docker://registry.example.com/shop/base:1: getting username and password: reading JSON file "/run/containers/0/auth.json": unmarshaling JSON at "/run/containers/0/auth.json": unexpected end of JSON input`,
    },
    {
      is: 'likely',
      under: ['permission denied'],
      log: `2024-05-05T10:00:00.0000000Z Error saving credentials: open /home/ci/.docker/config.json1723: permission denied
2024-05-05T10:00:00.1000000Z ##[error]Process completed with exit code 1.`,
    },
    {
      is: 'likely',
      under: ['docker-credential-osxkeychain'],
      log: `Traceback (most recent call last):
  File "docker/credentials/store.py", line 25, in __init__
docker.credentials.errors.InitializationError: docker-credential-osxkeychain not installed or not available in PATH`,
    },
    {
      is: 'likely',
      under: ['credential provider plugin'],
      log: `kubelet: Failed to get credentials from external registry credential provider: error execing credential provider plugin acr-credential-provider for image images.example.com/web: exit status 1`,
    },
  ],
  lookalikes: [
    {
      instead: 'credentials-missing',
      log: `$ docker login -u deploy registry.example.org
Error: Cannot perform an interactive login from a non TTY device`,
    },
    {
      instead: 'client-disk-full',
      log: `$ docker login -u deploy --password-stdin registry.example.com
Error saving credentials: write /root/.docker/config.json123: no space left on device`,
    },
  ],
} as const satisfies Cause;
