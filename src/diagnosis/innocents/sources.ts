import { BEFORE, type Kind } from './kind.js';

/** Git, other version control, and ssh. */
export const SOURCES: readonly Kind[] = [
  {
    what: 'git was refused by its server ({remote|the repository})',
    hint: 'Check the URL and the token or key that git uses: read_repository or write_repository is what it needs, not a registry scope.',
    signals: [
      { matches: String.raw`fatal: unable to access '(?P<remote>[^']+)'`, token: 'fatal: unable to access ' },
      {
        matches: String.raw`fatal: Authentication failed for '(?P<remote>[^']+)'`,
        token: 'fatal: authentication failed for',
      },
      { says: 'fatal: could not read username' },
      { says: 'fatal: could not read password' },
      { matches: String.raw`fatal: repository '(?P<remote>[^']+)' `, token: 'fatal: repository ' },
      { says: 'fatal: could not read from remote repository' },
      {
        matches: String.raw`remote: (?:HTTP Basic: Access denied|You are not allowed|The project you were looking for|GitLab: |Repository not found|Permission to|Invalid username|Support for password|Access denied|Forbidden|Write access|error: |fatal: )`,
        token: 'remote: ',
      },
      { says: '! [remote rejected]' },
      { says: '! [rejected]' },
      // Kaniko, of where it gets the sources
      { says: 'error resolving source context: ' },
      { says: 'pre-receive hook declined' },
      { says: 'error: failed to push some refs' },
      { says: 'remote: error: gh' },
      { says: 'batch response: ' },
      { says: 'smudge filter lfs failed' },
    ],
  },
  {
    what: 'git could not do what it was asked',
    hint: 'Check the branch or tag name, the depth of the clone (GIT_DEPTH) and the state of the working copy.',
    signals: [
      {
        matches: String.raw`${BEFORE}fatal: (?:not a git repository|couldn't find remote ref|reference is not a tree|detected dubious ownership|refusing to merge|early EOF|the remote end hung up|clone of|No url found for submodule|bad object|ambiguous argument|bad revision|not a tree|Not possible to fast-forward|pathspec|Need to specify|unable to checkout|Needed a single revision|unsafe repository|remote error|protocol error|invalid reference|ref|shallow|no submodule mapping|tag '|a branch named|remote \w+ already exists|Unable to create|could not create|expected flush|fetch-pack|index-pack|destination path|You have not concluded|empty ident|bad config)`,
        token: 'fatal: ',
      },
      { says: 'error: rpc failed; ' },
      { matches: String.raw`error: pathspec '[^']*' did not match`, token: 'error: pathspec ' },
      { says: 'automatic merge failed' },
      { says: 'conflict (content)' },
      { says: 'please tell me who you are' },
      { says: 'error: your local changes to the following files would be overwritten' },
      { says: 'error: cannot rebase' },
      { says: 'failed to clone submodule' },
      { matches: String.raw`^svn: E\d+`, token: 'svn: e' },
    ],
  },
  {
    what: 'an ssh connection failed ({host|the other host})',
    hint: 'Check the key, known_hosts and the address: ssh -v USER@HOST.',
    signals: [
      { says: 'permission denied (publickey' },
      { says: 'permission denied, please try again' },
      { says: 'host key verification failed' },
      { matches: String.raw`ssh: connect to host (?P<host>\S+)`, token: 'ssh: connect to host' },
      { matches: String.raw`ssh: Could not resolve hostname (?P<host>[^\s:]+)`, token: 'ssh: could not resolve' },
      { says: 'kex_exchange_identification' },
      { says: 'error in libcrypto' },
      { matches: String.raw`Load key "[^"]*": `, token: 'load key "' },
      { says: 'error loading key ' },
      { matches: String.raw`rsync error: (?P<error>.+) \(code \d+\)`, token: 'rsync error: ' },
      { matches: String.raw`^scp: .*(?:No such file|denied|failed|No space|not a)`, token: 'scp: ' },
      { matches: String.raw`^sftp: .*(?:No such file|denied|failed|No space)`, token: 'sftp: ' },
      { says: 'lost connection' },
      { says: 'bad owner or permissions on' },
      { says: 'remote host identification has changed' },
      { says: 'too many authentication failures' },
      { says: 'no supported authentication methods available' },
    ],
  },
];
