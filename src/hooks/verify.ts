import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** What a webhook is verified with; at least one of the two. */
export interface HookSecrets {
  /** Compared with `X-Gitlab-Token`. */
  token?: string;
  /** `whsec_` and base64: signs id, time and body. */
  signingKey?: string;
}

/** A signature older or younger than this is a replay. Seconds; as Standard Webhooks recommends. */
const TOLERANCE_SECONDS = 300;

/**
 * Is a request GitLab's? A signature counts more than a token: where a signing key is configured, an unsigned request
 * is refused, for whoever saw the token once could send anything.
 *
 * Source: GitLab's X-Gitlab-Token; https://www.standardwebhooks.com (webhook-id, webhook-timestamp, webhook-signature
 * `v1,<base64 of HMAC-SHA256 over id.timestamp.body>`, several separated by spaces).
 */
export function isGenuine(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  body: Buffer,
  { token, signingKey }: HookSecrets,
  nowMs: number,
): boolean {
  if (signingKey !== undefined) return isSigned(headers, body, signingKey, nowMs);
  return token !== undefined && token !== '' && equal(one(headers['x-gitlab-token']), token);
}

function isSigned(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  body: Buffer,
  signingKey: string,
  nowMs: number,
): boolean {
  const id = one(headers['webhook-id']);
  const timestamp = one(headers['webhook-timestamp']);
  const age = Math.abs(nowMs / 1000 - Number(timestamp));
  if (id === '' || !/^\d{1,12}$/.test(timestamp) || age > TOLERANCE_SECONDS) return false;
  const key = Buffer.from(signingKey.replace(/^whsec_/, ''), 'base64');
  const signed = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64');
  return one(headers['webhook-signature'])
    .split(' ')
    .some((given) => equal(given, `v1,${signed}`));
}

/** In constant time, whatever the lengths are. */
function equal(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}

function one(header: string | string[] | undefined): string {
  return (Array.isArray(header) ? header[0] : header) ?? '';
}
