import type { Diagnosis } from '../../../src/diagnosis/diagnosis.js';
import { diagnosisAnswer } from '../../../src/diagnosis/report.js';
import { statsAnswer } from '../../../src/feedback/report.js';
import { expiringAnswer } from '../../../src/hooks/expiring-answer.js';
import { incidentAnswer } from '../../../src/incidents/report.js';
import {
  chooseAnswer,
  doneAnswer,
  planAnswer,
  progressAnswer,
  undoneAnswer,
  waitingAnswer,
} from '../../../src/rotation/answers.js';
import {
  bulkAskedAnswer,
  bulkChooseAnswer,
  bulkEndAnswer,
  bulkListAnswer,
  bulkPlanAnswer,
  bulkProgressAnswer,
  bulkStandAnswer,
} from '../../../src/rotation/bulk/answers.js';
import type { Bulk, Result, Target } from '../../../src/rotation/bulk/bulk.js';
import { announcement, begunAnswer, nothingLeft } from '../../../src/rotation/policy/answers.js';
import { planOf, tokenOf, writeOf } from '../../rotation/plan-of.js';
import type { Kinds } from './kinds.js';
import { NOW } from './status.js';

/** What is said of failures and of tokens. */

const PLAN = planOf({
  writes: [writeOf('REGISTRY_PASSWORD', 'password'), writeOf('DOCKER_AUTH_CONFIG', 'docker-config')],
  outside: ['the cluster’s pull secret'],
  unknown: ['logins on laptops can’t be seen from here'],
  reasons: ['It is older than the registry’s address.'],
  quietHours: 24,
});
const TARGETS: Target[] = [1, 2, 3].map((id) => ({
  owner: { kind: 'project', id, path: `shop/p${id}` },
  token: tokenOf(id),
}));
const BULK: Bulk = {
  ...{ id: '0b2c6a6e-9a54-4c8e-8f5e-1d2c3b4a5f60', instance: 'lab', filter: { is: 'stale' }, targets: TARGETS },
  ...{ unknown: ['2 projects could not be read'], at: NOW },
};
const RESULTS = new Map<number, Result>([
  [0, { is: 'done', fresh: 9 }],
  [1, { is: 'failed', why: 'GitLab rejects it', next: 'ask again' }],
]);
const POLICY = { path: 'shop', everyDays: 90, notifyDays: 7, slack: 'C1' };
const AGED = TARGETS.map((target) => ({ target, birth: { is: 'known' as const, at: NOW - 80 * 86_400_000 } }));

const DIAGNOSIS: Diagnosis = {
  ...{ cause: 'image-outside-project', confidence: 'confirmed', why: 'shop/other is not the project of the token' },
  alternatives: [{ cause: 'insufficient-rights', why: 'the token may lack write_registry' }],
  ruledOut: [{ cause: 'registry-disabled', why: 'the registry is on' }],
  evidence: [{ line: 14, text: 'denied: requested access to the resource is denied' }],
  facts: {
    ...{ failure: '', logins: [], layersPushed: false, near: [], fromTheStart: true },
    registry: 'registry.example.com:5050',
  },
  fix: ['docker tag shop/other:1 registry.example.com:5050/shop/api:1'],
};

export const TOKENS: Kinds = {
  'diagnosis: confirmed': diagnosisAnswer(DIAGNOSIS, {
    ...{ leaked: ['password option'], id: 'd1', findings: { instance: 'lab', notLooked: [] } },
    notes: ['Ask *#platform* for a token.'],
  }),
  'diagnosis: possible': diagnosisAnswer({ ...DIAGNOSIS, confidence: 'possible' }, { leaked: [] }),
  'diagnosis: of no registry': diagnosisAnswer({ ...DIAGNOSIS, cause: 'not-registry' }, { leaked: [] }),
  'diagnosis: figures': statsAnswer(
    [{ cause: 'image-outside-project', named: 12, right: 9, wrong: 1 }],
    new Map([['image-outside-project', 'The image name is outside the project']]),
  ),
  'incident in many projects': incidentAnswer(
    { id: '1', since: NOW, projects: ['shop/api', 'shop/web'] },
    'lab',
    DIAGNOSIS,
  ),
  'token expires': expiringAnswer(
    {
      ...{ kind: 'deploy', id: 79, name: 'ci push', owner: { kind: 'project', id: 2, path: 'shop/api' } },
      expiresAt: '2026-12-03T00:00:00.000Z',
    },
    'for the registry',
    'lab',
    NOW,
  ),
  'rotation: which token': chooseAnswer('shop/api', [tokenOf(7), tokenOf(8, { name: 'old' })]),
  'rotation: plan': planAnswer(PLAN, NOW),
  'rotation: runs': progressAnswer(PLAN, 'rewrite', { create: 'deploy token 9', prove: 'logged in' }),
  'rotation: waits for silence': waitingAnswer(
    PLAN,
    { create: 'deploy token 9' },
    { since: NOW, seen: 'nobody since' },
  ),
  'rotation: done': doneAnswer(PLAN, { id: 9, username: 'gitlab+deploy-token-9' }, 'token 7 is refused'),
  'rotation: undone': undoneAnswer(PLAN, {
    ...{ why: 'GitLab answered 500', next: 'ask again', undone: ['REGISTRY_PASSWORD as before'], left: [] },
    oldToken: 'in force',
  }),
  'bulk: plan': bulkPlanAnswer(BULK),
  'bulk: list': bulkListAnswer(BULK),
  'bulk: choose': bulkChooseAnswer(BULK),
  'bulk: asked': bulkAskedAnswer(BULK, { id: 1, username: 'ana' }, ['bob']),
  'bulk: runs': bulkProgressAnswer(BULK, RESULTS, 'running'),
  'bulk: stands': bulkStandAnswer({ bulk: BULK, state: 'paused', wasCancelled: false }, RESULTS),
  'bulk: ended': bulkEndAnswer(BULK, RESULTS, false),
  'policy: announced': announcement(POLICY, { due: '2026-12-10', tokens: ['deploy:1'] }, AGED, 2, NOW),
  'policy: begun': begunAnswer(POLICY, '2026-12-10', AGED),
  'policy: nothing left': nothingLeft(POLICY, '2026-12-10'),
};
