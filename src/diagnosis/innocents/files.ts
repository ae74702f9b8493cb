import { BEFORE, type Kind } from './kind.js';

/** Why a file could not be used, in the words of the C library and of shells. */
const DENIALS = [
  'No such file or directory',
  'Permission denied',
  'Not a directory',
  "can't open",
  "can't cd to",
] as const;

/** Programs of every shell script, which print their own name before what they miss. */
const PROGRAMS =
  'ls|cat|cp|mv|rm|cd|mkdir|tar|unzip|chmod|chown|source|find|grep|head|tail|stat|ln|base64|gpg|openssl|python[0-9.]*|node|java|bash|sh|sed|awk|xargs|readlink|realpath|gunzip|zip|install|touch|diff|sort|wc';

/** Missing files and programs, scripts, the Dockerfile and what is around it. */
export const FILES: readonly Kind[] = [
  {
    what: 'the Dockerfile copies {file|a file} that is not in the build context',
    hint: 'Check the path against the context (the last argument of docker build), .dockerignore and artifacts of earlier jobs.',
    weak: true,
    signals: [
      { matches: String.raw`failed to compute cache key: .*"(?P<file>/[^"]*)"`, token: 'failed to compute cache key' },
      { says: 'failed to compute cache key' },
      { says: 'failed to calculate checksum of ref' },
      { says: 'COPY failed: ' },
      { says: 'ADD failed: ' },
      { says: 'outside the build context' },
      { says: 'outside the context' },
      { says: 'no items matching glob' },
      { says: 'copier: stat: ' },
      { says: 'checking on sources under' },
      {
        matches: String.raw`error building image: .*(?:failed to get fileinfo|lstat |copying |no such file)`,
        token: 'error building image: ',
      },
      { matches: String.raw`building at STEP "(?:COPY|ADD)`, token: 'building at step "' },
      { says: 'no source files were specified' },
    ],
  },
  {
    what: 'the Dockerfile could not be read or is not valid',
    hint: 'Check the path (-f), the stage name (--target) and the instruction that the message names.',
    weak: true,
    signals: [
      { says: 'failed to read dockerfile' },
      { says: 'unable to prepare context' },
      { says: 'unable to evaluate symlinks in dockerfile path' },
      { says: 'dockerfile parse error' },
      { says: 'unknown instruction: ' },
      { says: 'cannot locate specified dockerfile' },
      { says: 'error resolving dockerfile path' },
      { says: 'failed to process "' },
      { matches: String.raw`target stage "?[^"]+"? could not be found`, token: 'target stage ' },
      { says: 'failed to reach build target' },
      { says: 'the dockerfile cannot be empty' },
      { says: 'file with no instructions' },
      { says: 'circular dependency detected on stage' },
      {
        matches: String.raw`the --(?:mount|chmod|link|parents|exclude) option requires BuildKit`,
        token: 'option requires buildkit',
      },
      { says: 'no build stage in current context' },
      ...['COPY', 'ADD', 'RUN', 'FROM', 'ENV', 'ARG', 'WORKDIR', 'EXPOSE'].map((instruction) => ({
        matches: String.raw`${instruction} requires (?:at least |exactly |either )?\w+ argument`,
        token: `${instruction.toLowerCase()} requires `,
      })),
      { matches: String.raw`invalid (?:from flag value|reference to stage|containerPort)`, token: 'invalid ' },
      { says: 'no specified dockerfile' },
      { says: 'containerfile: no such file' },
      { says: 'no containerfile or dockerfile' },
      { says: 'failed to stat secret' },
      { matches: String.raw`secret (?:\S+: )?not found|failed to solve: .*secret .*: no such file`, token: 'secret ' },
    ],
  },
  {
    what: 'the compose file or another YAML file is not valid',
    hint: 'docker compose config (or a YAML linter) shows the place.',
    weak: true,
    signals: [
      { matches: String.raw`\byaml: (?:line \d+|unmarshal|invalid|control characters|mapping)`, token: 'yaml: ' },
      { matches: String.raw`services\.\S+ (?:must be|contains)`, token: 'services.' },
      { matches: String.raw`Additional propert(?:y|ies) .* (?:is|are) not allowed`, token: 'additional propert' },
      { says: 'using the wrong compose file version' },
      { says: 'the compose file ' },
      { says: 'no configuration file provided: not found' },
      { says: 'error while interpolating ' },
      { matches: String.raw`env file \S+ not found`, token: 'env file ' },
      { matches: String.raw`service "\S+" (?:depends on|refers to) undefined`, token: 'service "' },
      { says: 'no such service: ' },
      { says: 'jq: error' },
      { says: 'parse error: invalid numeric literal' },
      { says: 'yaml.scanner.scannererror' },
      { says: 'jsondecodeerror' },
      { says: 'jsonparseexception' },
      { matches: String.raw`Unexpected token .* JSON`, token: 'unexpected token' },
      { says: 'xml parsing error' },
    ],
  },
  {
    what: 'the program {program|named in the line} is not installed where the job runs',
    hint: 'Install it in the job (before_script), or take an image that has it.',
    signals: [
      { matches: String.raw`(?P<program>[\w./@-]+): command not found`, token: ': command not found' },
      { matches: String.raw`command not found: (?P<program>\S+)`, token: 'command not found: ' },
      {
        matches: String.raw`(?:^|[\s/])(?:sh|ash|bash|dash|zsh)(?:\[\d+\])?: (?:eval: )?(?:line )?(?:\d+: )?(?P<program>[\w./@-]+): not found`,
        token: ': not found',
      },
      {
        matches: String.raw`'?(?P<program>[\w.-]+)'? is not recognized as (?:an internal|the name|a name)`,
        token: 'is not recognized as',
      },
      {
        matches: String.raw`exec: "(?P<program>[^"]+)": (?:executable file )?not found in \$?%?PATH`,
        token: 'not found in ',
      },
      { matches: String.raw`exec: "(?P<program>[^"]+)": stat \S+: no such file`, token: 'exec: "' },
      { matches: String.raw`env: (?:can't execute )?['‘"]?(?P<program>[\w./-]+)['’"]?: No such file`, token: 'env: ' },
      { matches: String.raw`spawn (?P<program>\S+) ENOENT`, token: 'spawn ' },
      { matches: String.raw`Cannot run program "(?P<program>[^"]+)"`, token: 'cannot run program "' },
      { says: 'cannot execute: required file not found' },
      { says: 'could not determine executable to run' },
      { says: 'fullyqualifiederrorid : commandnotfoundexception' },
      { matches: String.raw`No module named (?P<program>\S+)`, token: 'no module named ' },
    ],
  },
  {
    what: 'the program was built for another processor or system',
    hint: 'Build for the platform of the machine (--platform linux/amd64), or set up QEMU: docker run --privileged --rm tonistiigi/binfmt --install all',
    signals: [
      { says: 'exec format error' },
      { says: 'exec user process caused' },
      { says: 'cannot execute binary file' },
      { says: 'bad cpu type in executable' },
      { matches: String.raw`version .?GLIBC(?:XX)?_[\d.]+'? not found`, token: 'glibc' },
      { says: 'error while loading shared libraries' },
    ],
  },
  {
    what: 'the script itself is not valid',
    hint: "Run it through shellcheck, or the language's own syntax check.",
    signals: [
      {
        matches: String.raw`syntax error(?: near unexpected token|: unexpected|: unterminated|: bad)`,
        token: 'syntax error',
      },
      { matches: String.raw`(?P<name>\w+): unbound variable`, token: ': unbound variable' },
      { matches: String.raw`(?P<name>\w+): parameter (?:not set|null or not set)`, token: ': parameter n' },
      { says: 'unexpected eof while looking for matching' },
      { says: 'bad substitution' },
      { says: 'argument list too long' },
      { says: 'bad interpreter' },
      {
        matches: String.raw`FullyQualifiedErrorId : (?:\w*Parse\w*|Unexpected\w+|Missing\w+|InvokeMethodOnNull|ParameterBinding\w*|\w+,Microsoft\.PowerShell\.Commands\.(?:InvokeExpression|ImportModule)\w*)$`,
        token: 'fullyqualifiederrorid : ',
      },
      { says: 'sed: -e expression' },
      { says: "sed: can't read" },
      { says: 'base64: invalid input' },
      { says: 'groovy.lang.' },
      { says: 'org.codehaus.groovy.control' },
      { says: 'no such dsl method' },
      { matches: String.raw`^WorkflowScript: \d+`, token: 'workflowscript: ' },
      { says: 'org.jenkinsci.plugins.scriptsecurity' },
      { says: 'parsererror' },
    ],
  },
  {
    what: 'the script gave up: {file|a file that it needs} is missing or not accessible',
    hint: 'List the directory just before (ls -la); was it an artifact of an earlier job, or created under another user?',
    weak: true,
    signals: [
      ...DENIALS.map((words) => ({
        matches: String.raw`${BEFORE}(?:/(?:usr/)?bin/)?(?:${PROGRAMS}): .*${words}`,
        token: words.toLowerCase(),
      })),
      ...DENIALS.map((words) => ({
        matches: String.raw`(?:^|[\s/])(?:ba|da|a|z)?sh: .*${words}`,
        token: words.toLowerCase(),
      })),
      { says: 'filenotfounderror' },
      {
        matches: String.raw`CategoryInfo +: (?:ObjectNotFound|PermissionDenied|ResourceUnavailable|ReadError|WriteError|ResourceExists|InvalidArgument): \((?P<file>[^()]*)`,
        token: 'categoryinfo ',
      },
      { says: 'permissionerror: [errno 13]' },
      { matches: String.raw`ENOENT: no such file or directory, \w+ '(?P<file>[^']+)'`, token: 'enoent: no such file' },
      { matches: String.raw`EACCES: permission denied, \w+ '(?P<file>[^']+)'`, token: 'eacces: permission denied' },
      { says: 'java.io.filenotfoundexception' },
      { says: 'java.nio.file.nosuchfileexception' },
      ...DENIALS.map((words) => ({
        matches: String.raw`${BEFORE}\S*\.(?:sh|py|rb|pl): .*${words}`,
        token: words.toLowerCase(),
      })),
      {
        matches: String.raw`cannot (?:stat|open|access|find|remove|create \w+) ['‘"](?P<file>[^'’"]+)['’"]`,
        token: 'cannot ',
      },
      { says: "can't open file '" },
      { says: 'system limit for number of file watchers' },
    ],
  },
];
