/**
 * The baseline: what a team writes in an afternoon. The first line that holds a word decides, from the top of the log,
 * whatever stands around it.
 */
const TABLE: readonly [RegExp, string][] = [
  [/HTTP Basic: Access denied/i, 'credentials-rejected'],
  [/incorrect username or password|authentication failed|invalid username\/password/i, 'credentials-rejected'],
  [/denied: access forbidden/i, 'insufficient-rights'],
  [/requested access to the resource is denied/i, 'image-outside-project'],
  [/no basic auth credentials|authentication required|must use.*password|non-TTY device/i, 'credentials-missing'],
  [/pull access denied|name unknown|repository .* not found/i, 'name-unknown'],
  [/manifest unknown|manifest for .* not found|not found: manifest/i, 'manifest-unknown'],
  [/x509: certificate signed by unknown authority|self.signed certificate/i, 'tls-unknown-authority'],
  [/x509: certificate is valid for|doesn't contain any IP SANs|relies on legacy Common Name/i, 'tls-name-mismatch'],
  [/certificate has expired/i, 'tls-expired'],
  [/server gave HTTP response to HTTPS client|HTTP request was sent to HTTPS port/i, 'http-https-mismatch'],
  [/no such host|Temporary failure in name resolution|Could not resolve host/i, 'dns-failure'],
  [/Cannot connect to the Docker daemon|docker daemon running/i, 'daemon-unreachable'],
  [/connection refused/i, 'connection-refused'],
  [/i\/o timeout|TLS handshake timeout|Client\.Timeout|context deadline exceeded/i, 'connection-timeout'],
  [/connection reset by peer|broken pipe|unexpected EOF|\bEOF$/i, 'connection-dropped'],
  [/413 Request Entity Too Large/i, 'body-too-large'],
  [/\b50[234] (?:Bad Gateway|Service|Gateway)/i, 'gateway-error'],
  [/toomanyrequests|429 Too Many Requests|rate limit/i, 'rate-limited'],
  [/no space left on device/i, 'client-disk-full'],
  [/invalid reference format/i, 'invalid-image-reference'],
  [/does not exist locally|No such image/i, 'image-not-found-locally'],
  [/blob upload unknown|digest did not match|blob unknown/i, 'blob-corrupt'],
  [/manifest invalid/i, 'manifest-rejected'],
  [/500 Internal Server Error/i, 'registry-internal-error'],
  [/unauthorized/i, 'credentials-rejected'],
  [/denied|forbidden/i, 'insufficient-rights'],
  [/error|failed/i, 'not-registry'],
];

export function keywordTable(log: string): string {
  for (const line of log.split('\n')) {
    const found = TABLE.find(([words]) => words.test(line));
    // A general "error" on the way says nothing yet: most tables have it as their last word.
    if (found !== undefined && found[1] !== 'not-registry') return found[1];
  }
  return /error|failed/i.test(log) ? 'not-registry' : 'unknown';
}
