import {
  ApplicationSettings,
  ContainerRegistry,
  DeployTokens,
  Jobs,
  Metadata as MetadataResource,
  PersonalAccessTokens,
  ProjectJobTokenScopes,
  ProjectMembers,
  Projects,
  Users,
} from '@gitbeaker/rest';
import { z } from 'zod';
import type { Http } from '../http.js';
import { type AccessTokens, openAccessTokens } from './access-tokens.js';
import { absent, parserFor, refused } from './answers.js';
import { type Hooks, openHooks } from './hooks.js';
import { type Namespaces, openNamespaces } from './namespaces.js';
import { type Pace, paceFor } from './pace.js';
import { openPersonalTokens, type PersonalTokens } from './personal-tokens.js';
import { gitlabRequester } from './requester.js';
import {
  DeployToken,
  Job,
  JobTokenScope,
  ListedGroup,
  Member,
  Metadata,
  NewDeployToken,
  type Owner,
  PersonalToken,
  Project,
  Repository,
  RepositoryRule,
  ROLES,
  Settings,
  Tag,
  TagRule,
  User,
} from './schema.js';
import { openVariables, type Variables } from './variables.js';

/**
 * What we need of GitLab's API, each call one attempt (retries belong to the queue).
 *
 * Errors: every method rejects with an `EdgeError` of part `gitlab`; where absence is an expected answer, it is
 * `undefined` instead.
 */
export interface GitLab extends AccessTokens, Hooks, Namespaces, PersonalTokens, Variables {
  readonly url: string;
  version(): Promise<string>;
  /** How long the registry's tokens live, in minutes; `undefined` when the bot is no administrator. */
  tokenMinutes(): Promise<number | undefined>;
  /** The bot's own token. */
  ownToken(): Promise<PersonalToken>;
  /** Whose it is; asked once. */
  ownUser(): Promise<User>;
  /** `undefined` when there is none or it is invisible: GitLab does not tell the two apart. */
  project(path: string): Promise<Project | undefined>;
  searchProjects(words: string): Promise<Project[]>;
  /** Paths of the project's repositories in the registry. */
  repositories(projectId: number): Promise<string[]>;
  /** Some repository that the bot may push to, if there is one near at hand. */
  someRepository(): Promise<string | undefined>;
  /** The repository of that path; `too-many` when it is not among the first {@link REPOSITORIES} of a longer list. */
  findRepository(projectId: number, path: string): Promise<Repository | undefined | 'too-many'>;
  tag(projectId: number, repositoryId: number, name: string): Promise<Tag | undefined>;
  /** `undefined` when the bot is no Maintainer, or this GitLab has no such rules (tag rules: before 18.7). */
  repositoryRules(projectId: number): Promise<RepositoryRule[] | undefined>;
  tagRules(projectId: number): Promise<TagRule[] | undefined>;
  /** Whose job tokens the project lets in; `undefined` when the bot is no Maintainer. Paths of projects and groups. */
  jobTokenScope(projectId: number): Promise<{ limited: boolean; projects: string[]; groups: string[] } | undefined>;
  user(username: string): Promise<User | undefined>;
  userById(id: number): Promise<User | undefined>;
  /** The user's role there, inherited ones included; `undefined` when not a member. */
  accessLevel(projectId: number, userId: number): Promise<number | undefined>;
  /** `undefined` when there is none of that number in the project. */
  job(projectId: number, jobId: number): Promise<Job | undefined>;
  deployTokens(owner: Owner): Promise<DeployToken[]>;
  /** Every deploy token of the instance, or `undefined` when the bot is no administrator. */
  allDeployTokens(): Promise<DeployToken[] | undefined>;
  createDeployToken(
    owner: Owner,
    token: { name: string; scopes: string[]; username?: string; expires_at?: string },
  ): Promise<NewDeployToken>;
  /** False when it was gone already. Errors: `gitlab-not-found` when its owner is out of the bot's sight. */
  deleteDeployToken(owner: Owner, id: number): Promise<boolean>;
}

/** In so many of its projects the bot looks for a repository, those that were last active. */
const NEAR = 5;
/** GitLab has no look-up of a repository by its path: so many are listed at most. */
const REPOSITORIES = 300;

/** `pace` is shared by all who ask that GitLab with that token: its limits count per user. */
export function openGitLab(url: string, token: string, http: Http, pace: Pace = paceFor(url, token)): GitLab {
  const options = { host: url, token, requesterFn: gitlabRequester(http, pace) };
  const parse = parserFor(url);
  const projects = new Projects(options);
  const repositories = new ContainerRegistry(options);
  const users = new Users(options);
  const members = new ProjectMembers(options);
  const jobs = new Jobs(options);
  const tokens = new DeployTokens(options);
  const jobTokenScopes = new ProjectJobTokenScopes(options);
  let own: Promise<User> | undefined;

  return {
    ...openAccessTokens(options, parse, http),
    ...openHooks(options, parse),
    ...openNamespaces(options, parse),
    ...openPersonalTokens(options, parse),
    ...openVariables(options, parse),
    url,
    version: async () => parse(Metadata, await new MetadataResource(options).show()).version,
    tokenMinutes: () =>
      refused(
        async () =>
          parse(Settings, await new ApplicationSettings(options).show()).container_registry_token_expire_delay,
      ),
    ownToken: async () => parse(PersonalToken, await new PersonalAccessTokens(options).show()),
    ownUser,
    project: (path) => absent(async () => parse(Project, await projects.show(path))),
    searchProjects: async (words) => {
      const found = await projects.all({
        search: words,
        searchNamespaces: true,
        simple: true,
        perPage: 20,
        maxPages: 1,
      });
      return found.map((one) => parse(Project, one));
    },
    repositories: async (projectId) => {
      const found = await repositories.allRepositories({ projectId, perPage: 20, maxPages: 1 });
      return found.map((one) => parse(Repository, one).path);
    },
    someRepository: async () => {
      const mine = { membership: true, minAccessLevel: ROLES.developer, simple: true, orderBy: 'last_activity_at' };
      const found = await projects.all({ ...mine, perPage: NEAR, maxPages: 1 } as object);
      const near = found.map((one) => parse(Project, one).id);
      const listed = await Promise.all(
        near.map((projectId) => refused(() => repositories.allRepositories({ projectId, perPage: 1, maxPages: 1 }))),
      );
      const [first] = listed.flatMap((some) => some ?? []);
      return first === undefined ? undefined : parse(Repository, first).path;
    },
    findRepository: async (projectId, path) => {
      const pages = { perPage: 100, maxPages: REPOSITORIES / 100 };
      const all = (await repositories.allRepositories({ projectId, ...pages })).map((one) => parse(Repository, one));
      return all.find((one) => one.path === path.toLowerCase()) ?? (all.length < REPOSITORIES ? undefined : 'too-many');
    },
    tag: (projectId, repositoryId, name) =>
      absent(async () => parse(Tag, await repositories.showTag(projectId, repositoryId, name))),
    repositoryRules: (projectId) => rules(RepositoryRule, projectId, 'repository'),
    tagRules: (projectId) => rules(TagRule, projectId, 'tag'),
    jobTokenScope: (projectId) =>
      refused(async () => {
        const { inbound_enabled: limited } = parse(JobTokenScope, await jobTokenScopes.show(projectId));
        if (!limited) return { limited, projects: [], groups: [] };
        const pages = { perPage: 100 } as object;
        const [listed, groupsListed] = await Promise.all([
          jobTokenScopes.showInboundAllowList(projectId, pages),
          jobTokenScopes.showGroupsAllowList(projectId, pages),
        ]);
        return {
          limited,
          projects: listed.map((one) => parse(Project, one).path_with_namespace),
          groups: groupsListed.map((one) => parse(ListedGroup, one).web_url.replace(/^.*?\/groups\//, '')),
        };
      }),
    user: async (username) => {
      const [found] = await users.all({ username, perPage: 1, maxPages: 1 });
      return found === undefined ? undefined : parse(User, found);
    },
    userById: (id) => absent(async () => parse(User, await users.show(id))),
    accessLevel: async (projectId, userId) => {
      const member = await absent(() => members.show(projectId, userId, { includeInherited: true }));
      return member === undefined ? undefined : parse(Member, member).access_level;
    },
    job: (projectId, jobId) => absent(async () => parse(Job, await jobs.show(projectId, jobId))),
    deployTokens: async ({ kind, id }) => {
      const found = await tokens.all(
        kind === 'project' ? { projectId: id, perPage: 100 } : { groupId: id, perPage: 100 },
      );
      return found.map((one) => parse(DeployToken, one));
    },
    allDeployTokens: () =>
      refused(async () => (await tokens.all({ perPage: 100 })).map((one) => parse(DeployToken, one))),
    createDeployToken: async ({ kind, id }, { name, scopes, username, expires_at }) => {
      const optional = {
        ...(username === undefined ? {} : { username }),
        ...(expires_at === undefined ? {} : { expiresAt: expires_at }),
      };
      const where = kind === 'project' ? { projectId: id } : { groupId: id };
      return parse(NewDeployToken, await tokens.create(name, scopes as never, { ...where, ...optional }));
    },
    deleteDeployToken: async ({ kind, id }, tokenId) => {
      const where = kind === 'project' ? { projectId: id } : { groupId: id };
      const removed = await absent(async () => {
        await tokens.remove(tokenId, where);
        return true;
      });
      // Where the bot sees nothing any more, GitLab answers 404 too, and the token lives: the list is refused then.
      if (removed === undefined) await tokens.all(where);
      return removed ?? false;
    },
  };

  function ownUser(): Promise<User> {
    const answer = own ?? users.showCurrentUser().then((found) => parse(User, found));
    own = answer;
    answer.catch(() => {
      own = undefined;
    });
    return answer;
  }

  /** Gitbeaker has no resource for them; GitLab gives them without pages. */
  function rules<T extends z.ZodType>(schema: T, projectId: number, of: string): Promise<z.output<T>[] | undefined> {
    const path = `projects/${projectId}/registry/protection/${of}/rules`;
    return refused(() => absent(async () => parse(z.array(schema), (await projects.requester.get(path)).body)));
  }
}
