import type { Delivery } from './delivery.js';
import type { Events } from './events.js';
import type { Fault, Faults } from './faults.js';
import type { FormValue } from './form-values.js';
import type { HttpOptions } from './http-delivery.js';
import type { Clickable, ClickOutcome, FormValues, Interactions, SubmitOutcome } from './interactions.js';
import { threadOf } from './messages.js';
import type { CommandOptions, CommandOutcome, People, Said, SayOptions } from './people.js';
import type { ApiServer } from './server.js';
import type { ConnectionRecord, Disconnect, Sockets } from './sockets.js';
import type { State } from './state.js';
import type * as T from './types.js';

export interface DoubleParts {
  state: State;
  delivery: Delivery;
  events: Events;
  server: ApiServer;
  sockets: Sockets;
  faults: Faults;
  people: People;
  interactions: Interactions;
  botToken: string;
  appToken: string;
  signingSecret: string;
}

/** A workspace with one app installed, as that app and its people see it. */
export class SlackDouble {
  readonly #p: DoubleParts;

  constructor(parts: DoubleParts) {
    this.#p = parts;
  }

  get apiUrl(): string {
    return `${this.#p.state.origin}/api/`;
  }
  get botToken(): string {
    return this.#p.botToken;
  }
  get appToken(): string {
    return this.#p.appToken;
  }
  get signingSecret(): string {
    return this.#p.signingSecret;
  }
  get botUserId(): string {
    return this.#p.state.bot.id;
  }
  get botId(): string {
    return this.#p.state.botId;
  }
  get appId(): string {
    return this.#p.state.appId;
  }
  get teamId(): string {
    return this.#p.state.teamId;
  }

  /** Switches to HTTP mode. */
  setEventsUrl(url: string): void {
    this.#p.delivery.http.url = url;
  }

  setScopes(scopes: string[]): void {
    const set = this.#p.state.tokens.get(this.botToken)?.scopes;
    set?.clear();
    for (const scope of scopes) set?.add(scope);
  }

  removeScope(scope: string): void {
    this.#p.state.tokens.get(this.botToken)?.scopes.delete(scope);
  }

  /** Every later call with it fails with this error (token_revoked, account_inactive, invalid_auth …). */
  revoke(which: 'bot' | 'app', error = 'token_revoked'): void {
    const token = this.#p.state.tokens.get(which === 'bot' ? this.botToken : this.appToken);
    if (token !== undefined) token.revoked = error;
  }

  addUser(user: T.NewUser): T.SlackUser {
    return this.#p.state.addUser(user);
  }

  addChannel(channel: T.NewChannel): T.SlackChannel {
    return this.#p.state.addChannel(channel);
  }

  /** The DM of a user with the bot. */
  dm(user: T.SlackUser): T.SlackChannel {
    return this.#p.state.openDm([user.id]).channel;
  }

  // What people do.

  command(user: T.SlackUser, channel: T.SlackChannel, text: string, o: CommandOptions = {}): Promise<CommandOutcome> {
    return this.#p.people.command(user, channel, text, o);
  }

  async say(user: T.SlackUser, channel: T.SlackChannel, text: string, options: SayOptions = {}): Promise<Said> {
    return this.#p.people.say(user, channel, text, options);
  }

  async shareFile(...args: Parameters<People['shareFile']>): Promise<ReturnType<People['shareFile']>> {
    return this.#p.people.shareFile(...args);
  }

  edit(user: T.SlackUser, message: T.StoredMessage, text: string): void {
    this.#p.people.edit(user, message, text);
  }

  remove(message: T.StoredMessage): void {
    this.#p.people.remove(message);
  }

  shortcut(...args: Parameters<People['shortcut']>): Promise<CommandOutcome> {
    return this.#p.people.shortcut(...args);
  }

  globalShortcut(...args: Parameters<People['globalShortcut']>): ReturnType<People['globalShortcut']> {
    return this.#p.people.globalShortcut(...args);
  }

  click(user: T.SlackUser, where: Clickable, what: string, choice?: FormValue): Promise<ClickOutcome> {
    return this.#p.interactions.click(user, where, what, choice);
  }

  submitView(user: T.SlackUser, view: T.StoredView | string, values: FormValues = {}): Promise<SubmitOutcome> {
    return this.#p.interactions.submitView(user, view, values);
  }

  closeView(user: T.SlackUser, all = false): Promise<T.Delivered | undefined> {
    return this.#p.interactions.closeView(user, all);
  }

  // Deliveries out of the ordinary.

  redeliver(eventId: string, options: { retryNum?: number; reason?: string } = {}): Promise<T.Delivered> {
    return this.#p.events.redeliver(eventId, options.retryNum ?? 1, options.reason);
  }

  /** The same event again as if for the first time (retry 0). */
  sameEventTwice(eventId: string): Promise<T.Delivered> {
    return this.#p.events.redeliver(eventId, 0);
  }

  /** Does the retries now that wait for their minute. */
  retryNow(): void {
    this.#p.events.retryNow();
  }

  holdEvents(): void {
    this.#p.events.hold();
  }

  releaseEvents(order: 'as raised' | 'reversed' = 'as raised'): void {
    this.#p.events.release(order);
  }

  /** `url_verification`, signed unless told otherwise. HTTP mode. */
  urlVerification(challenge: string, options: HttpOptions = {}): Promise<T.Delivered> {
    const body = JSON.stringify({ token: 'lab-verification-token', challenge, type: 'url_verification' });
    return this.#p.delivery.http.send('events_api', body, 'application/json', options);
  }

  /** The unsigned `ssl_check` form. HTTP mode. */
  sslCheck(): Promise<T.Delivered> {
    const form = 'application/x-www-form-urlencoded';
    const body = 'ssl_check=1&token=lab-verification-token';
    return this.#p.delivery.http.send('slash_commands', body, form, { signature: 'missing' });
  }

  // What there is to see.

  messages(channelId: string): T.StoredMessage[] {
    return [...(this.#p.state.messages.get(channelId) ?? [])];
  }

  thread(channelId: string, ts: string): T.StoredMessage[] {
    return threadOf(this.#p.state, channelId, ts);
  }

  ephemerals(userId: string): T.StoredEphemeral[] {
    return this.#p.state.ephemerals.filter((e) => e.user === userId && !e.deleted);
  }

  /** A user's open modals, the visible one last. */
  views(userId: string): T.StoredView[] {
    return [...this.#p.state.viewStack(userId)];
  }

  file(id: string): T.StoredFile | undefined {
    return this.#p.state.files.get(id);
  }

  status(channelId: string, threadTs: string): string | undefined {
    return this.#p.state.statuses.get(`${channelId} ${threadTs}`)?.text;
  }

  get calls(): readonly T.RecordedCall[] {
    return this.#p.state.calls;
  }
  get acks(): readonly T.RecordedAck[] {
    return this.#p.state.acks;
  }
  get events(): readonly T.EventRecord[] {
    return this.#p.events.records;
  }
  /** Envelope ids without an ack, and events not acked by any delivery. */
  get unacked(): { envelopes: string[]; events: T.EventRecord[] } {
    return { envelopes: this.#p.sockets.unacked(), events: this.#p.events.unacked() };
  }
  /** Every Socket Mode connection there was, the open ones without `closedAt`. */
  get connections(): readonly ConnectionRecord[] {
    return this.#p.sockets.log;
  }
  get openConnections(): number {
    return this.#p.sockets.open;
  }
  /** What no faithful app does: unknown envelopes acked, wrong view errors, acks that cannot be shown. */
  get problems(): readonly string[] {
    return this.#p.state.problems;
  }

  callsOf(method: string): T.RecordedCall[] {
    return this.#p.state.calls.filter((c) => c.method === method);
  }

  waitFor<V>(
    probe: () => V | undefined | null | false,
    options: { timeoutMs?: number; what?: string } = {},
  ): Promise<V> {
    return this.#p.state.changes.waitFor(probe, options);
  }

  // Faults.

  /** 429 for the next calls; also of 'response_url', 'upload', 'download' and '*'. */
  rateLimit(method: string, options: { times?: number; retryAfter?: number } = {}): void {
    this.#p.faults.plan(method, 'ratelimited', options.times ?? 1, options.retryAfter ?? 30);
  }

  fail(method: string, kind: Fault, options: { times?: number } = {}): void {
    this.#p.faults.plan(method, kind, options.times ?? 1);
  }

  clearFaults(): void {
    this.#p.faults.clear();
  }

  /** The platform's own limits: one postMessage a second and channel, the tiers of the other methods. */
  enforceRateLimits(on: boolean): void {
    this.#p.faults.enforceLimits = on;
  }

  /** Downloads first answer 302 to another address, which wants the token too. */
  redirectDownloads(on: boolean): void {
    this.#p.server.redirectDownloads = on;
  }

  /** Pictures uploaded from now on are not ready the first times that a message shows them. */
  slowPictures(times = 1): void {
    this.#p.state.slowPictures = times;
  }

  /** As a workspace whose owner switched uploads off. */
  refuseUploads(): void {
    this.#p.state.uploadsRefused = true;
  }

  /** As if somebody deleted it in Slack. */
  deleteFile(id: string): void {
    this.#p.state.files.delete(id);
  }

  disconnectSockets(kind: Disconnect): void {
    this.#p.sockets.disconnect(kind);
  }

  /** No new connection gets through: none at all, or only no WebSocket. */
  refuseConnections(on: boolean, what: 'all' | 'websocket' = 'all'): void {
    this.#p.sockets.refuse = on;
    this.#p.server.refuse = on && what === 'all';
    if (this.#p.server.refuse) this.#p.server.cutHttp();
  }

  async stop(): Promise<void> {
    this.#p.state.timers.stop();
    await this.#p.sockets.stop();
    await this.#p.server.stop();
  }
}
