import type { GitLab } from '../gitlab/client.js';
import type { Registry } from '../registry/client.js';
import type { Seal } from '../secrets/seal.js';
import type { Journal } from './journal.js';
import type { Login, OutsideConsumer } from './outside/outside.js';
import type { StepName } from './plan/plan.js';
import type { Silence } from './silence.js';

/** What a rotation acts on; the worker gives it. */
export interface SagaContext {
  gitlab: GitLab;
  registry: Registry;
  seal: Seal;
  /** Consumers outside this GitLab, by the configuration. */
  outside: readonly OutsideConsumer[];
  save(journal: Journal): Promise<void>;
  progress(step: StepName, details: Partial<Record<StepName, string>>): Promise<void>;
  /** Who used the old token since then (milliseconds since the epoch), for the plan's hours? */
  watch(since: number): Promise<Silence>;
  /** Hands the new secret to the asker alone. */
  reveal(login: Login): Promise<void>;
  /** Logs in as Registrar after a login of ours was refused: a success resets GitLab's count of failures. */
  succeedOnce(): Promise<void>;
  now(): number;
}
