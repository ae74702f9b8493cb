import { daysLeft } from '../hooks/expiring.js';
import { type Finding, fault, pass } from './finding.js';

/** What GitLab tells of Registrar's own token. */
export interface TokenSeen {
  username: string;
  scopes: readonly string[];
  /** A date; left out, it does not expire. */
  expiresAt?: string;
}

/** From so few days on it is told, and from so few it is a fault: whoever is away for a week comes back too late. */
const WARN_DAYS = 14;
const FAIL_DAYS = 7;

/** Can Registrar do with its token what it has to, and for how long still? Pure. */
export function judgeToken(
  { name, gitlab }: { name: string; gitlab: { url: string } },
  { username, scopes, expiresAt }: TokenSeen,
  now: number,
): Finding[] {
  const part = `${name}: token`;
  if (!scopes.includes('api')) {
    return [
      fault('fail', part, {
        what: `the token of ${username} has no scope api, only ${scopes.join(', ')}`,
        why: 'with it Registrar can look at some things, and replace no token',
        fix: `make one with the scope api at ${gitlab.url}/-/user_settings/personal_access_tokens, and put it where gitlab.token of ${name} points`,
      }),
    ];
  }
  const scope = scopes.length === 1 ? 'scope' : 'scopes';
  if (expiresAt === undefined) return [pass(part, `${username}, ${scope} ${scopes.join(', ')}, does not expire`)];
  const days = daysLeft({ expiresAt }, now);
  if (days >= WARN_DAYS) return [pass(part, `${username}, ${scope} ${scopes.join(', ')}, expires in ${days} days`)];
  return [
    fault(days < FAIL_DAYS ? 'fail' : 'warn', part, {
      what: `Registrar’s own token ${days <= 0 ? 'expires today' : `expires in ${days} day${days === 1 ? '' : 's'}`}`,
      why: `${expiresAt}, 00:00 UTC: from then on GitLab refuses everything that Registrar asks`,
      fix: `registrar rotate-own-token ${name} --yes`,
    }),
  ];
}
