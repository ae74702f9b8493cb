import { type Cause, excluded, likely, possible } from '../cause.js';
import { statusSignals } from '../connection.js';

/**
 * The registry takes no writes for now: read-only mode for garbage collection, maintenance or a migration.
 *
 * Source: registry 2.8.2 with storage.maintenance.readonly answers writes with 405 and the plain text "Method not
 * allowed"; as a pull-through cache, and to a deletion where those are off, with UNSUPPORTED (docker 28: `unsupported`).
 */
export const registryReadOnly = {
  id: 'registry-read-only',
  group: 'backend',
  title: 'The registry is read-only',
  explain: ({ registry = 'The registry' }) =>
    `${registry} serves pulls and refuses every write: read-only mode is on, or it is only a cache of another registry. Nothing is wrong with the credentials or the image.`,
  tell: ({ operation }) =>
    operation === 'delete'
      ? 'grep -oE \'delete[^}]+\' /var/opt/gitlab/registry/config.yml on the GitLab host prints no "enabled":true'
      : 'grep -oE \'readonly[^}]+\' /var/opt/gitlab/registry/config.yml on the GitLab host prints "enabled":true; pulls work, and every push is refused',
  signals: [
    { says: 'the operation is unsupported', own: true },
    ...statusSignals('405'),
    { matches: String.raw`^(?:errors?: ?)?unsupported$`, token: 'unsupported', own: true },
    {
      matches: String.raw`(?:layer upload to|writing blob|uploading manifest).*: unsupported"?$`,
      token: ': unsupported',
      own: true,
    },
    { matches: String.raw`\b405 Method Not Allowed`, token: '405 method not allowed' },
    { matches: String.raw`\b405 Not Allowed`, token: '405 not allowed' },
    ...['read-only', 'read only', 'readonly'].flatMap(
      (token) =>
        [
          {
            matches: String.raw`(?:registry|system|repository|instance|harbor|nexus|quay|artifactory|storage)(?: \w+){0,3} (?:is|was) (?:currently |now |temporarily )?(?:in |set to |switched to )?(?:a )?${token}`,
            token,
          },
          { says: `in ${token} mode` },
          { says: `prohibited in ${token}`, own: true },
        ] as const,
    ),
    // Quay
    { says: 'pushes disabled on registry', own: true },
    { says: 'pushes to the registry are currently disabled', own: true },
    ...['currently', 'temporarily'].flatMap((when) =>
      ['disabled', 'suspended', 'blocked'].map(
        (how) =>
          ({
            matches: String.raw`(?:push(?:es|ing)?|uploads?|writ(?:es|ing)|write operations)\b.{0,60}\b${when} ${how}`,
            token: `${when} ${how}`,
          }) as const,
      ),
    ),
    // distribution's router, of all ages of docker
    {
      matches: String.raw`parsing HTTP response: .*Method not allowed`,
      token: 'parsing http response',
      own: true,
    },
    // Harbor's own log
    { says: 'middlewares/readonly/', own: true },
    { says: 'middleware/readonly/', own: true },
    { matches: String.raw`(?:in|due to) (?:GitLab )?maintenance mode`, token: 'maintenance mode' },
  ],
  fit({ operation, status, registry }, { text }) {
    if (operation === 'delete' || /\bDELETE\b/.test(text))
      return possible('deleting may be switched off in the registry, or the whole registry is read-only');
    if (/readonly\//.test(text) && !/prohibited|panic/.test(text)) return excluded('the line reports no refusal');
    if (/read[ -]?only|maintenance mode|disabled|suspended|blocked/i.test(text)) return likely('the answer says so');
    // Plain text where docker expected JSON: the registry's own router, which has no handler for writes.
    if (/(?:405|HTTP response).*Method not allowed(?:\\n|"|$)/.test(text))
      return likely("the registry's own router answered that it takes no writes");
    if (operation === 'pull' || operation === 'login' || operation === 'inspect')
      return excluded('nothing was written');
    if (/unsupported/i.test(text)) return likely('a write was answered as an unsupported operation');
    if (status === 405 || /405/.test(text))
      return possible(
        `${registry ?? 'the server'} does not allow writes (405); a web server that is no registry says that too`,
      );
    return possible('the answer speaks of a refused method');
  },
  fix: ({ operation }) =>
    operation === 'delete'
      ? [
          "In /etc/gitlab/gitlab.rb: registry['storage_delete_enabled'] = true",
          'gitlab-ctl reconfigure && gitlab-ctl restart registry',
        ]
      : [
          'grep -A 3 readonly /var/opt/gitlab/registry/config.yml   # on the GitLab host; is a collection or an import still running?',
          "In /etc/gitlab/gitlab.rb take 'maintenance' => { 'readonly' => { 'enabled' => true } } out of registry['storage']",
          'gitlab-ctl reconfigure && gitlab-ctl restart registry',
          'If the host is a pull-through cache or a Geo secondary: push to the primary registry instead',
        ],
  references: [
    'https://docs.gitlab.com/administration/packages/container_registry/#performing-garbage-collection-without-downtime',
    'https://distribution.github.io/distribution/about/configuration/#readonly',
  ],
  examples: [
    {
      is: 'likely',
      under: ['read only mode'],
      log: `denied: The system is in read only mode. Any modification is prohibited.`,
    },
    {
      is: 'likely',
      under: ['Method not allowed'],
      log: '$ docker push registry.example.com/shop/api:1\nThe push refers to repository [registry.example.com/shop/api]\n5f70bf18a086: Preparing\nerror parsing HTTP 405 response body: invalid character \'M\' looking for beginning of value: "Method not allowed\\n"\nERROR: Job failed: exit code 1',
    },
    {
      is: 'likely',
      under: ['UNSUPPORTED: The operation is unsupported'],
      log: 'INFO[0012] Pushing image to registry.example.com/shop/api:2\nerror pushing image: failed to push to destination registry.example.com/shop/api:2: POST https://registry.example.com/v2/shop/api/blobs/uploads/: UNSUPPORTED: The operation is unsupported.',
    },
    {
      is: 'possible',
      under: ['405 Method Not Allowed'],
      log: '##[group]Run docker buildx build --push -t registry.example.com/shop/api:3 .\n##[endgroup]\n#12 exporting to image\nERROR: failed to solve: failed to push registry.example.com/shop/api:3: unexpected status from POST request to https://registry.example.com/v2/shop/api/blobs/uploads/: 405 Method Not Allowed\n##[error]Process completed with exit code 1.',
    },
    {
      is: 'likely',
      under: ['read only mode'],
      log: '+ skopeo copy dir:out docker://registry.example.com/shop/api:1\ntime="2025-02-01T10:00:00Z" level=fatal msg="writing blob: initiating layer upload to /v2/shop/api/blobs/uploads/ in registry.example.com: denied: The system is in read only mode. Any modification is prohibited."',
    },
    {
      is: 'likely',
      under: ['prohibited in readonly mode'],
      log: `core[1052]: [WARNING] [/core/middlewares/readonly/handler.go:39]: The request is prohibited in readonly mode, url is: /v2/shop/api/manifests/sha256:0123456789ab`,
    },
    {
      is: 'likely',
      under: ['read only'],
      log: `$ docker push nexus.example.com:8083/shop/api:1
blob upload invalid: blob upload invalid
{"errors":[{"code":"BLOB_UPLOAD_INVALID","message":"blob upload invalid","detail":"Repository is read only: docker-group"}]}`,
    },
    {
      is: 'likely',
      under: ['currently disabled'],
      log: `$ docker push quay.example.com/shop/api:1
Error: Pushes to the registry are currently disabled. Please contact the administrator for more information.`,
    },
  ],
  lookalikes: [
    {
      instead: 'registry-storage-permission',
      log: 'time="2025-02-01T10:00:00Z" level=error msg="unknown error" err.detail="filesystem: mkdir /srv/registry/docker/registry/v2/repositories/shop: read-only file system" http.request.method=POST',
    },
    {
      instead: 'not-registry',
      log: '$ ./migrate.sh\nERROR 1290 (HY000): The MySQL server is running with the --read-only option so it cannot execute this statement',
    },
  ],
} as const satisfies Cause;
