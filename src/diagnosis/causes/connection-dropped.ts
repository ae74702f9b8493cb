import { type Cause, excluded, likely, possible } from '../cause.js';
import { addressOf, elsewhere, firstTry, forTheHost, JIB, peerOf } from '../connection.js';

/**
 * The connection was there and broke in the middle.
 *
 * Source: Go's net/http and http2 (EOF, reset, GOAWAY), ECONNRESET and EPIPE elsewhere. A proxy that refuses a large
 * body, or gives up waiting, also looks like this from the client.
 */
export const connectionDropped = {
  id: 'connection-dropped',
  group: 'network',
  title: 'The connection to the registry broke off',
  explain: (facts) =>
    `The connection to ${addressOf(facts).name} was established and then closed by the other side or by something in between, before the answer was complete. Usually a proxy or load balancer cuts long or large requests, the registry was restarted or killed, or the network is unstable.`,
  tell: (facts) =>
    `curl -sSI https://${addressOf(facts).authority}/v2/ answers 401, at least now and then, and transfers break off again after the same time or size`,
  signals: [
    { says: 'connection reset by peer' },
    { says: 'broken pipe' },
    { says: 'unexpected EOF' },
    { matches: String.raw`https?://\S+: EOF\b`, token: ': eof' },
    { matches: String.raw`^(?:[A-Za-z]+(?:\[\d+\])?: )?(?:[a-z][a-z =\d]*: )*EOF$`, token: 'eof' },
    { says: 'use of closed network connection' },
    // A request that Go sent again, when its body was spent.
    { matches: String.raw`http: ContentLength=\d+ with Body length`, token: 'with body length' },
    { says: 'read/write on closed pipe' },
    { says: 'tls: bad record MAC' },
    { says: 'Empty reply from server' },
    { says: 'SSL_ERROR_SYSCALL' },
    { says: 'unexpected eof while reading' },
    { says: 'Recv failure: Connection reset' },
    { says: 'transfer closed with' },
    { says: 'connection was aborted' },
    { says: 'http: server closed idle connection' },
    { says: 'server sent GOAWAY' },
    { says: 'graceful shutdown GOAWAY' },
    { says: 'client connection lost' },
    { matches: String.raw`http2: (?:stream|response body) closed`, token: 'http2: ' },
    { says: 'tls: use of closed connection' },
    { says: 'connection closed before message completed' },
    { says: 'client connection force closed' },
    { matches: String.raw`stream error: stream ID \d+; [A-Z_]+`, token: 'stream error: stream id' },
    { says: 'transport connection broken' },
    { says: 'forcibly closed by the remote host' },
    { says: 'ConnectionResetError' },
    { says: 'Remote end closed connection without response' },
    // containerd's pusher, when the connection ended before the registry's answer.
    {
      matches: String.raw`failed commit on ref "[^"]+": (?:no response|failed to read response)`,
      token: 'failed commit on ref',
      own: true,
    },
    { says: 'ECONNRESET' },
    { says: 'socket hang up' },
    {
      matches: `${JIB}.*(?:Connection reset|Broken pipe|Premature EOF|Remote host terminated|Unexpected end of file)`,
      token: 'jib',
      own: true,
    },
  ],
  fit(facts, { text }) {
    if (/^(?:username|password)\b/i.test(text)) return excluded('the client asked for a name, and nobody answered');
    const other = elsewhere(facts);
    if (other !== undefined) return other;
    if (/failed to (?:register|extract) layer|processing tar file/i.test(text))
      return excluded('a layer that had come could not be unpacked');
    if (/malformed MIME header line: [A-Z]/.test(text)) return excluded('the answer came, and says what it is');
    if (/malformed HTTP response|connection refused|\blookup \S+/.test(text))
      return excluded('the line names another reason');
    if (/^\s*EOF$/.test(text) && [facts.command?.text ?? '', ...facts.near].some((line) => line.includes('<<')))
      return excluded('this EOF ends a here-document');
    if (firstTry(text) !== text && !/EOF|reset|broken|closed/.test(firstTry(text)))
      return excluded('that was only the second try, with plain http');
    const { name } = addressOf(facts);
    const peer = peerOf(facts);
    if (peer === 'realm') return possible('it was the connection to the token endpoint that broke');
    if (peer === 'storage') return possible('it was the connection to where the layers are stored that broke');
    if (/with Body length/.test(text))
      return possible('the upload was sent again after it had broken off, or was redirected');
    if (/read\/write on closed pipe/.test(text))
      return possible('the client ended the transfer itself: what else failed may not be shown');
    return likely(`the connection to ${name} broke off`);
  },
  fix(facts) {
    const { authority } = addressOf(facts);
    const uploads = facts.operation === 'push' || facts.operation === 'build' || facts.operation === 'copy';
    return forTheHost(facts, [
      ...(uploads
        ? [
            '# In every nginx in front of the registry (not the GitLab package’s own, which has this already):',
            'client_max_body_size 0; proxy_request_buffering off; proxy_read_timeout 900s; proxy_send_timeout 900s;',
          ]
        : []),
      `curl -sv https://${authority}/v2/ -o /dev/null   # 401 is good; does it break here too?`,
      'gitlab-ctl tail registry nginx   # on the GitLab host, while you try again',
      'gitlab-ctl status registry; dmesg -T | grep -i "killed process"   # was the registry restarted or killed?',
      '# Fewer uploads at once: {"max-concurrent-uploads": 1} in /etc/docker/daemon.json, then systemctl restart docker',
    ]);
  },
  references: [
    'https://docs.gitlab.com/administration/packages/container_registry_troubleshooting/',
    'https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_read_timeout',
    'https://docs.docker.com/reference/cli/dockerd/',
  ],
  examples: [
    {
      is: 'likely',
      under: ['http2: stream closed'],
      log: `ERROR: failed to solve: failed to push registry.example.com/shop/api:1: failed to do request: Put "https://registry.example.com/v2/shop/api/blobs/uploads/1": http2: stream closed`,
    },
    {
      is: 'likely',
      under: ['connection reset by peer'],
      log: `$ docker push registry.example.com/shop/api:1
The push refers to repository [registry.example.com/shop/api]
9a1dd7918741: Retrying in 1 second
write tcp 10.0.0.9:51234->192.0.2.7:443: write: connection reset by peer`,
    },
    {
      is: 'likely',
      under: ['EOF'],
      log: `Initialized empty Git repository in /builds/shop/api/.git/
$ docker push $CI_REGISTRY_IMAGE:latest
The push refers to repository [registry.example.com/shop/api]
9a1dd7918741: Pushing [==>                 ]  12.4MB/230MB
9a1dd7918741: Retrying in 5 seconds
EOF
ERROR: Job failed: exit code 1`,
    },
    {
      is: 'likely',
      under: ['broken pipe'],
      log: '#14 ERROR: failed to push registry.example.com/shop/api:1: failed to copy: failed to do request: Put "https://registry.example.com/v2/shop/api/blobs/uploads/ab?digest=sha256%3Acd": write tcp 172.17.0.2:40222->192.0.2.7:443: write: broken pipe',
    },
    {
      is: 'likely',
      under: ['unexpected EOF'],
      log: 'error pushing image: failed to push to destination registry.example.com/shop/api:1: Patch "https://registry.example.com/v2/shop/api/blobs/uploads/ab?_state=xy": unexpected EOF',
    },
    {
      is: 'likely',
      under: ['INTERNAL_ERROR'],
      log: `[2024-05-02T09:11:05.201Z] + podman push registry.example.org/shop/api:1
[2024-05-02T09:14:05.201Z] Error: writing blob: Patch "https://registry.example.org/v2/shop/api/blobs/uploads/ab": stream error: stream ID 5; INTERNAL_ERROR; received from peer`,
    },
    {
      is: 'likely',
      under: ['no response'],
      log: '#15 pushing layers 88.2s done\n#15 ERROR: failed commit on ref "layer-sha256:0a1b": no response\nERROR: failed to solve: failed commit on ref "layer-sha256:0a1b": no response',
    },
    {
      is: 'possible',
      under: ['closed pipe'],
      log: 'ERROR: failed to solve: failed to push registry.example.com/shop/api:4: failed to copy: io: read/write on closed pipe',
    },
  ],
  lookalikes: [
    {
      instead: 'body-too-large',
      log: '$ docker push registry.example.com/a/b:1\nThe push refers to repository [registry.example.com/a/b]\nerror parsing HTTP 413 response body: invalid character \'<\' looking for beginning of value: "<html>\\r\\n<head><title>413 Request Entity Too Large</title></head>"',
    },
    {
      instead: 'not-registry',
      log: '$ git clone https://gitlab.example.com/shop/api.git\nfatal: the remote end hung up unexpectedly\nfatal: early EOF\nfetch-pack: unexpected disconnect while reading sideband packet\nfatal: unexpected EOF',
    },
    {
      instead: 'unknown',
      log: '##[group]Run cat > Dockerfile <<EOF\ncat > Dockerfile <<EOF\nFROM scratch\nEOF\ndocker build .\n##[error]Process completed with exit code 3.',
    },
    {
      instead: 'client-proxy',
      log: '$ docker pull alpine:3\nError response from daemon: Get "https://registry-1.docker.io/v2/": proxyconnect tcp: EOF',
    },
  ],
} as const satisfies Cause;
