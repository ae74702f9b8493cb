import type { GitLab } from '../gitlab/client.js';
import type { Registry } from '../registry/client.js';
import type { Seal } from '../secrets/seal.js';
import type { Journal } from './journal.js';
import type { StepName } from './plan/plan.js';

/** What a rotation acts on; the worker gives it. */
export interface SagaContext {
  gitlab: GitLab;
  registry: Registry;
  seal: Seal;
  save(journal: Journal): Promise<void>;
  progress(step: StepName, details: Partial<Record<StepName, string>>): Promise<void>;
  /** Logs in as Registrar after a login of ours was refused: a success resets GitLab's count of failures. */
  succeedOnce(): Promise<void>;
  now(): number;
}
