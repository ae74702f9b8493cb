import { readFileSync } from 'node:fs';
import { Agent, fetch, type RequestInit } from 'undici';
import { answerParent } from './child.js';

/**
 * What somebody's script would do: one token after the other, with no call that the protocol does not ask for, no
 * journal, nothing undone, and nothing compared before it is overwritten.
 */

export interface ScriptWorld {
  gitlab: string;
  registry: string;
  /** Path of the authority's certificate. */
  ca: string;
  botToken: string;
}

export interface ScriptTask {
  projectId: number;
  path: string;
  token: { id: number; name: string; username: string; secret: string };
}

export interface ScriptDone {
  ms: number;
  /** Of each token: from its beginning until the registry had opened an upload for the new one. */
  proofMs: number[];
  gitlabCalls: number;
  registryCalls: number;
}

const world = JSON.parse(process.argv[2] ?? '{}') as ScriptWorld;
const dispatcher = new Agent({ connect: { ca: readFileSync(world.ca, 'utf8') } });
let gitlabCalls = 0;
let registryCalls = 0;

answerParent<ScriptTask[], ScriptDone>(async (tasks) => {
  gitlabCalls = 0;
  registryCalls = 0;
  const proofMs: number[] = [];
  const begun = performance.now();
  for (const task of tasks) proofMs.push(await rotate(task));
  return { ms: performance.now() - begun, proofMs, gitlabCalls, registryCalls };
});

async function rotate({ projectId, path, token }: ScriptTask): Promise<number> {
  const begun = performance.now();
  const place = `projects/${projectId}`;
  const tokens = (await api('GET', `${place}/deploy_tokens?per_page=100`)) as { id: number }[];
  if (!tokens.some(({ id }) => id === token.id)) throw new Error('the token is gone');
  const variables = (await api('GET', `${place}/variables?per_page=100`)) as { key: string; value: string }[];
  const holders = variables.filter(({ value }) => value === token.secret);
  const { name, username } = token;
  const scopes = ['read_registry', 'write_registry'];
  const fresh = (await api('POST', `${place}/deploy_tokens`, { name: `${name} new`, username, scopes })) as {
    token: string;
  };
  const bearer = await login(username, fresh.token, `repository:${path}:pull,push`);
  const opened = await registry('POST', `${world.registry}/v2/${path}/blobs/uploads/`, bearer, 202);
  const proofMs = performance.now() - begun;
  // GitLab lets no deploy token delete.
  const own = await login('registrar-bot', world.botToken, `repository:${path}:delete`);
  await registry('DELETE', new URL(opened, world.registry).href, own, 204);
  for (const { key } of holders) {
    await api('PUT', `${place}/variables/${key}`, { value: fresh.token });
    const { value } = (await api('GET', `${place}/variables/${key}`)) as { value: string };
    if (value !== fresh.token) throw new Error(`${key} has another value`);
  }
  await api('DELETE', `${place}/deploy_tokens/${token.id}`);
  await login(username, token.secret, undefined);
  return proofMs;
}

async function api(method: string, path: string, body?: object): Promise<unknown> {
  gitlabCalls += 1;
  const headers = { 'private-token': world.botToken, 'content-type': 'application/json' };
  const answer = await ask(`${world.gitlab}/api/v4/${path}`, {
    ...{ method, headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

/** Without a scope: it has to be refused. */
async function login(username: string, password: string, scope: string | undefined): Promise<string> {
  gitlabCalls += 1;
  const url = new URL(`${world.gitlab}/jwt/auth?service=container_registry`);
  if (scope !== undefined) url.searchParams.set('scope', scope);
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const answer = await ask(url.href, { headers: { authorization } });
  const text = await answer.text();
  if (answer.ok !== (scope !== undefined)) throw new Error(`the login was answered with ${answer.status}`);
  return answer.ok ? (JSON.parse(text) as { token: string }).token : '';
}

async function registry(method: string, url: string, bearer: string, wanted: number): Promise<string> {
  registryCalls += 1;
  const answer = await ask(url, { method, headers: { authorization: `Bearer ${bearer}` } });
  await answer.text();
  if (answer.status !== wanted) throw new Error(`${method} ${url}: ${answer.status}`);
  return answer.headers.get('location') ?? '';
}

function ask(url: string, options: RequestInit) {
  return fetch(url, { ...options, dispatcher });
}
