import { BEFORE, type Kind } from './kind.js';

/** How GitLab's runner names a transfer. */
const MOVES = ['Uploading artifacts', 'Downloading artifacts', 'Uploading cache', 'Downloading cache'] as const;

/** The machine and the CI system around the job. */
export const RUNNERS: readonly Kind[] = [
  {
    what: 'the job was killed: out of memory, by all signs',
    hint: 'Give the job more memory (or fewer parallel workers), or a larger runner.',
    weak: true,
    signals: [
      { says: 'javascript heap out of memory' },
      { says: 'java.lang.outofmemoryerror' },
      { says: 'java heap space' },
      { says: 'outofmemoryexception' },
      { says: 'cannot allocate memory' },
      { says: 'std::bad_alloc' },
      { says: 'oomkilled' },
      { says: 'out of memory: kill' },
      { says: 'oom-kill' },
      { says: 'exceeded memory limit' },
      {
        // `docker compose ps` lists `Exit 137` of containers that somebody stopped.
        matches: String.raw`(?:exit(?:ed with(?: code| status)?| code| status|code):? |returned a non-zero code: )137\b`,
        token: ' 137',
      },
      { says: 'signal: killed' },
      { matches: String.raw`${BEFORE}(?:\S+: (?:line \d+: +)?\d+ )?Killed\b`, token: 'killed' },
      { says: 'killed signal terminated program' },
      { says: 'signal: 9, sigkill' },
      { says: 'gradle build daemon disappeared unexpectedly' },
      { says: 'the forked vm terminated without' },
      {
        matches: String.raw`fork: (?:retry: )?Resource temporarily unavailable|fork: Cannot allocate`,
        token: 'fork: ',
      },
      { says: 'memoryerror' },
    ],
  },
  {
    what: 'the job took longer than it may',
    hint: 'Raise the timeout of the job, or find the step that hangs by its time stamps.',
    weak: true,
    signals: [
      { says: 'execution took longer than' },
      { says: 'exceeded the maximum execution time' },
      { says: 'job exceeded the maximum' },
      { says: 'too long with no output' },
      { says: 'cancelling nested steps due to timeout' },
      { says: 'exceeded build time limit' },
      {
        matches: String.raw`The job (?:running on \S+ ran longer|was cancell?ed because it (?:ran|exceeded))`,
        token: 'the job ',
      },
      { says: 'timeout has been exceeded' },
      { matches: String.raw`ran longer than the maximum time of`, token: 'ran longer than' },
      { says: 'org.jenkinsci.plugins.workflow.steps.flowinterruptedexception' },
    ],
  },
  {
    what: 'the runner or its machine failed, not a command of the job',
    hint: 'Retry the job (retry: when: runner_system_failure), and look at the log of the runner.',
    weak: true,
    signals: [
      { matches: String.raw`Job failed \(system failure\): `, token: 'job failed (system failure)' },
      { matches: String.raw`Job failed: prepare environment: exit (?:code|status)`, token: ': prepare environment: ' },
      { says: 'the runner has received a shutdown signal' },
      { says: 'lost communication with the server' },
      { matches: String.raw`pod \S+ (?:was evicted|is not running|has been deleted)`, token: 'pod ' },
      { matches: String.raw`pods "\S+" not found`, token: 'pods "' },
      { says: 'pod status is failed' },
      { says: 'timed out waiting for pod to start' },
      { says: 'this job is stuck' },
      { says: 'is not in any previous stage' },
      { says: 'gitlab ci configuration is invalid' },
      { says: 'config contains unknown keys' },
      { matches: String.raw`\bconfig should (?:be an? |implement |contain )`, token: ' config should ' },
      { says: 'hudson.remoting.' },
      { says: 'agent went offline during the build' },
      { says: 'was marked offline' },
      { says: 'no hosted parallelism has been purchased' },
      { matches: String.raw`Unable to resolve action .(?P<action>[^,]+), `, token: 'unable to resolve action' },
      { says: 'java.nio.channels.closedchannelexception' },
      { says: 'we stopped hearing from agent' },
      { says: 'resource_exhausted: ' },
    ],
  },
  {
    what: 'an artifact or cache of the job could not be moved',
    hint: 'Check that the earlier job kept the artifact (paths, expire_in) and the size limit for artifacts.',
    weak: true,
    signals: [
      ...MOVES.map((words) => ({
        matches: String.raw`${words}.*\.\.\. .*(?:\b[45]\d\d\b|error|forbidden|not found|too large)`,
        token: words.toLowerCase(),
      })),
      { says: 'too large archive' },
      { says: 'could not retrieve the needed artifacts' },
      { says: 'dependencies could not be retrieved' },
      ...[
        'No files were found with the provided path',
        'Unable to find any artifacts',
        'Unable to download artifact',
        'Artifact not found',
        'Failed to CreateArtifact',
      ].map((words) => ({ matches: String.raw`(?:##\[error\]|Error: )${words}`, token: words.toLowerCase() })),
      { says: 'no files to upload' },
      { says: 'no artifacts found that match' },
      { says: 'unable to find an artifact with the name' },
    ],
  },
];
