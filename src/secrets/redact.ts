/**
 * A kind of secret, and how its text looks. Expressions have no nested repeats, and what may begin at every character
 * is bounded: they run in linear time. None asks for a word boundary in front: the `m` of a colour code
 * (`ESC[32mglpat-…`) or an instance's own prefix would hide the token.
 */
const SHAPES: readonly { kind: string; pattern: RegExp; keep?: (groups: string[]) => string }[] = [
  {
    kind: 'private key',
    // Headers of an encrypted key (`Proc-Type: …`) have single dashes.
    pattern:
      /-----BEGIN [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----[^-]*(?:-(?!----)[^-]*)*(?:-----END [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----)?/g,
  },
  // Prefixes: https://docs.gitlab.com/security/tokens/#token-prefixes
  {
    kind: 'GitLab token',
    pattern:
      /(?:(?:glpat|gldt|glcbt|glptt|glrt|glrtr|glft|glimt|glagent|glsoat|gloas|glffct|glwt)-|GR1348941)[A-Za-z0-9_.-]{16,}/g,
  },
  { kind: 'Slack token', pattern: /(?:xox[abeprs]|xapp-\d)-[A-Za-z0-9-]{8,}/g },
  { kind: 'GitHub token', pattern: /(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})/g },
  { kind: 'Docker Hub token', pattern: /dckr_(?:pat|oat)_[A-Za-z0-9_-]{16,}/g },
  { kind: 'AWS key', pattern: /(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Z0-9])/g },
  {
    kind: 'JSON web token',
    pattern: /(?:(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}|eyJ[A-Za-z0-9_-]{8,200})\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g,
  },
  {
    kind: 'Authorization header',
    pattern: /(authorization["']?\s{0,4}[:=]\s{0,4}["']?(?:basic|bearer|token)\s{1,4})[A-Za-z0-9+/=_.~-]{4,}/gi,
    keep: ([before = '']) => before,
  },
  {
    kind: 'header with a token',
    pattern:
      /((?:private-token|job-token|deploy-token|x-gitlab-token|x-vault-token)["']?\s{0,4}[:=]\s{0,4}["']?)[^\s"']{4,}/gi,
    keep: ([before = '']) => before,
  },
  {
    kind: 'password in a URL',
    // Up to the last @ before the path: a password may hold one.
    pattern: /([a-z][a-z0-9+.-]{1,20}:\/\/[^\s:@/]{0,200}:)[^\s/]+(?=@)/gi,
    keep: ([before = '']) => before,
  },
  {
    kind: 'auth of a docker config',
    pattern: /((?:"|\\")(?:auth|identitytoken|registrytoken)(?:"|\\")\s{0,4}:\s{0,4}(?:"|\\"))[A-Za-z0-9+/=_.-]{4,}/gi,
    keep: ([before = '']) => before,
  },
  {
    kind: 'password option',
    // `-p` is a password to few programs only; `mkdir -p` and `docker run -p` are none of them.
    pattern:
      /((?:-p(?<=\b(?:login|sshpass|mysql[a-z]{0,10}|mariadb)\b[^\n]{0,300}\s-p)[ =]{0,4}|\s--password[ =]{1,4}|\s--(?:dest-|src-)?creds[ =]{1,4}[^\s:]{1,200}:|\s(?:-u|--user|--proxy-user)[ =]{1,4}[^\s:]{1,200}:))(?:"[^"$\n][^"\n]*"|'[^'\n]+'|[^\s$"'-][^\s]*)/g,
    keep: ([before = '']) => before,
  },
  {
    kind: 'secret variable',
    // `NAME=value`, and JSON with its quotes, also inside a string (`\"`). `"$NAME"` is a reference, not a secret.
    pattern:
      /((?:PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_KEY|ACCESS_KEY)[A-Za-z0-9_]{0,30}(?:\\?["']?\s{0,2}=|\\?["']\s{0,2}:)\s{0,2}\\?)(?:"[^"$\n][^"\n]*"|'[^'\n]+'|[^\s$"',;<>&|{}()[\]\\][^\s"',;]{3,})/gi,
    keep: ([before = '']) => before,
  },
  {
    kind: 'secret variable',
    // YAML. A colon alone is prose ("Requesting bearer token: invalid status code"): the name must be all upper case …
    pattern:
      /((?:PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_KEY|ACCESS_KEY)[A-Z0-9_]{0,30}:\s{1,4})(?:"[^"$\n][^"\n]*"|'[^'\n]+'|[^\s$"',;<>&|{}()[\]\\][^\s"',;]{3,})/g,
    keep: ([before = '']) => before,
  },
  {
    kind: 'secret variable',
    // … or the line must hold nothing else.
    pattern:
      /(^[ \t]{0,40}(?:- )?[A-Za-z0-9_]{0,60}(?:PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_KEY|ACCESS_KEY)[A-Za-z0-9_]{0,30}:[ \t]{1,4})(?:"[^"$\n][^"\n]*"|'[^'\n]+'|[^\s$"'][^\s"']{3,})(?=[ \t]*$)/gim,
    keep: ([before = '']) => before,
  },
];

export interface Redacted {
  text: string;
  /** Kinds of secrets that were in the text, each once: the person is told that the log leaked them. */
  found: string[];
}

/** What stands where a secret stood. */
export const REDACTED = '[redacted]';

/**
 * Takes secrets out of a text before it is stored, queued, logged or shown. Idempotent.
 *
 * By shape only; a secret without any (a plain word after `echo`) can't be known.
 */
export function redact(text: string): Redacted {
  const found = new Set<string>();
  let result = text;
  for (const { kind, pattern, keep } of SHAPES) {
    result = result.replace(pattern, (whole, ...groups: unknown[]) => {
      if (whole.includes(REDACTED)) return whole;
      found.add(kind);
      const captured = groups.filter((group): group is string => typeof group === 'string');
      return `${keep === undefined ? '' : keep(captured)}${REDACTED}`;
    });
  }
  return { text: result, found: [...found] };
}

/** {@link redact} on every string inside a value. */
export function redactDeep<T>(value: T): { value: T; found: string[] } {
  const found = new Set<string>();
  const walk = (one: unknown): unknown => {
    if (typeof one === 'string') {
      const clean = redact(one);
      for (const kind of clean.found) found.add(kind);
      return clean.text;
    }
    if (Array.isArray(one)) return one.map(walk);
    if (typeof one === 'object' && one !== null)
      return Object.fromEntries(Object.entries(one).map(([key, inner]) => [key, walk(inner)]));
    return one;
  };
  return { value: walk(value) as T, found: [...found] };
}
