import type { Answer } from '../../src/chat/answer.js';
import type { Person } from '../../src/chat/request.js';
import type { Replies } from '../../src/queue/replies.js';
import { Postponed } from '../../src/queue/work.js';
import type { DeployToken, Project } from '../lab/gitlab/double.js';
import { ask, type Bench, planIdOf } from '../rotation/bench.js';

/** Rotations whose old token is listened for, and people who press buttons meanwhile. */

/** Bob, who is at a terminal of his own; what he may is up to a test. */
export const BOB: Person = { platform: 'terminal', id: 'bob' };
export const HOURS = 24;
export const HOUR = 3_600_000;

/** Everybody waits for a day, and Bob is known. */
export function configureWaiting({ lab }: Bench): Promise<void> {
  const extra = '    - gitlab: bob\n      terminal: bob\n';
  return lab.configure({ rotation: `{ quietHours: ${HOURS} }`, extra });
}

let projects = 0;

/** A project with a token in a pair; Ana maintains it, and Bob holds that role. */
export function addProject(bench: Bench, bob: 30 | 40 = 30): { project: Project; old: DeployToken } {
  const { gitlab, people } = bench.lab;
  const project = gitlab.addProject(`waiting-${++projects}/api`);
  gitlab.addMember(project, people.ana, 40);
  gitlab.addMember(project, people.bob, bob);
  return { project, old: addToken(bench, project, 'ci push', 'REGISTRY') };
}

/** Another token, in a pair of its own. */
export function addToken({ lab: { gitlab } }: Bench, project: Project, name: string, key: string): DeployToken {
  const old = gitlab.addDeployToken(project, { name, scopes: ['read_registry', 'write_registry'] });
  gitlab.addVariable(project, { key: `${key}_USER`, value: old.username });
  gitlab.addVariable(project, { key: `${key}_PASSWORD`, value: old.token });
  return old;
}

/** What came of a job. */
export interface Pressed {
  /** In the message with the buttons. */
  said: Answer[];
  /** In messages of their own. */
  aside: Answer[];
  /** The job comes back after so many milliseconds. */
  laterMs?: number;
}

const BEGIN = Date.now();

/** Hands a job to the worker, so many hours after the first one. */
export async function press(bench: Bench, asked: Parameters<typeof ask>[1], hours = 0): Promise<Pressed> {
  const aside: Answer[] = [];
  const replies = { to: () => async (answer: Answer) => void aside.push(answer) } as unknown as Replies;
  const worker = { ...bench.worker, replies, now: () => BEGIN + hours * HOUR };
  const said: Answer[] = [];
  try {
    await ask({ ...bench, worker }, asked, said);
    return { said, aside };
  } catch (error) {
    if (error instanceof Postponed) return { said, aside, laterMs: error.ms };
    throw error;
  }
}

export async function planned(bench: Bench, { fullPath }: Project, token?: string): Promise<string> {
  const { said } = await press(bench, { step: 'plan', project: fullPath, ...(token === undefined ? {} : { token }) });
  return planIdOf(said);
}

/** As [Rotate] does it: everything holds the new token, and the job comes back in an hour. */
export async function startWaiting(bench: Bench, project: Project, token?: string): Promise<string> {
  const planId = await planned(bench, project, token);
  const { laterMs } = await press(bench, { step: 'run', planId, requestId: `run ${planId}` });
  if (laterMs !== HOUR) throw new Error('it does not wait');
  return planId;
}

/** The rotation's own job comes back. */
export function comeBack(bench: Bench, planId: string, hours: number): Promise<Pressed> {
  return press(bench, { step: 'run', planId, requestId: `run ${planId}` }, hours);
}

export function words({ said }: Pressed): string {
  return JSON.stringify(said.at(-1));
}

export function buttonsOf({ said }: Pressed): string[] {
  const parts = said.at(-1)?.parts ?? [];
  return parts.flatMap((part) => (part.kind === 'buttons' ? part.buttons : [])).map(({ label }) => label);
}
