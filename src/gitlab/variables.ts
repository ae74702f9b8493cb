import { GroupVariables, InstanceLevelCICDVariables, ProjectVariables } from '@gitbeaker/rest';
import { absent, type Parse } from './answers.js';
import { type Holder, Variable } from './schema.js';

/** CI/CD variables of projects, groups and the instance. */
export interface Variables {
  /** Errors: `gitlab-forbidden` for those of the instance, unless the bot is an administrator. */
  variables(holder: Holder): Promise<Variable[]>;
  /** The one of that key and scope, if there is one. */
  variable(holder: Holder, one: Pick<Variable, 'key' | 'environment_scope'>): Promise<Variable | undefined>;
  /** Writes the value and sends every flag along, so that none is lost; the scope is the filter, never the body. */
  updateVariable(holder: Holder, variable: Variable, value: string): Promise<void>;
}

type Options = ConstructorParameters<typeof ProjectVariables>[0];

export function openVariables(options: Options, parse: Parse): Variables {
  const projects = new ProjectVariables(options);
  const groups = new GroupVariables(options);
  const instance = new InstanceLevelCICDVariables(options);
  const pages = { perPage: 100 };

  return {
    variables: async ({ kind, id }) => {
      const found =
        kind === 'project'
          ? await projects.all(id, pages)
          : kind === 'group'
            ? await groups.all(id, pages)
            : await instance.all(pages as object);
      return found.map((one) => parse(Variable, one));
    },
    variable: ({ kind, id }, { key, environment_scope }) =>
      absent(async () => {
        const scoped = { filter: { environment_scope } };
        const found =
          kind === 'project'
            ? await projects.show(id, key, scoped)
            : kind === 'group'
              ? await groups.show(id, key, scoped as object)
              : await instance.show(key);
        return parse(Variable, found);
      }),
    updateVariable: async ({ kind, id }, variable, value) => {
      const flags = {
        variableType: variable.variable_type as 'env_var' | 'file',
        protected: variable.protected,
        masked: variable.masked,
        raw: variable.raw,
      };
      const scoped = { ...flags, filter: { environment_scope: variable.environment_scope } };
      if (kind === 'project') await projects.edit(id, variable.key, value, scoped);
      else if (kind === 'group') await groups.edit(id, variable.key, value, scoped);
      // Variables of the instance have no scope.
      else await instance.edit(variable.key, value, flags);
    },
  };
}
