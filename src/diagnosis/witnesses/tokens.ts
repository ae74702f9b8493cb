import type { CauseId } from '../causes/index.js';
import type { TokenFinding } from '../findings.js';
import { isSuspected, type Testimony, type Witness } from '../testimony.js';

/** Causes that a look at the deploy tokens tells apart. */
const CREDENTIALS: readonly CauseId[] = [
  'credentials-rejected',
  'token-stale-after-url-change',
  'password-needs-token',
];

/** The deploy tokens of the project, and what a login with a stored pair says of them. */
export const tokens: Witness<TokenFinding[]> = (all, diagnosis) => {
  if (!isSuspected({ ...diagnosis, alternatives: [] }, ...CREDENTIALS)) return [];
  const user = diagnosis.facts?.logins.findLast(
    (login) => login.user !== undefined && !login.user.startsWith('$'),
  )?.user;
  const named = user === undefined ? [] : all.filter(({ username }) => username === user);
  const id = /^gitlab\+deploy-token-(\d+)$/.exec(user ?? '')?.[1];
  if (id !== undefined && named.length === 0) {
    const why = `deploy token ${id} does not exist any more: it was revoked or removed`;
    return [{ cause: 'credentials-rejected', says: 'confirms', why }];
  }
  // Without a name in the log, the token that the pipeline's variables hold is the one that was used.
  const candidates = named.length > 0 ? named : all.filter(({ login }) => login !== undefined);
  const verdicts = (candidates.length > 0 ? candidates : all).map((token) => judge(token));
  const guilty = verdicts.find(({ sure }) => sure) ?? verdicts.find(({ cause }) => cause !== undefined);
  if (guilty?.cause !== undefined) {
    const certain = guilty.sure && (named.length > 0 || candidates.length === 1);
    return [{ cause: guilty.cause, says: certain ? 'confirms' : 'supports', why: guilty.why }];
  }
  return candidates
    .filter(({ login }) => login?.accepted === true)
    .slice(0, 1)
    .map(
      (token): Testimony => ({
        cause: 'credentials-rejected',
        says: 'supports',
        why: `${said(token)} is accepted with the pair in ${token.login?.variable}: another password was used, or it was mended since`,
      }),
    );
};

function judge(token: TokenFinding): { cause?: CauseId; why: string; sure: boolean } {
  const { revoked, expired, age, login } = token;
  if (revoked) return { cause: 'credentials-rejected', why: `${said(token)} is revoked`, sure: true };
  if (expired) return { cause: 'credentials-rejected', why: `${said(token)} has expired`, sure: true };
  if (login?.accepted === true) return { why: 'accepted', sure: false };
  if (age.is === 'older') {
    const seen = login === undefined ? '' : `, and a login with the pair in ${login.variable} is refused`;
    return {
      cause: 'token-stale-after-url-change',
      why: `${said(token)} is older than the registry's URL: ${age.why}${seen}`,
      sure: login !== undefined,
    };
  }
  if (login === undefined) return { why: '', sure: false };
  const reason =
    age.is === 'newer' ? 'is newer than the registry’s URL' : 'is not known to be older than the registry’s URL';
  return {
    cause: 'credentials-rejected',
    why: `the pair in ${login.variable} is refused, though ${said(token)} is neither revoked nor expired and ${reason}: the stored password is another one`,
    sure: age.is === 'newer',
  };
}

function said({ id, name, username }: TokenFinding): string {
  return `deploy token ${id} “${name}” (${username})`;
}
