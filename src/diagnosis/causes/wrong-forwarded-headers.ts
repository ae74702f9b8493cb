import { type Cause, excluded, type Fit, likely, possible } from '../cause.js';
import { addressOf, peerOf, statusSignals, strayUpload, worksPastProxy } from '../connection.js';
import type { Facts } from '../facts.js';

/**
 * The proxy in front of the registry hides scheme, host or port, so the registry sends uploads to a wrong place.
 *
 * The registry makes the Location of an upload from Host and X-Forwarded-Proto (-Host, -Port): a push begins with
 * POST https://… and goes on with PATCH http://…. A redirect of that request loses its body or its credentials.
 * Source: distribution's registry/api/v2/urls.go and its recipe for nginx.
 */
export const wrongForwardedHeaders = {
  id: 'wrong-forwarded-headers',
  group: 'proxy',
  title: 'The proxy hides scheme, host or port from the registry',
  explain: (facts) => {
    const { name } = addressOf(facts);
    return `The registry builds the addresses of uploads from the headers that the proxy in front of it passes on, and here they lead elsewhere: ${
      strayUpload(facts) ?? `${name} sent the client to a place that does not take the upload`
    }. The proxy has to pass on Host and X-Forwarded-Proto as the client sent them.`;
  },
  tell: (facts) => {
    const { host, port } = outer(facts);
    const url = `https://${host}${port === '443' ? '' : `:${port}`}/v2/${facts.image?.path ?? 'GROUP/PROJECT'}/blobs/uploads/`;
    return `curl -siX POST -H "Authorization: Bearer JWT" ${url} | grep -i '^location' prints http:// or another host`;
  },
  signals: [
    { matches: String.raw`\b(?:PATCH|PUT)\b.{0,20}https?://\S+/blobs/uploads/`, token: '/blobs/uploads/' },
    { says: 'plain HTTP request was sent to HTTPS port' },
    { says: 'no Location header in response', own: true },
    { says: 'missing Location header' },
    { matches: String.raw`unsupported protocol scheme "`, token: 'unsupported protocol scheme' },
    ...statusSignals('30[1278]'),
    { says: 'stopped after 10 redirects' },
    { matches: String.raw`parsing HTTP 405 response body`, token: 'http 405 response body' },
    { says: 'blob upload unknown' },
    // Go's bare error of old clients, or of debug output: strayUpload says where the upload was sent.
    { matches: String.raw`\bdial tcp \S+:(?:80|443): `, token: 'dial tcp ' },
    { says: 'authorize header needed to send' },
    // CloudFront, which passes on reads only unless it is told otherwise.
    { says: 'not configured to allow the HTTP request method', own: true },
    // The answer to the beginning of an upload, as somebody looked at it.
    {
      matches: String.raw`\blocation"?: "?(?P<scheme>https?)://(?P<host>[^/\s"]+)/v2/\S+/blobs/uploads/`,
      token: '/blobs/uploads/',
      own: true,
    },
  ],
  fit(facts, { text, groups }) {
    if (/to allow the HTTP request method/.test(text))
      return likely('a proxy of the registry lets reads pass only, and answered the upload itself');
    if (groups.scheme !== undefined) return ofLocation(facts, groups.scheme, groups.host ?? '');
    const peer = peerOf(facts);
    if (peer === 'other' || peer === 'daemon') return excluded('the line is not about a registry');
    if (peer === 'realm') return excluded('it was about the token endpoint');
    const stray = strayUpload(facts);
    if (stray !== undefined) return likely(stray);
    const upload = /\b(?:patch|put)\b[^"]{0,20}"?https?:\/\/\S*\/blobs\/uploads\//i.test(text);
    const pushes = facts.operation === 'push' || upload || /writing blob|uploading/.test(text);
    if (/blob upload unknown/i.test(text))
      return facts.near.some((line) => /http:\/\/\S*\/v2\//.test(line)) &&
        facts.near.some((line) => /https:\/\/\S*\/v2\//.test(line))
        ? possible('the push went on with another scheme than it began with')
        : excluded('the log shows no change of scheme, host or port');
    if (/to HTTPS client|TLS handshake|to HTTPS port|to an HTTPS server|malformed HTTP response/.test(text))
      return pushes
        ? likely('the upload began well and went on with another scheme')
        : excluded('no upload had begun: the client itself chose the scheme');
    if (/no Location header|missing Location/i.test(text))
      return likely('the answer to the beginning of the upload lost its Location');
    if (/unsupported protocol scheme/.test(text)) {
      if (!pushes) return excluded('the address that the client was given has no scheme');
      return likely('the Location of the upload has no scheme');
    }
    if (/authorize header needed/.test(text))
      return worksPastProxy(facts.near)
        ? likely('past the proxy it works: the proxy keeps the credentials, or sends the upload elsewhere')
        : excluded('the log does not show that it is better without the proxy');
    if (/\b30[1278]\b|10 redirects/.test(text)) {
      if (/10 redirects/.test(text))
        return likely('the proxy redirects in a circle: it does not see that the request was https');
      if (upload || (pushes && /http:\/\//.test(text))) return likely('the upload was redirected');
      return possible('the request was redirected, and the client did not follow');
    }
    if (/405/.test(text) && pushes && !/unexpected end of JSON/.test(text))
      return possible('a server that is no registry got the upload');
    return excluded('the upload went where it should');
  },
  fix(facts) {
    const { host, port } = outer(facts);
    return [
      '# In the nginx (or ingress) that stands in front of the registry, in the location that passes /v2/ on:',
      'proxy_set_header Host $http_host;',
      `proxy_set_header X-Forwarded-Proto https;   # as the client sees it${port === '443' ? '' : `; X-Forwarded-Port ${port}`}`,
      'proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;',
      '# Apache: ProxyPreserveHost On, and RequestHeader set X-Forwarded-Proto "https"',
      "# TLS ends before GitLab's own nginx? On the GitLab host, in /etc/gitlab/gitlab.rb, then gitlab-ctl reconfigure:",
      `registry_external_url 'https://${host}${port === '443' ? '' : `:${port}`}'`,
      "registry_nginx['listen_port'] = 80; registry_nginx['listen_https'] = false; registry_nginx['proxy_set_headers'] = {'X-Forwarded-Proto' => 'https', 'X-Forwarded-Ssl' => 'on'}",
    ];
  },
  references: [
    'https://distribution.github.io/distribution/recipes/nginx/',
    'https://docs.gitlab.com/omnibus/settings/ssl/#configure-a-reverse-proxy-or-load-balancer-ssl-termination',
    'https://docs.gitlab.com/administration/packages/container_registry/',
  ],
  examples: [
    {
      is: 'likely',
      under: ['Patch "http://registry.example.com'],
      log: `$ docker login -u ci --password-stdin registry.example.com
Login Succeeded
$ docker push registry.example.com/shop/api:1
The push refers to repository [registry.example.com/shop/api]
9a1dd7918741: Preparing
Patch "http://registry.example.com/v2/shop/api/blobs/uploads/ab?_state=cd": dial tcp 192.0.2.7:80: connect: connection refused`,
    },
    {
      is: 'likely',
      under: ['plain HTTP request'],
      log: `Initialized empty Git repository in /builds/shop/api/.git/
$ docker push registry.example.com/shop/api:2
The push refers to repository [registry.example.com/shop/api]
9a1dd7918741: Preparing
error parsing HTTP 400 response body: invalid character '<' looking for beginning of value: "<html>\\r\\n<head><title>400 The plain HTTP request was sent to HTTPS port</title></head>\\r\\n"
ERROR: Job failed: exit code 1`,
    },
    {
      is: 'likely',
      under: ['127.0.0.1:5000'],
      log: 'ERROR: failed to solve: failed to push registry.example.com/shop/api:1: failed to copy: failed to do request: Put "http://127.0.0.1:5000/v2/shop/api/blobs/uploads/ab?digest=sha256%3Acd": dial tcp 127.0.0.1:5000: connect: connection refused',
    },
    {
      is: 'likely',
      under: ['no Location header'],
      log: `+ podman push registry.example.com/shop/api:1
Copying blob 94f7891db9b4 done
Error: writing blob: determining upload URL: http: no Location header in response`,
    },
    {
      is: 'likely',
      under: ['301 Moved Permanently'],
      log: 'error pushing image: failed to push to destination registry.example.com/shop/api:1: PATCH http://registry.example.com/v2/shop/api/blobs/uploads/ab?_state=REDACTED: unexpected status code 301 Moved Permanently: <html>',
    },
    {
      is: 'likely',
      under: ['server gave HTTP response'],
      log: '#9 ERROR: failed to push registry.example.com:5000/a/b:1: failed to copy: failed to do request: Put "https://registry.example.com:5000/v2/a/b/blobs/uploads/ab?digest=sha256%3Acd": http: server gave HTTP response to HTTPS client',
    },
    {
      is: 'likely',
      under: ['192.0.2.7:80'],
      log: '$ docker push registry.example.com:8443/shop/api:3\nThe push refers to repository [registry.example.com:8443/shop/api]\n9a1dd7918741: Retrying in 1 second\ndial tcp 192.0.2.7:80: connect: connection refused',
    },
    {
      is: 'likely',
      under: ['location: http://registry.example.com/v2/'],
      log: '$ curl -s -D - -o /dev/null -X POST https://registry.example.com:8443/v2/shop/api/blobs/uploads/\nHTTP/2 202\nlocation: http://registry.example.com/v2/shop/api/blobs/uploads/0a1b',
    },
    {
      is: 'likely',
      under: ['HTTP request method'],
      log: `error checking push permissions -- make sure you entered the correct tag name, and that you are authenticated correctly, and try again: checking push permission for "registry.example.com/shop/api:1": POST https://registry.example.com/v2/shop/api/blobs/uploads/: unexpected status code 403 Forbidden:
<H1>403 ERROR</H1>
This distribution is not configured to allow the HTTP request method that was used for this request. The distribution supports only cachable requests.`,
    },
    {
      is: 'likely',
      under: ['Calling "PUT"'],
      log: `DEBU[0047] [registry] Calling "POST" https://registry.example.com/v2/shop/api/blobs/uploads/
DEBU[0047] [registry] Calling "PUT" http://registry.example.com/v2/shop/api/blobs/uploads/75ca4844?_state=eI9a
FATA[0048] Error pushing to registry: server responded with 400`,
    },
  ],
  lookalikes: [
    {
      instead: 'connection-refused',
      log: '$ docker push registry.example.com/shop/api:1\nThe push refers to repository [registry.example.com/shop/api]\nPatch "https://registry.example.com/v2/shop/api/blobs/uploads/ab?_state=cd": dial tcp 192.0.2.7:443: connect: connection refused',
    },
    {
      instead: 'connection-dropped',
      log: '$ docker push 10.0.0.5:5000/shop/api:1\nThe push refers to repository [10.0.0.5:5000/shop/api]\nPatch "http://10.0.0.5:5000/v2/shop/api/blobs/uploads/ab?_state=cd": EOF',
    },
    {
      instead: 'http-https-mismatch',
      log: '$ docker pull registry.example.com:5000/a/b:1\nError response from daemon: Get "https://registry.example.com:5000/v2/": http: server gave HTTP response to HTTPS client',
    },
    {
      instead: 'blob-corrupt',
      log: '$ podman push registry.example.com/shop/api:5\nError: writing blob: Patch "http://registry.example.com/v2/shop/api/blobs/uploads/0a1b": happened during read: Digest did not match, expected sha256:0a1b, got sha256:2c3d',
    },
  ],
} as const satisfies Cause;

/** A Location leads astray if the same log asks the registry under another address. */
function ofLocation({ near, command, image }: Facts, scheme: string, host: string): Fit {
  const asked = new Set(
    [command?.text ?? '', ...near].flatMap((line) =>
      Array.from(line.matchAll(/(?<!ocation"?: "?)(https?:\/\/[^/\s"']{1,200})\/v2\//g), ([, url = '']) => url),
    ),
  );
  const here = `${scheme}://${host}`;
  const other = [...asked].find((url) => url !== here && !url.startsWith('http://'));
  if (other !== undefined) return likely(`${other} was asked, and the upload is to go on at ${here}`);
  if (scheme === 'http' && image?.host === host && !host.includes(':'))
    return likely(`the upload is to go on at ${here}, though the registry is asked with https`);
  return excluded('the upload goes on where it began');
}

/** The address that the client should be seeing: the image's. */
function outer(facts: Facts): { host: string; port: string } {
  const [, host = addressOf(facts).host, port = '443'] = /^(.*?)(?::(\d+))?$/.exec(facts.image?.host ?? '') ?? [];
  return { host: host === '' ? addressOf(facts).host : host, port };
}
