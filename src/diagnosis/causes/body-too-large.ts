import { type Cause, excluded, likely } from '../cause.js';
import { accessLog, addressOf, peerOf, statusSignals } from '../connection.js';

/**
 * A reverse proxy in front of the registry refused the layer for its size.
 *
 * The nginx of the GitLab package sets client_max_body_size 0 for the registry and the registry itself has no limit:
 * a 413 comes from another proxy (an ingress, a balancer, Cloudflare with its 100 MB).
 * Source: gitlab-registry.conf as rendered by the package; RFC 9110, 413.
 */
export const bodyTooLarge = {
  id: 'body-too-large',
  group: 'proxy',
  title: 'A reverse proxy refuses layers of this size',
  explain: (facts) =>
    `A proxy in front of ${addressOf(facts).name} answered 413: the layer is larger than the request body it lets through. Neither the registry nor the nginx of the GitLab package has such a limit, so it is ${
      /cloudflare/i.test(context(facts))
        ? 'Cloudflare, whose plans end at 100 to 500 MB'
        : 'another proxy, ingress or load balancer on the way'
    }.`,
  tell: (facts) =>
    `curl -sm 9 -o /dev/null -w '%{http_code}' -H 'Content-Length: 9999999999' -d x https://${addressOf(facts).authority}/v2/ prints 413, not 401`,
  signals: [
    ...statusSignals('413'),
    accessLog('413'),
    { says: 'Request Entity Too Large' },
    { says: '413 Payload Too Large' },
    { says: '413 Content Too Large' },
    { says: 'Request body too large' },
    // Apache's own log
    { matches: 'is larger than the configured limit.*/v2/', token: 'larger than the configured limit', own: true },
    { matches: 'client intended to send too large (?:chunked )?body', token: 'client intended to send too large' },
  ],
  fit(facts) {
    const peer = peerOf(facts);
    if (peer === 'other' || peer === 'daemon') return excluded('the line is not about a registry');
    if (/npm|artifact|coordinator|\bgit\b|RPC failed/i.test(facts.failure))
      return excluded('it was no layer that was too large');
    if (facts.operation === 'login') return excluded('a login sends nothing large');
    return likely(`a proxy in front of ${addressOf(facts).name} answered 413`);
  },
  fix(facts) {
    const { host } = addressOf(facts);
    const server = /nginx|cloudflare|envoy|apache/i.exec(context(facts))?.[0]?.toLowerCase();
    return [
      `curl -sI https://${host}/v2/ | grep -i -e '^server' -e '^via' -e '^cf-ray'   # who stands in front?`,
      ...(server === 'cloudflare'
        ? [
            `# Cloudflare: set the DNS record of ${host} to "DNS only" (grey cloud), or push past it by an internal name`,
          ]
        : [
            '# nginx, in its server block for the registry, then nginx -s reload:',
            'client_max_body_size 0; proxy_request_buffering off;',
            '# ingress-nginx, annotation of the registry’s Ingress:',
            'nginx.ingress.kubernetes.io/proxy-body-size: "0"',
            '# Apache: LimitRequestBody 0; Traefik: no buffering middleware with maxRequestBodyBytes; Cloudflare: DNS only',
          ]),
      '# Cannot be changed? Smaller layers: split large COPY and RUN steps of the Dockerfile',
    ];
  },
  references: [
    'https://nginx.org/en/docs/http/ngx_http_core_module.html#client_max_body_size',
    'https://distribution.github.io/distribution/recipes/nginx/',
    'https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/#custom-max-body-size',
  ],
  examples: [
    {
      is: 'likely',
      under: ['HTTP 413 response body'],
      log: `Initialized empty Git repository in /builds/shop/api/.git/
$ docker push registry.example.com/shop/api:1
The push refers to repository [registry.example.com/shop/api]
9a1dd7918741: Pushed
error parsing HTTP 413 response body: invalid character '<' looking for beginning of value: "<html>\\r\\n<head><title>413 Request Entity Too Large</title></head>\\r\\n<body>\\r\\n<center><h1>413 Request Entity Too Large</h1></center>\\r\\n<hr><center>nginx/1.24.0</center>\\r\\n</body>\\r\\n</html>\\r\\n"
ERROR: Job failed: exit code 1`,
    },
    {
      is: 'likely',
      under: ['413 Request Entity Too Large', 'PUT'],
      log: 'ERROR: failed to solve: failed to push registry.example.com/shop/api:1: unexpected status from PUT request to https://registry.example.com/v2/shop/api/blobs/uploads/ab?digest=sha256%3Acd: 413 Request Entity Too Large',
    },
    {
      is: 'likely',
      under: ['StatusCode: 413'],
      log: `+ podman push registry.example.org/shop/api:1
Getting image source signatures
Copying blob 1e56088a7464 [====>------------]
Error: writing blob: uploading layer chunked: StatusCode: 413, <html>
<head><title>413 Request Entity Too Large<...`,
    },
    {
      is: 'likely',
      under: ['413 Payload Too Large'],
      log: 'error pushing image: failed to push to destination registry.example.com/shop/api:1: PATCH https://registry.example.com/v2/shop/api/blobs/uploads/ab?_state=REDACTED: unexpected status code 413 Payload Too Large: <html>\n<head><title>413 Payload Too Large</title></head>\n<hr><center>cloudflare</center>',
    },
    {
      is: 'likely',
      under: ['<title>413'],
      log: `##[group]Run docker push registry.example.com/shop/api:2
The push refers to repository [registry.example.com/shop/api]
unknown: <html>
<head><title>413 Request Entity Too Large</title></head>
##[error]Process completed with exit code 1.`,
    },
    {
      is: 'likely',
      under: ['413'],
      log: String.raw`The push from our build host stopped working
Error parsing HTTP response: invalid character '<' looking for beginning of value: "<html>\r\n<head><title>413 Request Entity Too Large</title></head>\r\n<body>"`,
    },
    {
      is: 'likely',
      under: ['too large chunked body'],
      log: `2025/02/03 10:00:00 [error] 31#31: *12 client intended to send too large chunked body: 104890368 bytes, client: 10.0.0.1, server: registry.example.com, request: "PATCH /v2/shop/api/blobs/uploads/1 HTTP/1.1", host: "registry.example.com"`,
    },
  ],
  lookalikes: [
    {
      instead: 'not-registry',
      log: 'Uploading artifacts...\nbuild/: found 2018 matching artifact files\nERROR: Uploading artifacts as "archive" to coordinator... 413 Request Entity Too Large  id=42 responseStatus=413 Request Entity Too Large status=413 token=xxx',
    },
    {
      instead: 'not-registry',
      log: '$ npm publish\nnpm ERR! code E413\nnpm ERR! 413 Payload Too Large - PUT https://registry.npmjs.org/thing - Payload Too Large',
    },
    {
      instead: 'not-registry',
      log: '$ git push origin main\nerror: RPC failed; HTTP 413 curl 22 The requested URL returned error: 413 Request Entity Too Large\nsend-pack: unexpected disconnect while reading sideband packet',
    },
  ],
} as const satisfies Cause;

function context({ failure, near }: { failure: string; near: readonly string[] }): string {
  return [failure, ...near].join('\n');
}
