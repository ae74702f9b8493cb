export type Obj = Record<string, unknown>;

export interface SlackUser {
  readonly id: string;
  readonly name: string;
  readonly realName: string;
  email?: string;
  tz: string;
  locale: string;
  isBot: boolean;
  deleted: boolean;
  restricted: boolean;
}

export interface NewUser {
  name: string;
  realName?: string;
  email?: string;
  tz?: string;
  locale?: string;
  isBot?: boolean;
  deleted?: boolean;
  restricted?: boolean;
}

export type ChannelType = 'channel' | 'group' | 'im' | 'mpim';

export interface SlackChannel {
  readonly id: string;
  readonly name: string;
  readonly type: ChannelType;
  archived: boolean;
  readonly members: Set<string>;
}

export interface NewChannel {
  name: string;
  private?: boolean;
  archived?: boolean;
  botIsMember?: boolean;
  members?: SlackUser[];
}

export interface Metadata {
  event_type: string;
  event_payload: Obj;
}

export interface StoredMessage {
  readonly channel: string;
  readonly ts: string;
  user?: string;
  botId?: string;
  subtype?: string;
  text: string;
  blocks?: Obj[];
  attachments?: Obj[];
  metadata?: Metadata;
  threadTs?: string;
  edited?: { user: string; ts: string };
  files?: string[];
  reactions: { name: string; users: string[] }[];
  clientMsgId?: string;
  username?: string;
  streaming?: boolean;
  /** Each text the message has had, oldest first: what somebody watching the channel saw. */
  readonly versions: { text: string; blocks?: Obj[]; at: number }[];
}

export interface StoredEphemeral {
  readonly channel: string;
  readonly user: string;
  ts: string;
  text: string;
  blocks?: Obj[];
  attachments?: Obj[];
  threadTs?: string;
  deleted: boolean;
  replaced: boolean;
  readonly via: 'ack' | 'response_url' | 'chat.postEphemeral';
}

export interface StoredFile {
  readonly id: string;
  readonly name: string;
  title: string;
  readonly mimetype: string;
  readonly filetype: string;
  readonly mode: 'hosted' | 'snippet';
  readonly user: string;
  readonly created: number;
  content: Buffer;
  access?: 'check_file_info';
  shares: { channel: string; ts: string }[];
  /** So many more times it is not ready to be shown in a message. */
  refusals: number;
}

export interface StoredView {
  readonly id: string;
  readonly user: string;
  hash: string;
  definition: Obj;
  externalId: string;
  readonly rootViewId: string;
  readonly previousViewId: string | null;
  values: Record<string, Record<string, Obj>>;
  /** What the modal shows below its inputs after an `errors` ack, or as one unspecific message. */
  errors?: Record<string, string>;
  failure?: string;
}

export interface RecordedCall {
  readonly seq: number;
  readonly method: string;
  readonly args: Obj;
  readonly at: number;
  readonly tokenKind: 'bot' | 'app' | 'none' | 'unknown';
  ok?: boolean;
  error?: string;
  status?: number;
  answer?: Obj;
  fault?: string;
}

export type EnvelopeKind = 'slash_commands' | 'interactive' | 'events_api';

export interface RecordedAck {
  readonly kind: EnvelopeKind;
  readonly via: 'http' | 'socket';
  readonly id: string;
  readonly payload: unknown;
  readonly at: number;
  readonly latencyMs: number;
  readonly late: boolean;
  readonly connection?: number;
}

/** What came of one delivery. `error` is what the person sees. */
export interface Delivered {
  readonly via: 'http' | 'socket' | 'none';
  readonly id: string;
  /** HTTP status; 200 for an ack on a socket; 0 when nothing came back. */
  readonly status: number;
  readonly ack?: unknown;
  readonly error?: 'operation_timeout' | 'dispatch_failed';
  readonly noRetry?: boolean;
  readonly reason?: string;
  readonly latencyMs: number;
}

export interface EventRecord {
  readonly eventId: string;
  readonly wrapper: Obj;
  readonly attempts: Delivered[];
  state: 'held' | 'pending' | 'acked' | 'given up';
}

export type SignatureKind = 'good' | 'wrong' | 'stale' | 'missing';

/** Thrown by method handlers: becomes `{ok:false,error,…}`. */
export class ApiError extends Error {
  readonly code: string;
  readonly extra: Obj;
  constructor(code: string, extra: Obj = {}) {
    super(code);
    this.code = code;
    this.extra = extra;
  }
}

export function isObj(value: unknown): value is Obj {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isObjArray(value: unknown): value is Obj[] {
  return Array.isArray(value) && value.every(isObj);
}

export function str(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function flag(value: unknown): boolean {
  return value === true || value === 'true' || value === '1' || value === 1;
}
