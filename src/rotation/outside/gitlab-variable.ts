import { z } from 'zod';
import type { GitLabConsumer } from '../../config/rotation.js';
import { openGitLab } from '../../gitlab/client.js';
import type { Variable } from '../../gitlab/schema.js';
import { type DockerConfig, holdsLogin, parseDockerConfig, withFormer, withLogin } from '../plan/docker-login.js';
import { type DeclaredConsumer, type Surroundings, withHttp } from './consumer.js';
import { ofGitLab, type VariablesPlace, variableMissing, variableUnusable } from './gitlab-errors.js';
import type { Login } from './outside.js';

/** What a variable may hold. */
const PARTS = ['username', 'password', 'dockerConfig'] as const;
type Part = (typeof PARTS)[number];

/** What {@link DeclaredConsumer.read} gives: values by the variables' keys. */
const Values = z.record(z.string(), z.string());

interface Held {
  part: Part;
  variable: Variable;
}

interface Variables {
  held: Held[];
  /** Writes what differs from what is there. */
  write(values: readonly { variable: Variable; value: string }[]): Promise<void>;
  scopes(): Promise<string[]>;
}

/** Variables on another GitLab. Of a docker configuration, only the entry of the registry's host is changed. */
export function otherGitLab(declared: GitLabConsumer, { registryHost, secret }: Surroundings): DeclaredConsumer {
  const { url, scope } = declared;
  const wanted = PARTS.flatMap((part) => {
    const key = declared[part];
    return key === undefined ? [] : [{ part, key }];
  });
  const path = declared.project ?? declared.group ?? '';
  const keys = wanted.map(({ key }) => key).join(', ');
  const name = `${keys} of ${path} at ${new URL(url).host}${scope === '*' ? '' : ` (scope ${scope})`}`;
  const place: VariablesPlace = { name, url, path, isGroup: declared.group !== undefined, scope };

  return {
    name,
    read: () =>
      withVariables([], async ({ held }) => {
        const values = held.map(({ variable: { key, value } }) => [key, value] as const);
        // Half of it would be no login.
        return values.some(([, value]) => value === null) ? undefined : JSON.stringify(Object.fromEntries(values));
      }),
    write: put,
    holds: (login) =>
      withVariables([login.token], async ({ held }) => {
        const found = held.map((one) => holdsPart(one, login));
        if (found.includes(false)) return false;
        return found.includes('unknown') ? 'unknown' : true;
      }),
    async restore(before, old) {
      if (before !== undefined) await putBack(Values.parse(JSON.parse(before)));
      else if (old !== undefined) await put(old);
      return before !== undefined || old !== undefined;
    },
    check: () =>
      withVariables([], async ({ held, scopes }) => {
        const own = await scopes();
        if (!own.includes('api')) throw variableUnusable(place, `its token has the scopes ${own.join(', ')}, not api`);
        for (const { part, variable } of held) if (part === 'dockerConfig') configOf(variable);
        const hidden = held.filter(({ variable: { value } }) => value === null).map(({ variable: { key } }) => key);
        const is = held.length === 1 ? 'the variable is there' : 'the variables are there';
        return hidden.length === 0 ? is : `${is}; hidden, so that it can’t be read back: ${hidden.join(', ')}`;
      }),
  };

  function put(login: Login): Promise<void> {
    return withVariables([login.token], ({ held, write }) =>
      write(held.map(({ part, variable }) => ({ variable, value: valueFor(part, variable, login) }))),
    );
  }

  function putBack(former: Record<string, string>): Promise<void> {
    return withVariables(Object.values(former), ({ held, write }) =>
      write(
        held.flatMap(({ part, variable }) => {
          const value = former[variable.key];
          if (value === undefined) return [];
          if (part !== 'dockerConfig') return [{ variable, value }];
          const config = parseDockerConfig(value);
          if (config === undefined) return [];
          return [{ variable, value: JSON.stringify(withFormer(configOf(variable), config, registryHost)) }];
        }),
      ),
    );
  }

  function valueFor(part: Part, variable: Variable, login: Login): string {
    if (part === 'username') return login.username;
    return part === 'password' ? login.token : JSON.stringify(withLogin(configOf(variable), login));
  }

  function holdsPart({ part, variable }: Held, login: Login): boolean | 'unknown' {
    if (variable.value === null) return 'unknown';
    if (part === 'dockerConfig') return holdsLogin(configOf(variable), login);
    return variable.value === valueFor(part, variable, login);
  }

  function configOf({ key, value }: Variable): DockerConfig {
    if (value === null) throw variableUnusable(place, `${key} is hidden: its other entries would be lost`);
    const config = parseDockerConfig(value);
    if (config === undefined) throw variableUnusable(place, `${key} holds no docker configuration`);
    return config;
  }

  /** `sent`: what must be in no error. */
  function withVariables<T>(sent: readonly string[], work: (variables: Variables) => Promise<T>): Promise<T> {
    return withHttp(name, declared.ca, async (http) => {
      const token = secret(declared.token);
      try {
        const gitlab = openGitLab(url, token, http);
        const owner = await (place.isGroup ? gitlab.group(path) : gitlab.project(path));
        if (owner === undefined) throw variableMissing(place, path);
        const of = { kind: place.isGroup ? 'group' : 'project', id: owner.id, path } as const;
        const present = await gitlab.variables(of);
        const held = wanted.map(({ part, key }) => {
          const variable = present.find((one) => one.key === key && one.environment_scope === scope);
          if (variable === undefined) throw variableMissing(place, key);
          return { part, variable };
        });
        return await work({
          held,
          write: async (values) => {
            for (const { variable, value } of values)
              if (value !== variable.value) await gitlab.updateVariable(of, variable, value);
          },
          scopes: async () => (await gitlab.ownToken()).scopes,
        });
      } catch (error) {
        throw ofGitLab(place, error, [token, ...sent]);
      }
    });
  }
}
