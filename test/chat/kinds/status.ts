import { COMMANDS } from '../../../commands/index.js';
import { auditAnswer } from '../../../src/audit/report.js';
import { elsewhere } from '../../../src/chat/channels.js';
import { decide } from '../../../src/chat/desk.js';
import { welcome } from '../../../src/chat/welcome.js';
import { type CheckResult, fail, LINKS, pass, warn } from '../../../src/checks/check.js';
import { statusAnswer } from '../../../src/checks/report.js';
import { fault, pass as well } from '../../../src/doctor/finding.js';
import { doctorAnswer } from '../../../src/doctor/report.js';
import type { SettingsLook } from '../../../src/effective/gather.js';
import { proposalAnswer, settingsAnswer } from '../../../src/effective/report.js';
import { EdgeError } from '../../../src/errors.js';
import type { Finding } from '../../../src/lint/finding.js';
import {
  busyAnswer,
  endAnswer,
  offAnswer,
  progressAnswer,
  requestAnswer,
  tooOldAnswer,
} from '../../../src/operations/answers.js';
import { stepsAnswer } from '../../../src/own-token/steps.js';
import { cancelled, expired, failed, waiting } from '../../../src/queue/troubles.js';
import { jobsAnswer, runAnswer } from '../../../src/runs/report.js';
import { incidentAnswer, noteOf, urlAnswer } from '../../../src/watch/alerts.js';
import { historyAnswer } from '../../../src/watch/history.js';
import type { WatchIncident } from '../../../src/watch/incident.js';
import type { Problem } from '../../../src/watch/problem.js';
import { ATTEMPT, chainOf } from '../../audit/chains.js';
import { request } from '../requests.js';
import type { Kinds } from './kinds.js';

/** What is said of an instance, of its host, and of Registrar itself. */

export const NOW = Date.UTC(2026, 10, 30, 21, 4);
const MINUTE = 60_000;

const BROKEN: CheckResult[] = [
  ...LINKS.map((link) => ({ id: link.toLowerCase().replace(' ', '-'), link, verdict: pass('as it should be') })),
  {
    ...{ id: 'running', link: 'registry' },
    verdict: fail('the registry is stopped since 4 minutes', 'gitlab-ctl start registry'),
  },
  { id: 'endpoint', link: 'nginx', verdict: fail('502 Bad Gateway', 'see running'), because: 'running' },
  { id: 'certificate', link: 'TLS', verdict: warn('it expires in 9 days', 'renew it: gitlab-ctl renew-le-certs') },
];
const WELL = BROKEN.filter(({ verdict }) => verdict.is === 'pass');
const STOPPED: Problem = {
  ...{ id: 'running', is: 'fail', stage: 0, because: 'the registry is stopped' },
  fix: 'gitlab-ctl start registry',
};
const INCIDENT: WatchIncident = { id: '1', since: NOW, problems: [STOPPED], returns: [], notes: 0 };
const note = (turn: Parameters<typeof noteOf>[0]) => {
  const said = noteOf(turn, INCIDENT, [STOPPED]);
  if (said === undefined) throw new Error('it says something');
  return said;
};

const WRONG: Finding = {
  ...{ id: 'addr-with-scheme', severity: 'error', file: 'gitlab.rb', line: 12 },
  ...{ key: "registry['registry_http_addr']", expected: '127.0.0.1:5000', actual: 'http://127.0.0.1:5000' },
  why: 'the registry takes an address without a scheme',
  fix: "registry['registry_http_addr'] = '127.0.0.1:5000'",
};
const LOOK: SettingsLook = {
  instance: 'lab',
  settings: [
    {
      ...{ setting: 'registry_external_url', value: 'https://registry.example.com', file: 'vhost', line: 16 },
      origin: { setting: 'registry_external_url', line: 4 } as SettingsLook['settings'][number]['origin'],
    },
  ],
  linted: { findings: [WRONG], edits: new Map(), notes: ['line 30 is computed, so it is not known'] },
  proposal: { diff: '-old\n+new', mended: [WRONG], choices: [], left: [] },
  paths: ['/etc/gitlab/gitlab.rb'],
  unread: [],
} as unknown as SettingsLook;

const OPERATION = { id: 'run-1', kind: 'restart', instance: 'lab', asker: { id: 1, username: 'ana' } } as const;
const HOST = { address: 'gitlab.example.com', port: 22, user: 'registrar', sudo: true } as const;

const outage = new EdgeError({
  ...{ part: 'gitlab', code: 'gitlab-unreachable', retry: { afterMs: 5_000 } },
  forPerson: { what: 'gitLab does not answer', why: 'connection refused', next: 'gitlab-ctl status' },
});
const ambiguous = new EdgeError({
  ...{ part: 'gitlab', code: 'ambiguous' },
  forPerson: {
    ...{ what: 'No single project of yours is called api', why: 'did you mean shop/api, web/api?' },
    ...{ next: 'ask again with the full path', meant: { word: 'api', names: ['shop/api', 'web/api'] } },
  },
});
const unknownCommand = () => {
  const outcome = decide(request('statsu'), COMMANDS);
  if (outcome.is !== 'answer') throw new Error('it is answered');
  return outcome.answer;
};

export const STATUS: Kinds = {
  'status: works': statusAnswer('lab', WELL, { all: false, note: 'checked in 0.9 s' }),
  'status: broken': statusAnswer('lab', BROKEN, { all: false, note: 'checked in 0.9 s' }),
  'status: every check': statusAnswer('lab', BROKEN, { all: true, note: 'checked in 0.9 s' }),
  history: historyAnswer(
    'lab',
    Array.from({ length: 60 }, (_, at) => ({
      ...{ at: NOW + at * MINUTE, mark: at < 50 ? ('pass' as const) : ('fail' as const), wrong: [], ms: 80 },
    })),
    [INCIDENT],
    { from: NOW, to: NOW + 60 * MINUTE },
  ),
  'alert: broken': incidentAnswer('lab', INCIDENT, [STOPPED], BROKEN),
  'alert: well again': incidentAnswer('lab', { ...INCIDENT, until: NOW + 12 * MINUTE }, [], WELL),
  'alert: worse': note('worse'),
  'alert: the address has changed': urlAnswer(
    'lab',
    [{ by: 'gitlabRb', from: 'http://r:5000', to: 'https://r:5050' }],
    3,
  ),
  config: settingsAnswer(LOOK),
  'config: proposal': proposalAnswer(LOOK),
  doctor: doctorAnswer(
    [
      well('redis', 'Redis 7 answers'),
      fault('fail', 'workers', { what: 'no worker runs', why: 'nobody does anything', fix: 'registrar worker' }),
    ],
    { all: false },
  ),
  'operation: off': offAnswer({ name: 'lab' } as Parameters<typeof offAnswer>[0], 'restart'),
  'operation: asked': requestAnswer(OPERATION, HOST, BROKEN, ['bob']),
  'operation: runs': progressAnswer(OPERATION, HOST, 'run'),
  'operation: ended': endAnswer(
    {
      ...{ request: OPERATION, confirmer: { id: 2, username: 'bob' }, confirmedBy: 'click', told: false },
      before: { mark: 'fail', title: 'lab: the registry is down', verdicts: { running: 'fail' } },
      end: { is: 'ran', code: 0, done: true, output: 'ok: run: registry: (pid 7) 0s' },
    },
    WELL,
  ),
  'operation: another one runs': busyAnswer(OPERATION),
  'operation: too old': tooOldAnswer(),
  'own token: by hand': stepsAnswer(
    ...(['lab', 'https://gitlab.example.com', { id: 1, username: 'registrar-bot' }] as const),
    { id: 7, name: 'registrar', scopes: ['api'], expires_at: '2026-12-31' } as Parameters<typeof stepsAnswer>[3],
    'env:GITLAB_TOKEN' as Parameters<typeof stepsAnswer>[4],
    { is: 'environment' },
  ),
  audit: auditAnswer(chainOf([ATTEMPT, { ...ATTEMPT, outcome: 'refused' }]), 'shop/api'),
  help: welcome(
    { username: 'ana', canLink: true, instances: [{ name: 'lab', operates: false, watched: true }] },
    COMMANDS,
  ),
  'an unknown command': unknownCommand(),
  'not in this channel': elsewhere(),
  'trouble: failed': failed(ambiguous, 'rotate-token api'),
  'trouble: waiting': waiting(outage, 600_000),
  'trouble: too old': expired(),
  cancelled: cancelled(),
  jobs: jobsAnswer(
    [{ run: '1f0c9a7e', asked: 'status lab', is: 'running', at: NOW, said: 'looking', mayCancel: true }],
    NOW + 4_000,
  ),
  run: runAnswer({
    ...{ id: '1f0c9a7e', queue: 'status', asked: 'status lab', people: [{ platform: 'slack', id: 'UANA' }] },
    ...{ begun: NOW, ended: NOW + 900, ending: 'done', attempts: 1, made: 1 },
    calls: [{ part: 'gitlab', what: 'GET /api/v4/version', came: '200', ms: 7 }],
    said: [{ at: NOW + 800, mark: 'pass', title: 'lab: the registry works' }],
  }),
};
