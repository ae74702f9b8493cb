import { type Cause, excluded, likely } from '../cause.js';
import { peerOf, statusSignals } from '../connection.js';
import type { Facts } from '../facts.js';

/**
 * Too many requests: Docker Hub's limit on pulls, another registry's or GitLab's limit on requests, kubelet's own.
 *
 * Source: Docker Hub's documentation on usage and limits; GitLab's on rate limits ("Retry later" is Rack::Attack's).
 */
export const rateLimited = {
  id: 'rate-limited',
  group: 'proxy',
  title: 'Too many requests: a rate limit refuses more',
  explain: (facts) =>
    /QPS exceeded/i.test(facts.failure)
      ? 'kubelet itself limits how many images it pulls per second on a node, and this pull came too soon. It tries again by itself; nothing is wrong with the registry.'
      : isHub(facts)
        ? 'Docker Hub counts pulls per account, and per address where nobody is logged in: all jobs behind one address share that count. Log in to Docker Hub, or pull through a cache such as GitLab’s dependency proxy.'
        : `${facts.registry ?? 'The registry'} (or GitLab, or a proxy before it) answered 429: more requests came from this account or address than it allows. Wait, send fewer at once, or raise the limit.`,
  tell: (facts) =>
    /QPS exceeded/i.test(facts.failure)
      ? 'kubectl describe pod POD shows "pull QPS exceeded", and a little later "Successfully pulled"'
      : isHub(facts)
        ? 'docker manifest inspect busybox is refused here in the same words, and answered from another address or after a login'
        : `curl -sI https://${facts.registry ?? 'REGISTRY'}/v2/ prints 429, and 401 after the seconds of its Retry-After or a pause`,
  signals: [
    { says: 'toomanyrequests', own: true },
    { matches: String.raw`reached (?:your|its|the) (?:\w+ )?pull rate limit`, token: 'pull rate limit', own: true },
    // Amazon's way of saying 429.
    {
      matches: String.raw`Throttling(?:Exception)?\b.*(?:GetAuthorizationToken|BatchGetImage|GetDownloadUrl|InitiateLayerUpload|UploadLayerPart|PutImage|\.ecr\.)`,
      token: 'throttling',
      own: true,
    },
    { says: 'docker.com/increase-rate-limit', own: true },
    { says: 'too many requests to registry', own: true },
    { says: 'pull QPS exceeded', own: true },
    { says: 'Too Many Requests' },
    ...statusSignals('429'),
    {
      matches: String.raw`(?:denied: .*Quota exceeded for quota metric|Quota exceeded for quota metric.*(?:artifact|container)registry)`,
      token: 'quota exceeded for quota metric',
      own: true,
    },
  ],
  fit(facts) {
    const peer = peerOf(facts);
    const own =
      /toomanyrequests|pull rate limit|increase-rate-limit|to registry|QPS exceeded|Quota exceeded|Throttling/i.test(
        facts.failure,
      );
    if ((peer === 'other' && !own) || peer === 'daemon') return excluded('the line is not about a registry');
    if (/Too many failed authentication attempts/.test(facts.failure))
      return excluded('GitLab bans the address after failed logins');
    return likely(
      isHub(facts)
        ? 'Docker Hub’s limit on pulls is used up'
        : `${facts.registry ?? 'the registry'} answered that there were too many requests`,
    );
  },
  fix(facts) {
    if (/QPS exceeded/i.test(facts.failure))
      return [
        'registryPullQPS: 10   # and registryBurst: 20, in /var/lib/kubelet/config.yaml',
        'systemctl restart kubelet',
      ];
    if (isHub(facts)) {
      const path = facts.image?.path ?? 'IMAGE';
      const tag = facts.image?.tag ?? 'TAG';
      return [
        'echo "$DOCKERHUB_TOKEN" | docker login -u DOCKERHUB_USER --password-stdin',
        '# For images of a runner’s jobs: a CI/CD variable DOCKER_AUTH_CONFIG with the "auths" of https://index.docker.io/v1/',
        `# Or through GitLab’s dependency proxy: docker pull $CI_DEPENDENCY_PROXY_GROUP_IMAGE_PREFIX/${path}:${tag}`,
        '# Or a mirror for every daemon: {"registry-mirrors": ["https://MIRROR"]} in /etc/docker/daemon.json',
      ];
    }
    return [
      '# Try again later, and send less at once: {"max-concurrent-downloads": 2, "max-concurrent-uploads": 2} in /etc/docker/daemon.json',
      '# GitLab’s own limits: Admin area > Settings > Network > User and IP rate limits; on the GitLab host: grep Rack_Attack /var/log/gitlab/gitlab-rails/auth_json.log',
      '# All users seem to come from one address? Let nginx see the real one, in /etc/gitlab/gitlab.rb, then gitlab-ctl reconfigure:',
      "nginx['real_ip_trusted_addresses'] = ['PROXY_IP']; nginx['real_ip_header'] = 'X-Forwarded-For'",
    ];
  },
  references: [
    'https://docs.docker.com/docker-hub/usage/',
    'https://docs.gitlab.com/user/packages/dependency_proxy/',
    'https://docs.gitlab.com/administration/settings/user_and_ip_rate_limits/',
  ],
  examples: [
    {
      is: 'likely',
      under: ['toomanyrequests'],
      log: `Running with gitlab-runner 16.11.0 (91a27b2a)
Using Docker executor with image alpine:3.19 ...
WARNING: Failed to pull image with policy "always": Error response from daemon: toomanyrequests: You have reached your pull rate limit. You may increase the limit by authenticating and upgrading: https://www.docker.com/increase-rate-limit (manager.go:250:1s)
ERROR: Job failed: failed to pull image "alpine:3.19" with specified policies [always]: Error response from daemon: toomanyrequests: You have reached your pull rate limit. You may increase the limit by authenticating and upgrading: https://www.docker.com/increase-rate-limit (manager.go:250:1s)`,
    },
    {
      is: 'likely',
      under: ['429 Too Many Requests'],
      log: '#3 ERROR: failed to copy: httpReadSeeker: failed open: unexpected status code https://registry-1.docker.io/v2/library/node/manifests/sha256:abc: 429 Too Many Requests - Server message: toomanyrequests: You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit',
    },
    {
      is: 'likely',
      under: ['too many requests to registry'],
      log: '+ skopeo copy docker://docker.io/library/alpine:3 docker://registry.example.com/mirror/alpine:3\nFATA[0001] initializing source docker://alpine:3: reading manifest 3 in docker.io/library/alpine: too many requests to registry',
    },
    {
      is: 'likely',
      under: ['HTTP 429 response body'],
      log: `$ docker login -u ci --password-stdin registry.example.com
Error response from daemon: Get "https://registry.example.com/v2/": error parsing HTTP 429 response body: invalid character 'R' looking for beginning of value: "Retry later\\n"`,
    },
    {
      is: 'likely',
      under: ['QPS exceeded'],
      log: '  Warning  Failed  5s  kubelet  Error: ErrImagePull: pull QPS exceeded',
    },
    {
      is: 'likely',
      under: ['ThrottlingException'],
      log: `#3 ERROR: failed to authorize: ThrottlingException: Rate exceeded when calling the GetAuthorizationToken operation`,
    },
  ],
  lookalikes: [
    {
      instead: 'address-banned',
      log: '$ docker login -u ci --password-stdin registry.example.com\nError response from daemon: Get "https://registry.example.com/v2/": error parsing HTTP 403 response body: invalid character \'T\' looking for beginning of value: "Too many failed authentication attempts from this IP"',
    },
    {
      instead: 'not-registry',
      log: '$ npm ci\nnpm ERR! code E429\nnpm ERR! 429 Too Many Requests - GET https://registry.npmjs.org/left-pad',
    },
    {
      instead: 'not-registry',
      log: '$ ./release.sh\nHTTP 429 Too Many Requests: API rate limit exceeded (https://api.github.com/repos/x/y/releases)',
    },
  ],
} as const satisfies Cause;

function isHub({ failure, image }: Facts): boolean {
  return (
    /increase-rate-limit|your (?:unauthenticated )?pull rate limit|docker\.(?:io|com)\b/.test(failure) ||
    (image !== undefined && (image.host === undefined || image.host.endsWith('docker.io')))
  );
}
