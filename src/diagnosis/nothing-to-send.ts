import type { Signal } from './cause.js';

/** The login refused to start, or the client itself says that it had nothing to send. */
export const REFUSED =
  /password-stdin|non[ -]TTY|needs an argument|is empty|can't be empty|(?:username|password) (?:is )?required|non-null username|password are required|interactive login|basic credential not found|for basic auth|(?:requires|accepts) (?:at most )?1 argument|input required and not supplied|cannot prompt|reading username|reading password|log ?in prior to pu|^(?:username|password)\b.{0,60}: |unable to locate credentials|could not find credentials/i;
/** Of these, the ones that other programs say, too. */
export const EVERYBODYS =
  /input required and not supplied|(?:username|password) (?:is|can't be) empty|username and password required|username (?:is )?required|password (?:is )?required$|needs an argument|unable to locate credentials|inappropriate ioctl|could not find credentials/i;
/**
 * Words of a client that had no user name or no password: its login refused to start, or it says so of a request.
 *
 * Source: docker/cli (of all ages), podman, skopeo, Helm, ORAS, nerdctl, crane, docker/login-action, the AWS CLI.
 */
export const NOTHING_TO_SEND: readonly Signal[] = [
  { says: 'must provide --username with --password-stdin', own: true },
  {
    matches: "flag needs an argument: (?:'[up]' in -[up]|--(?:username|password))",
    token: 'flag needs an argument: ',
    own: true,
  },
  {
    matches: 'cannot perform an interactive login from a non[ -]tty',
    token: 'interactive login from a non',
    own: true,
  },
  // A client that asks, and has nobody to answer: docker before 1.11, docker, Helm, podman; containers/image's flags.
  { matches: 'please log ?in prior to pu(?:sh|ll)', token: 'in prior to pu', own: true },
  { matches: '^username: ?(?:error: )?eof\\b', token: 'username: e', own: true },
  { matches: String.raw`^username: ?fata\[\d+\] ?eof\b`, token: 'username: fata', own: true },
  { matches: String.raw`^username \([^)]*\): ?.{0,80}\beof\b`, token: 'username (', own: true },
  {
    matches: '^(?:enter )?password: .*(?:inappropriate ioctl|not a terminal|handle is invalid)',
    token: 'password: ',
    own: true,
  },
  // Jenkins, whose store of credentials has none of that name
  { matches: 'could not find credentials (?:entry|matching)', token: 'could not find credentials', own: true },
  { matches: "(?:credentials|username|password) can't be empty", token: "can't be empty" },
  { matches: '(?:^|: |msg=")username is empty', token: 'username is empty', own: true },
  { matches: '(?:^|: |msg=")password is empty', token: 'password is empty', own: true },
  { matches: '(?:^|error: |\\] ?)username and password required', token: 'username and password required', own: true },
  { matches: '(?:^|error: |\\] ?)username required', token: 'username required', own: true },
  { matches: '(?:^|error: |\\] ?)username is required', token: 'username is required', own: true },
  { says: 'Non-null Username Required', own: true },
  { matches: '(?:^|error: |\\] ?)password required', token: 'password required', own: true },
  { matches: '(?:^|error: |\\] ?)password is required', token: 'password is required', own: true },
  { matches: '(?:^|: )(?:error )?reading username\\b', token: 'reading username', own: true },
  { matches: '(?:^|: )(?:error )?reading password\\b', token: 'reading password', own: true },
  { says: 'cannot prompt for username', own: true },
  { matches: 'docker login["\'] (?:requires|accepts) at most 1 argument', token: 's at most 1 argument', own: true },
  // GitHub's actions for a login
  {
    matches: 'input required and not supplied: (?:username|password|registry|login-server)',
    token: 'input required and not supplied',
    own: true,
  },
  { matches: '"helm registry login" requires 1 argument', token: 'helm registry login" requires', own: true },
  { says: 'no basic auth credentials', own: true },
  { says: 'basic credential not found', own: true },
  { says: 'credential required for basic auth', own: true },
  { says: 'missing username or password for basic auth', own: true },
];
