import type { CauseId } from './causes/index.js';
import { causeOf } from './causes/index.js';
import type { Diagnosis } from './diagnosis.js';
import type { Findings, TokenFinding } from './findings.js';

/** Causes that a look at the deploy tokens tells apart. */
const CREDENTIALS: readonly CauseId[] = [
  'credentials-rejected',
  'token-stale-after-url-change',
  'password-needs-token',
];

/** Moves a verdict by what probes found. Pure. `confirmed` is given here and nowhere else. */
export function weigh(diagnosis: Diagnosis, findings: Findings): Diagnosis {
  const ruledOut = [...diagnosis.ruledOut];
  if (findings.registry?.is === 'answers')
    ruledOut.push({ cause: 'gateway-error', why: `the registry answers, in ${Math.round(findings.registry.ms)} ms` });
  const next = { ...diagnosis, ruledOut };
  if (!CREDENTIALS.includes(diagnosis.cause) || findings.tokens === undefined) return next;
  const user = diagnosis.facts?.logins.findLast(
    (login) => login.user !== undefined && !login.user.startsWith('$'),
  )?.user;
  return weighTokens(next, findings.tokens, user);
}

function weighTokens(diagnosis: Diagnosis, all: readonly TokenFinding[], user: string | undefined): Diagnosis {
  const named = user === undefined ? [] : all.filter(({ username }) => username === user);
  const id = /^gitlab\+deploy-token-(\d+)$/.exec(user ?? '')?.[1];
  if (id !== undefined && named.length === 0)
    return settle(
      diagnosis,
      'credentials-rejected',
      'confirmed',
      `deploy token ${id} does not exist any more: it was revoked or removed`,
    );
  // Without a name in the log, the token that the pipeline's variables hold is the one that was used.
  const candidates = named.length > 0 ? named : all.filter(({ login }) => login !== undefined);
  const verdicts = (candidates.length > 0 ? candidates : all).map((token) => judgeToken(token));
  const guilty = verdicts.find(({ sure }) => sure) ?? verdicts.find(({ cause }) => cause !== undefined);
  if (guilty?.cause === undefined) {
    const healthy = candidates.find(({ login }) => login?.accepted === true);
    if (healthy === undefined) return diagnosis;
    const why = `${said(healthy)} is accepted with the pair in ${healthy.login?.variable}: another password was used, or it was mended since`;
    return settle(diagnosis, 'credentials-rejected', 'likely', why);
  }
  const certain = guilty.sure && (named.length > 0 || candidates.length === 1);
  return settle(diagnosis, guilty.cause, certain ? 'confirmed' : 'likely', guilty.why);
}

function judgeToken(token: TokenFinding): { cause?: CauseId; why: string; sure: boolean } {
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

function settle(diagnosis: Diagnosis, cause: CauseId, confidence: 'confirmed' | 'likely', why: string): Diagnosis {
  const others = [
    ...(cause === diagnosis.cause ? [] : [{ cause: diagnosis.cause, why: diagnosis.why }]),
    ...diagnosis.alternatives,
  ].filter((one) => one.cause !== cause);
  const { facts } = diagnosis;
  return {
    ...diagnosis,
    cause,
    confidence,
    why,
    alternatives: confidence === 'confirmed' ? [] : others,
    ruledOut:
      confidence === 'confirmed'
        ? [
            ...diagnosis.ruledOut,
            ...others.map((one) => ({ cause: one.cause, why: 'GitLab and a live login say otherwise' })),
          ]
        : diagnosis.ruledOut,
    fix: facts === undefined ? diagnosis.fix : causeOf(cause).fix(facts),
  };
}

function said({ id, name, username }: TokenFinding): string {
  return `deploy token ${id} “${name}” (${username})`;
}
