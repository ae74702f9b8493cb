/**
 * What stands beside the failure: words of the person who pasted the log, comments of the script, output of commands
 * that look for the reason. Each is the line that says so.
 */
export interface Aside {
  /** The registry has another URL than it had. */
  moved?: string;
  /** The token was revoked, or ran out: it needs no other reason. */
  dead?: string;
  /** A user name or secret for the registry is empty, or not there for this branch. */
  empty?: string;
  /** The account has a second factor, or signs in elsewhere. */
  secondFactor?: string;
  /** GitLab keeps an address out. */
  banned?: string;
  /** The registry is switched off in GitLab's configuration. */
  off?: string;
  /** The clocks of two hosts differ. */
  clock?: string;
  /** Somebody tried another token for comparison: its success mends nothing. */
  compared?: string;
}

/** Longer lines are looked at by their beginning only. Characters. */
const LIMIT = 800;

/** Names of variables that hold what a registry is logged in to with. */
const SECRET = String.raw`\b\w{0,40}(?:REGISTRY|DOCKER|HARBOR|NEXUS|ARTIFACTORY|JFROG|QUAY|GHCR|HUB|ACR|ECR|DEPLOY|GITLAB|IMAGE|ROBOT|CI_JOB|PUSH|PULL)\w{0,40}(?:USER|USERNAME|NAME|LOGIN|PASS|PASSWORD|PWD|TOKEN|SECRET|KEY|CREDS?|CREDENTIALS?|AUTH)\w{0,40}`;

const MOVED: readonly RegExp[] = [
  /\b(?:registry|gitlab(?!-)|instance)\b[^.!?]{0,50}\b(?:moved|migrated|relocated|renamed|switched|has a new (?:name|url|host|domain|address|port))\b/i,
  /\b(?:moved?|moving|migrat(?:ed?|ing)|relocat(?:ed?|ing)|switch(?:ed|ing)?|renam(?:ed?|ing)|changed?|changing|put)\b (?:our |the |its |to |over )*(?:container |docker |image )?(?:registry|gitlab)\b(?:'s)?[^.!?]{0,80}\b(?:to|from|onto|behind|url|name|host|domain|port|address|https?)\b/i,
  /\b(?:moved?|migrated?|switch(?:ed)?|changed?|renamed?|enabled?)\b[^.!?"]{0,40}\b(?:registry_external_url|external_url|(?:registry|gitlab)(?:'s)? (?:url|host(?:name)?|domain|address|port)|(?:url|host(?:name)?|domain|address|port) of (?:the|our) (?:container )?(?:registry|gitlab)|https (?:for|on) (?:the|our) (?:registry|gitlab))\b/i,
  /\b(?:registry_external_url|registry (?:url|host(?:name)?|domain|address|port)|(?:url|host(?:name)?|domain|address|port) of (?:the|our) (?:container )?(?:registry|gitlab))\b[^.!?]{0,40}\b(?:changed|is now|moved|was changed|became|has changed)\b/i,
  /\b(?:old|former|previous|new) (?:registry )?(?:url|address|host ?name|domain) (?:of (?:the|our) registry|registry\.|\.\.\.)|\b(?:old|former|previous|new) registry (?:url|address|host(?:name)?|domain|port)\b/i,
  /\bregistry\b[^.!?]{0,40}(?:-->|->|=>|→) ?(?:https?:\/\/)?[\w-]+\.[\w.-]+|\bregistry\b.{0,40}\b(?:umgezogen|umgestellt)\b/i,
];

const EMPTY: readonly RegExp[] = [
  new RegExp(
    String.raw`${SECRET}["'}\]]{0,2}(?: (?:variable|parameter|secret))? (?:is|was|are|seems|looks|has an) (?:empty|unset|not set|not defined|undefined|blank|missing|null|not available)\b`,
    'i',
  ),
  new RegExp(String.raw`^(?:export |declare -x |\+{1,3} )?${SECRET}(?:=|: ?)(?:""|'')?$`),
  new RegExp(String.raw`${SECRET}: (?:unbound variable|parameter (?:null or )?not set)`, 'i'),
  /"auth": ?"(?:Og==)?"|"username": ?"", ?"password": ?""|"password": ?""(?=[,}])/,
  /\b(?:variable|secret)s?\b[^.!?]{0,60}\b(?:un)?protected\b[^.!?]{0,40}\b(?:not|n't|only|branch|ref)|\bprotected (?:variable|secret)s?\b[^.!?]{0,60}\b(?:not|un\w{1,20}|only|n't|empty|missing|for protected)\b/i,
  /\bsecrets?\b[^.!?]{0,60}\b(?:not|n't)\b[^.!?]{0,30}\b(?:fork|pull requests?|dependabot)|\b(?:fork|dependabot)\b[^.!?]{0,60}\b(?:no|not|without)\b[^.!?]{0,30}\bsecrets?\b/i,
  /\bforks?\b[^.!?]{0,60}\bsecrets?\b[^.!?]{0,30}\b(?:not|n't|empty|unavailable|missing)\b/i,
  /(?:^|\] |export )DOCKER_(?:AUTH_)?CONFIG=(?:""|'')?$/,
  // A look into the client's own file
  /^(?:cat|ls|stat|jq|less|head)\b.{0,80}(?:\.docker\/config|containers\/auth)\.json\b.{0,40}: No such file/i,
  // Drone's and Woodpecker's plug-ins
  /^(?:Registry )?credentials (?:or Docker config )?not provided\. Guest mode/i,
];

/** A look for credentials, and what the next line says if there are none. */
const LOOKS: readonly { at: RegExp; none: RegExp }[] = [
  {
    at: new RegExp(String.raw`^[$+#] .{0,80}\bgrep -c\b.{0,120}(?:${SECRET}|_(?:USERNAME|PASSWORD|TOKEN)\b)`),
    none: /^0$/,
  },
  {
    at: /^[$+#] .{0,40}(?:test|\[{1,2}) (?:! )?-[efs] \S{0,200}(?:\.docker\/config|containers\/auth|\/auth)\.json.{0,20}echo (?:"?rc=)?\$\?/,
    none: /^(?:rc=)?1$/,
  },
  { at: new RegExp(String.raw`^[$+#] echo "?\$\{#${SECRET}\}`), none: /^0$/ },
  {
    at: new RegExp(String.raw`^[$+#] (?:printf|echo|printenv)\b.{0,80}${SECRET}.{0,20}\| ?wc -[cm]`),
    none: /^\s*[01]$/,
  },
];

const DEAD =
  /"(?:revoked|expired)": ?true|"active": ?false|\btoken\b[^.!?]{0,40}\b(?:has expired|expired (?:on|at|yesterday|last|since|a)\b|(?:was|is|got|has been) (?:revoked|expired|rotated|deleted))\b/i;
const NOT = /\b(?:not|never|neither|nor|no)\b|n't\b/i;

const SECOND_FACTOR =
  /\b(?:2FA|MFA|two[- ]factor|second factor|SSO|SAML|single sign[- ]on|OIDC login)\b|\bmust use a personal access token\b/i;
/** GitLab's own refusal names the second factor among other reasons; or somebody says that there is none. */
const NO_SECOND_FACTOR =
  /access denied|remote: |has 2FA enabled|two_factor_authentication|npm ERR|from sso\b|aws sso|\b(?:no|nobody|not|without|isn't|don't have|never) [^.!?]{0,30}(?:2FA|MFA|factor|SSO)|(?:2FA|MFA|factor|SSO) (?:is )?(?:off|disabled|not )/i;

const BANNED = /Rack_Attack["', :]{1,8}(?:"?env"?: ?")?blocklist|"env": ?"blocklist"|blocklist.{0,40}Rack_Attack/;

const OFF = /^(?:\d{1,6}:)?\s{0,8}(?:registry\['enable'\]|gitlab_rails\['registry_enabled'\])\s{0,3}=\s{0,3}false\b/;

const REFUSED = /HTTP Basic: Access denied|invalid username\/password/;
const FORBIDDEN = /403.{0,80}"Forbidden|403 Forbidden: Forbidden|\/jwt\/auth.{0,200}\bForbidden\b/;

const CLOCK: readonly RegExp[] = [
  /\btoken not to be used before \S{1,20} (?:\S{1,20} ){0,3}- currently|\btoken (?:is )?not valid yet|\btoken used before issued/i,
  /\b(?:System clock|NTP) synchronized: no\b|\bLeap status {1,8}: Not synchronised\b/i,
  /\bSystem time {1,8}: \d{2,9}\.\d+ seconds (?:fast|slow) of NTP time/i,
  /\bclock skew\b|\bclocks?\b[^.!?]{0,40}\b(?:is|are|was|were|runs?|drifts?)\b[^.!?]{0,30}\b(?:off|ahead|behind|fast|slow|wrong|apart)\b|\btime ?drift\b|\bclocks differ\b/i,
  /\bis \d+ (?:min(?:ute)?s?|hours?|seconds?) (?:ahead|behind|fast|slow|in the (?:future|past))\b/i,
];

const COMPARED =
  /\b(?:new|fresh|second|another|other)\b[^.!?]{0,40}\btoken\b[^.!?]{0,60}\b(?:works|logs in|log in|is fine|fine|ok|accepted|comparison)\b|\btoken\b[^.!?]{0,40}\b(?:minted|made|created|generated) (?:today|now|just now|for comparison)\b/i;

/** A time that a program printed: `date` of this host, or the header of another's answer. */
interface Clock {
  by: 'host' | 'header';
  ms: number;
}

/** Lines between two clocks that were read at once. */
const NEXT = 3;
/** The registry forgives so much. Milliseconds. */
const FORGIVEN = 60_000;

function clockOf(text: string): Clock | undefined {
  const header = /^(?:< )?date: ([A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT)$/i.exec(text)?.[1];
  const host = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d (?:UTC|GMT) \d{4}$/.exec(text)?.[0];
  const said = header ?? host;
  return said === undefined ? undefined : { by: header === undefined ? 'host' : 'header', ms: Date.parse(said) };
}

/** One host's clock read twice tells only how long something took. */
function differ(a: Clock, b: Clock): boolean {
  return a.by !== b.by && Math.abs(a.ms - b.ms) > FORGIVEN;
}

/** Gathers what the log's lines say beside the failure. Pure; linear in the lines. */
export function asideOf(lines: Iterable<string>): Aside {
  const aside: Aside = {};
  let refused = 0;
  const accounts = new Set<string>();
  let clock: { at: number; from: Clock } | undefined;
  let at = 0;
  let before = '';
  for (const line of lines) {
    const text = line.slice(0, LIMIT);
    // What a script would say is not yet said.
    const isScript = /^[$+] .*\b(?:if|echo|printf)\b/.test(text);
    if (MOVED.some((words) => words.test(text)) && !/password|quota|storage|bucket|data\b/i.test(text))
      aside.moved ??= line;
    if (LOOKS.some((look) => look.none.test(text) && look.at.test(before))) aside.empty ??= before;
    before = text;
    if (DEAD.test(text) && !NOT.test(text)) aside.dead ??= line;
    if (!isScript && EMPTY.some((words) => words.test(text))) aside.empty ??= line;
    if (SECOND_FACTOR.test(text) && !NO_SECOND_FACTOR.test(text)) aside.secondFactor ??= line;
    // Whoever guards GitLab answers in words of its own, once logins were refused again and again.
    if (REFUSED.test(text)) refused++;
    const account = /\/jwt\/auth\?\S{0,200}?account=([^&\s]{1,100})/.exec(text)?.[1];
    if (account !== undefined && /: 401\b/.test(text)) accounts.add(account);
    // Another account, which nobody had refused, is kept out as well.
    const other = account !== undefined && accounts.size > 0 && !accounts.has(account) && /: 403\b/.test(text);
    if (BANNED.test(text) || other || (refused > 1 && FORBIDDEN.test(text))) aside.banned ??= line;
    if (OFF.test(text)) aside.off ??= line;
    if (CLOCK.some((words) => words.test(text))) aside.clock ??= line;
    const from = clockOf(text);
    at++;
    if (from !== undefined) {
      if (clock !== undefined && at - clock.at <= NEXT && differ(clock.from, from)) aside.clock ??= line;
      clock = { at, from };
    }
    if (COMPARED.test(text)) aside.compared ??= line;
  }
  return aside;
}
