import { BEFORE, DIGITS, type Kind } from './kind.js';

/** Exceptions of Python and JavaScript, as `Name: message`. */
const THROWN = [
  'ModuleNotFoundError',
  'ImportError',
  'SyntaxError',
  'IndentationError',
  'TypeError',
  'ReferenceError',
  'NameError',
  'KeyError',
  'IndexError',
  'AttributeError',
  'ValueError',
  'RuntimeError',
] as const;

/** Exceptions of Ruby, as `message (Name)`. */
const RAISED = ['NameError', 'NoMethodError', 'LoadError', 'ArgumentError', 'KeyError', 'RuntimeError'] as const;

/** Compilers, linkers, bundlers and build tools that refuse the source. Words of each program's own messages. */
export const COMPILERS: readonly Kind[] = [
  {
    what: 'the compiler refused {file|the source}',
    hint: 'Correct the source at the line that the compiler names.',
    signals: [
      {
        matches: String.raw`(?P<file>[\w./+@-]+\.(?:c|cc|cpp|cxx|c\+\+|h|hh|hpp|hxx|m|mm|cu|f90|hs|java|swift|kt|scala|zig|proto|ml|cr|nim|d)):\d+(?::\d+)?:? error: `,
        token: ' error: ',
      },
      {
        matches: String.raw`(?P<file>[\w./+@-]+\.(?:c|cc|cpp|cxx|h|hh|hpp|m|mm|cu)):\d+(?::\d+)?: fatal error: `,
        token: 'fatal error: ',
      },
      { matches: String.raw`(?P<file>[\w./+@-]+\.hs):\d+:\d+: error`, token: '.hs:' },
      // Kotlin: with a URL or an absolute path, and in its older way.
      ...['e: file:', 'e: /', '.kt: (', '.kts: ('].map((token) => ({
        matches: String.raw`${BEFORE}e: (?P<file>\S+\.kts?):`,
        token,
      })),
      ...DIGITS.map((digit) => ({
        matches: String.raw`(?P<file>[\w./+@-]+\.go):\d+:\d+: \S`,
        token: `.go:${digit}`,
      })),
      { matches: String.raw`(?P<file>[\w./+@-]+\.tsx?)[(:]\d+[,:]\d+\)?(?:: | - )error TS\d+`, token: 'error ts' },
      { matches: String.raw`\berror TS\d{3,5}:`, token: 'error ts' },
      { matches: String.raw`\bTS2\d{3,4}: `, token: 'ts2' },
      { matches: String.raw`(?P<file>[\w./\\+@-]+\.(?:cs|fs|vb))\(\d+,\d+\): error`, token: '): error' },
      { matches: String.raw`\berror CS\d{4}\b`, token: 'error cs' },
      { matches: String.raw`\berror FS\d{4}\b`, token: 'error fs' },
      { matches: String.raw`\berror MSB\d{4}\b`, token: 'error msb' },
      { matches: String.raw`\berror NETSDK\d{4}\b`, token: 'error netsdk' },
      { matches: String.raw`\berror C\d{4}:`, token: 'error c' },
      { matches: String.raw`\berror\[E\d{4}\]`, token: 'error[e' },
      { says: 'error: could not compile `' },
      { says: 'error: aborting due to ' },
      { matches: String.raw`\[ERROR\] COMPILATION ERROR`, token: 'compilation error' },
      { matches: String.raw`\[ERROR\] (?P<file>/\S+\.(?:java|kt|scala|groovy)):\[?\d+`, token: '[error] /' },
      { matches: String.raw`\[error\] (?P<file>\S+\.scala):\d+`, token: '.scala:' },
      { says: 'compilation failed; see the compiler' },
      { matches: String.raw`\*\* \((?:CompileError|SyntaxError|TokenMissingError|Mix)`, token: '** (' },
      { says: '== compilation error in file' },
      { says: 'php parse error:' },
      { says: 'php fatal error:' },
      { matches: String.raw`^(?:Parse|Fatal) error: .* in \S+ on line \d+`, token: ' on line ' },
      { says: '** build failed **' },
      { says: '** archive failed **' },
      { matches: String.raw`Errors? found in: \S+\.dart|^(?:lib|test)/\S+\.dart:\d+:\d+: Error:`, token: '.dart' },
    ],
  },
  {
    what: 'the linker found no {symbol|symbol that the program needs}',
    hint: 'Add the missing library or object file to the link step.',
    signals: [
      { matches: "undefined reference to [`'](?P<symbol>[^'`]+)", token: 'undefined reference to ' },
      { says: 'undefined symbols for architecture' },
      {
        matches: String.raw`ld(?:\.lld|\.gold)?: (?:error: )?(?:cannot find|unable to find library) (?P<symbol>-l\S+)`,
        token: ' -l',
      },
      {
        matches: String.raw`error: linker .* (?:not found|failed)|error: linking with .* failed`,
        token: 'error: link',
      },
      { says: 'ld returned 1 exit status' },
      { says: 'error lnk' },
    ],
  },
  {
    what: 'the build tool could not set up the build',
    hint: 'Look at the build file or the tool that the message names.',
    signals: [
      { matches: String.raw`No rule to make target`, token: 'no rule to make target' },
      { matches: String.raw`CMake Error(?: at |: )`, token: 'cmake error' },
      { matches: String.raw`^(?:#\d+ \S+ )?configure: error: `, token: 'configure: error: ' },
      { matches: String.raw`meson\.build:\d+:\d+: ERROR`, token: 'meson.build:' },
      { matches: String.raw`^ninja: error: `, token: 'ninja: error: ' },
      { matches: String.raw`Makefile:\d+: \*\*\* (?:missing separator|.*Stop\.)`, token: 'makefile:' },
      { says: 'could not compile build file' },
      { says: 'could not determine the dependencies of task' },
      { says: 'could not find or load main class' },
      { says: 'unable to access jarfile' },
      { says: 'unsupportedclassversionerror' },
      { says: 'invalid target release' },
      { says: 'invalid source release' },
      { says: 'there is no pom in this directory' },
      { says: 'no goals have been specified' },
      { says: 'unsupported class file major version' },
    ],
  },
  {
    what: 'the build tool failed in {task|one of its steps}',
    hint: 'The lines above the message say what the step ran into.',
    weak: true,
    signals: [
      { matches: String.raw`Failed to execute goal (?P<task>\S+)`, token: 'failed to execute goal' },
      { matches: String.raw`Execution failed for task '(?P<task>[^']+)'`, token: 'execution failed for task' },
      { matches: String.raw`ninja: build stopped: `, token: 'ninja: build stopped' },
      { matches: String.raw`Build FAILED\.$`, token: 'build failed.' },
      // Bazel; its last word, behind the list of targets, repeats it.
      { matches: String.raw`^ERROR: Build did NOT complete successfully`, token: 'build did not complete' },
    ],
  },
  {
    what: 'the web bundle could not be built',
    hint: 'Correct the import or the source that the bundler names.',
    signals: [
      { matches: String.raw`Module not found: (?:Error: )?Can't resolve`, token: 'module not found: ' },
      { matches: String.raw`${BEFORE}Failed to compile\.?$`, token: 'failed to compile' },
      { says: 'module build failed' },
      { says: 'rollup failed to resolve import' },
      { matches: String.raw`${BEFORE}error during build:`, token: 'error during build' },
      { matches: String.raw`Build failed with \d+ errors?`, token: 'build failed with ' },
      { matches: String.raw`${BEFORE}Type error: `, token: 'type error: ' },
      { matches: String.raw`ERROR in (?:\./|src/|multi )\S+`, token: 'error in ' },
      { says: 'digital envelope routines::unsupported' },
      { says: 'err_ossl_evp_unsupported' },
      { matches: String.raw`Could not resolve "[^"]+"`, token: 'could not resolve "' },
      { matches: String.raw`SassError: `, token: 'sasserror: ' },
      { says: 'error occurred prerendering page' },
      { says: 'build failed because of webpack errors' },
    ],
  },
  {
    what: 'the program stopped with an error of its own ({error|exception})',
    hint: 'Read the stack trace: the last line of your own code is where to look.',
    weak: true,
    signals: [
      { says: 'traceback (most recent call last)' },
      ...THROWN.map((name) => ({ matches: String.raw`\b(?P<error>${name}): `, token: `${name.toLowerCase()}: ` })),
      ...RAISED.map((name) => ({ matches: String.raw`\((?P<error>${name})\)`, token: `(${name.toLowerCase()})` })),
      { says: 'error: cannot find module' },
      { says: 'err_module_not_found' },
      { says: 'unhandledpromiserejection' },
      { says: 'exception in thread "main"' },
      { matches: String.raw`^(?:#\d+ \S+ )?panic: `, token: 'panic: ' },
      { matches: String.raw`thread '[^']*' (?:\(\d+\) )?panicked at`, token: 'panicked at' },
      { says: 'segmentation fault' },
      { says: '(core dumped)' },
      // Frames of applications and their frameworks; image clients in Java have others.
      ...['io.netty', 'org.springframework', 'org.hibernate', 'reactor', 'org.apache.catalina', 'com.zaxxer'].map(
        (name) => ({ matches: String.raw`^\s+at ${name.replaceAll('.', '[.]')}[.]`, token: `at ${name}.` }),
      ),
      { says: 'cannot load such file --' },
      { matches: String.raw`rake aborted!`, token: 'rake aborted!' },
      { says: 'caused by: java.lang.' },
      { says: 'unhandled exception' },
      { says: 'application run failed' },
    ],
  },
];
