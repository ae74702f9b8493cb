import { createHmac } from 'node:crypto';

/** The `X-Slack-Signature` of a request: `v0=` and the lower-case hex HMAC-SHA256 of `v0:timestamp:body`. */
export function signSlack(secret: string, timestampSeconds: number | string, rawBody: string | Buffer): string {
  const mac = createHmac('sha256', secret).update(`v0:${timestampSeconds}:`).update(rawBody);
  return `v0=${mac.digest('hex')}`;
}
