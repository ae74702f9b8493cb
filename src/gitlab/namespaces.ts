import { GroupMembers, Groups, Projects } from '@gitbeaker/rest';
import { absent, type Parse } from './answers.js';
import { Group, Member, Project } from './schema.js';

/** Groups, what is below them, and who belongs to them. */
export interface Namespaces {
  /** By its id or its path. */
  group(id: number | string): Promise<Group>;
  /** `undefined` when there is none or it is invisible: GitLab does not tell the two apart. */
  groupByPath(path: string): Promise<Group | undefined>;
  /** The user's role there, inherited ones included; `undefined` when not a member. */
  groupAccessLevel(groupId: number, userId: number): Promise<number | undefined>;
  /** All groups below, at any depth. */
  subgroups(groupId: number): Promise<Group[]>;
  /** The projects of the group and of all groups below, without archived ones. */
  projectsBelow(groupId: number): Promise<Project[]>;
  /** Every group that the bot sees. */
  allGroups(): Promise<Group[]>;
  /** Every project that the bot sees, without archived ones: of an administrator, all of the instance. */
  allProjects(): Promise<Project[]>;
}

type Options = ConstructorParameters<typeof Groups>[0];

export function openNamespaces(options: Options, parse: Parse): Namespaces {
  const groups = new Groups(options);
  const members = new GroupMembers(options);
  const projects = new Projects(options);
  const pages = { perPage: 100 };

  return {
    group: async (id) => parse(Group, await groups.show(id)),
    groupByPath: (path) => absent(async () => parse(Group, await groups.show(path))),
    groupAccessLevel: async (groupId, userId) => {
      const member = await absent(() => members.show(groupId, userId, { includeInherited: true }));
      return member === undefined ? undefined : parse(Member, member).access_level;
    },
    subgroups: async (groupId) => {
      const found = await groups.allDescendantGroups(groupId, pages as object);
      return found.map((one) => parse(Group, one));
    },
    projectsBelow: async (groupId) => {
      const wanted = { includeSubgroups: true, simple: true, archived: false, ...pages };
      const found = await groups.allProjects(groupId, wanted as object);
      return found.map((one) => parse(Project, one));
    },
    allGroups: async () => {
      const found = await groups.all(pages);
      return found.map((one) => parse(Group, one));
    },
    // By offset GitLab refuses to go beyond 50000 records.
    allProjects: async () => {
      const wanted = { pagination: 'keyset', orderBy: 'id', sort: 'asc', simple: true, archived: false } as const;
      const found = await projects.all({ ...wanted, ...pages });
      return found.map((one) => parse(Project, one));
    },
  };
}
