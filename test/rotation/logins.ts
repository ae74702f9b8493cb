import { dockerEntries, hostOf } from '../../src/rotation/plan/docker-config.js';
import type { DeployToken, Project } from '../lab/gitlab/double.js';
import { type Bench, type Subject, variablesOf } from './bench.js';
import { basic } from './plan-of.js';
import { type Answering, accepts } from './saga-bench.js';

/** How a project may hold a token, and whether what it holds is a login that works. */

type Fill = (project: Project, old: DeployToken) => void;

/** Ways to hold a token, by the words of a test. */
export function waysToHold(bench: Bench): Record<string, Fill> {
  const { gitlab } = bench.lab;
  const pair: Fill = (project, { username, token }) => {
    gitlab.addVariable(project, { key: 'REGISTRY_USER', value: username, environment_scope: 'production' });
    gitlab.addVariable(project, { key: 'REGISTRY_PASSWORD', value: token, environment_scope: 'production' });
  };
  const docker: Fill = (project, { username, token }) => {
    const auths = { 'quay.io': { auth: basic('ana', 'other') }, [hostFor(bench)]: { auth: basic(username, token) } };
    gitlab.addVariable(project, { key: 'DOCKER_AUTH_CONFIG', value: JSON.stringify({ auths }) });
  };
  const hidden: Fill = (project, { username, token }) => {
    gitlab.addVariable(project, { key: 'HIDDEN_USER', value: username });
    gitlab.addVariable(project, { key: 'HIDDEN_PASSWORD', value: token, hidden: true });
  };
  const together: Fill = (...given) => {
    for (const fill of [pair, docker, hidden]) fill(...given);
  };
  return { pair, 'docker configuration': docker, 'hidden password': hidden, 'all of them together': together };
}

/** Every login that a job of the project would be given at this moment. */
function loginsIn(bench: Bench, project: Project): { where: string; username: string; password: string }[] {
  const variables = variablesOf(bench, project);
  const pairs = variables.flatMap(({ key, value: password, environment_scope }) => {
    const user = key.replace(/_PASSWORD$/, '_USER');
    const beside = variables.find((one) => one.key === user && one.environment_scope === environment_scope);
    return user === key || beside === undefined ? [] : [{ where: key, username: beside.value, password }];
  });
  const entries = variables.flatMap(({ key, value }) =>
    (dockerEntries(value) ?? [])
      .filter(({ host }) => hostOf(host) === hostFor(bench))
      .map(({ username, password }) => ({ where: key, username, password })),
  );
  return [...pairs, ...entries];
}

/** After every call that may have changed something: do all logins still work? `broken` names the call and the login. */
export function watching(bench: Bench, { project }: Pick<Subject, 'project'>) {
  const seen = { moments: 0, broken: [] as string[] };
  const look = async (moment: string) => {
    for (const { where, username, password } of loginsIn(bench, project)) {
      seen.moments += 1;
      const said = await accepts(bench, { project }, username, password);
      if (said !== 'accepted') seen.broken.push(`after ${moment}, ${where} is ${said}`);
    }
  };
  const around =
    (answering: Answering): Answering =>
    async (call, name) => {
      const answered = await answering(call, name);
      if (!name.startsWith('GET ')) await look(name);
      return answered;
    };
  return { seen, look, around, answering: around((call) => call()) };
}

function hostFor({ lab }: Bench): string {
  return new URL(lab.host.registryUrl).host;
}
