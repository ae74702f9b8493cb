import type { FastifyInstance } from 'fastify';
import { registerAccessTokenRoutes } from './access-token-routes.js';
import { makeApplication } from './application.js';
import type { Context, Settings } from './context.js';
import { registerDeployTokenRoutes } from './deploy-token-routes.js';
import { type BanPolicy, type Delay, Faults, type RateLimit, type RequestPattern, serve } from './faults.js';
import { registerInstanceRoutes } from './instance-routes.js';
import { registerJobRoutes } from './job-routes.js';
import { registerJobTokenRoutes } from './job-token-routes.js';
import { Journal, type RecordedRequest } from './journal.js';
import { registerJwtRoutes } from './jwt-routes.js';
import { Listener } from './listener.js';
import type { DeployToken, Holder, PersonalToken, Project, User, Variable } from './model.js';
import { registerNamespaceRoutes } from './namespace-routes.js';
import { registerOAuthRoutes } from './oauth-routes.js';
import type { CannedAnswer } from './pages.js';
import { registerPersonalTokenRoutes } from './personal-token-routes.js';
import { registerRegistryRoutes } from './registry-routes.js';
import { TokenSigner } from './token-signer.js';
import { registerUserRoutes } from './user-routes.js';
import { registerVariableRoutes } from './variable-routes.js';
import { registerWebhookRoutes } from './webhook-routes.js';
import { Webhooks } from './webhooks.js';
import { World } from './world.js';

export type { Delay, RateLimit, RequestPattern } from './faults.js';
export type { RecordedRequest } from './journal.js';
export type * from './model.js';
export type { CannedAnswer } from './pages.js';

export interface GitLabOptions {
  readonly signingKeyPem: string;
  /** Self-signed RSA: the registry's root certificate bundle. */
  readonly certificatePem: string;
  readonly issuer?: string;
  readonly service?: string;
  readonly clock?: () => number;
  readonly version?: string;
  readonly host?: string;
  readonly port?: number;
  readonly tls?: { readonly key: string; readonly cert: string };
  /** The enterprise package (the default) has routes that the community one hasn't. */
  readonly enterprise?: boolean;
  readonly premium?: boolean;
}

export async function startGitLab(options: GitLabOptions): Promise<GitLabDouble> {
  const double = new GitLabDouble(options);
  await double.start();
  return double;
}

/** A GitLab instance as a client sees it, over real HTTP. What tests add, they add without permission checks. */
export class GitLabDouble extends World {
  readonly settings: Settings;
  readonly webhooks: Webhooks;
  readonly #journal: Journal;
  readonly #faults: Faults;
  readonly #signer: TokenSigner;
  readonly #app: FastifyInstance;
  readonly #listener: Listener;

  constructor(options: GitLabOptions) {
    super(options.clock ?? Date.now);
    this.settings = {
      registryUrl: undefined,
      tokenTtlSeconds: 300,
      clockSkewMs: 0,
      version: options.version ?? '18.11.0',
      service: options.service ?? 'container_registry',
      enterprise: options.enterprise ?? true,
      premium: options.premium ?? false,
    };
    this.webhooks = new Webhooks(this.clock);
    this.#journal = new Journal(this.clock);
    this.#faults = new Faults(this.clock);
    this.#signer = new TokenSigner(
      options.signingKeyPem,
      options.certificatePem,
      options.issuer ?? 'omnibus-gitlab-issuer',
    );
    this.#app = makeApplication(this.#journal, this.#faults);
    const frontend = { journal: this.#journal, faults: this.#faults, route: this.#app.routing.bind(this.#app) };
    const place = { host: options.host ?? '127.0.0.1', port: options.port ?? 0, tls: options.tls };
    this.#listener = new Listener(place, (request, response) => {
      serve(frontend, request, response).catch(() => response.destroy());
    });
  }

  get url(): string {
    return this.#listener.url;
  }

  async start(): Promise<void> {
    const context: Context = {
      app: this.#app,
      world: this,
      settings: this.settings,
      signer: this.#signer,
      guard: this.#faults,
      baseUrl: () => this.url,
    };
    registerInstanceRoutes(context);
    registerUserRoutes(context);
    registerPersonalTokenRoutes(context);
    registerNamespaceRoutes(context);
    registerDeployTokenRoutes(context);
    registerAccessTokenRoutes(context);
    registerVariableRoutes(context);
    registerRegistryRoutes(context);
    registerJobRoutes(context);
    registerJobTokenRoutes(context);
    registerWebhookRoutes(context, this.webhooks);
    registerJwtRoutes(context);
    registerOAuthRoutes(context);
    await this.#app.ready();
    await this.#listener.open();
  }

  async stop(): Promise<void> {
    await this.#listener.close();
    await this.#app.close();
  }

  /** Connections are cut and refused until resume(); what is known stays. */
  pause(): Promise<void> {
    return this.#listener.close();
  }

  /** On the same port as before. */
  resume(): Promise<void> {
    return this.#listener.open();
  }

  get clockSkewMs(): number {
    return this.settings.clockSkewMs;
  }

  set clockSkewMs(milliseconds: number) {
    this.settings.clockSkewMs = milliseconds;
  }

  get tokenTtlSeconds(): number {
    return this.settings.tokenTtlSeconds;
  }

  set tokenTtlSeconds(seconds: number) {
    this.settings.tokenTtlSeconds = seconds;
  }

  setRegistry(url: string | undefined): void {
    this.settings.registryUrl = url;
  }

  /** Also makes every deploy token of before useless for a login; their records don't show it. */
  changeRegistryUrl(url: string): void {
    this.setRegistry(url);
    for (const token of this.deployTokens) token.stale = true;
  }

  breakSigningKey(): void {
    this.#signer.breakKey();
  }

  restoreSigningKey(): void {
    this.#signer.restoreKey();
  }

  setRateLimit(limit: RateLimit | undefined): void {
    this.#faults.rateLimit = limit;
  }

  setLatency(milliseconds: number): void {
    this.#faults.latencyMs = milliseconds;
  }

  setBanPolicy(policy: BanPolicy | undefined): void {
    this.#faults.banPolicy = policy;
  }

  ban(address: string, seconds?: number): void {
    this.#faults.ban(address, seconds);
  }

  unban(address: string): void {
    this.#faults.unban(address);
  }

  isBanned(address: string): boolean {
    return this.#faults.isBanned(address);
  }

  /** The next requests that fit are answered so, without any effect. */
  fail(pattern: RequestPattern, status: number, times = 1, answer: Omit<CannedAnswer, 'status'> = {}): void {
    this.#faults.fail(pattern, { ...answer, status }, times);
  }

  /** The next request that fits is held, before or after its effect, until released. */
  delayNext(pattern: RequestPattern, moment: 'before' | 'after' = 'before'): Delay {
    return this.#faults.delayNext(pattern, moment);
  }

  /** The effect is done, the connection ends without an answer. */
  cutAfter(pattern: RequestPattern, times = 1): void {
    this.#faults.cutAfter(pattern, times);
  }

  /** Forgets planned failures, cuts and the rate limit. */
  clearFaults(): void {
    this.#faults.clear();
  }

  /** Told of each answer, before whoever waits for its request. */
  onAnswer(listener: (request: RecordedRequest, bytes: number) => void): void {
    this.#journal.onAnswer = listener;
  }

  get requests(): readonly RecordedRequest[] {
    return this.#journal.requests;
  }

  /** The first request that is over and fits, past ones included. */
  waitForRequest(predicate: (request: RecordedRequest) => boolean): Promise<RecordedRequest> {
    return this.#journal.waitFor(predicate, 'done');
  }

  /** As waitForRequest, without waiting for the answer. */
  waitForArrival(predicate: (request: RecordedRequest) => boolean): Promise<RecordedRequest> {
    return this.#journal.waitFor(predicate, 'arrived');
  }

  findUser(username: string): User | undefined {
    return this.users.find((one) => one.username === username);
  }

  findProject(fullPath: string): Project | undefined {
    return this.projects.find((one) => one.fullPath === fullPath);
  }

  findDeployToken(id: number): DeployToken | undefined {
    return this.deployTokens.find((one) => one.id === id);
  }

  findAccessToken(id: number): PersonalToken | undefined {
    return this.personalTokens.find((one) => one.id === id);
  }

  deployTokensOf(holder: Holder): DeployToken[] {
    return this.deployTokens.filter((one) => one.holder === holder);
  }

  findVariable(holder: Holder | 'instance', key: string, scope = '*'): Variable | undefined {
    return this.variables.find((one) => one.holder === holder && one.key === key && one.environment_scope === scope);
  }
}
