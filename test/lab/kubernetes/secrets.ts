import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type ApiAnswer, badRequest, type Cause, conflict, invalidSecret, MODIFIED, secretNotFound } from './status.js';

const Text = z.record(z.string(), z.string());

/** What a client sends: fields that it leaves out are removed, but for those that the server keeps. */
const Sent = z.object({
  kind: z.literal('Secret'),
  apiVersion: z.literal('v1'),
  metadata: z.object({
    name: z.string().optional(),
    namespace: z.string().optional(),
    uid: z.string().optional(),
    resourceVersion: z.string().optional(),
    labels: Text.optional(),
    annotations: Text.optional(),
  }),
  data: Text.optional(),
  type: z.string().optional(),
  immutable: z.boolean().optional(),
});

/** A Secret as the API shows it. */
export interface Secret {
  readonly kind: 'Secret';
  readonly apiVersion: 'v1';
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly creationTimestamp: string;
    readonly labels?: Record<string, string>;
    readonly annotations?: Record<string, string>;
  };
  readonly data?: Record<string, string>;
  readonly type: string;
  readonly immutable?: boolean;
}

export interface NewSecret {
  /** In the clear. */
  data: Record<string, string>;
  type?: string;
  immutable?: boolean;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

const PULL_SECRET = 'kubernetes.io/dockerconfigjson';
const PULL_KEY = '.dockerconfigjson';
const MAX_BYTES = 1024 * 1024;

/** The store: its versions rise, and an update obeys the API's rules. Source: k8s.io/kubernetes pkg/apis/core/validation. */
export class Secrets {
  readonly #all = new Map<string, Secret>();
  #version = 1000;

  find(namespace: string, name: string): Secret | undefined {
    return this.#all.get(`${namespace}/${name}`);
  }

  /** What a test begins with, or what somebody else writes: checked by nobody. */
  put(
    namespace: string,
    name: string,
    { data, type = PULL_SECRET, immutable, labels, annotations }: NewSecret,
  ): Secret {
    const encoded = Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString('base64')]);
    const present = this.find(namespace, name)?.metadata;
    const metadata = { uid: randomUUID(), creationTimestamp: '2026-08-05T10:00:00Z', ...present, name, namespace };
    return this.#store(metadata, { labels, annotations, data: Object.fromEntries(encoded), type, immutable });
  }

  remove(namespace: string, name: string): void {
    this.#all.delete(`${namespace}/${name}`);
  }

  get(namespace: string, name: string): ApiAnswer {
    const secret = this.find(namespace, name);
    return secret === undefined ? secretNotFound(name) : { code: 200, body: secret };
  }

  update(namespace: string, name: string, given: unknown): ApiAnswer {
    const parsed = Sent.safeParse(given);
    if (!parsed.success) return badRequest('the object provided is unrecognized (must be of type Secret)');
    const { metadata, data = {}, type, immutable } = parsed.data;
    for (const value of Object.values(data)) {
      const fault = base64Fault(value);
      if (fault !== undefined)
        return badRequest(
          `Secret in version "v1" cannot be handled as a Secret: illegal base64 data at input byte ${fault}`,
        );
    }
    if (metadata.name !== name)
      return badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${name})`);
    if ((metadata.namespace ?? namespace) !== namespace)
      return badRequest('the namespace of the provided object does not match the namespace sent on the request');
    const present = this.find(namespace, name);
    if (present === undefined) return secretNotFound(name);
    const { uid, resourceVersion } = present.metadata;
    if (metadata.uid !== undefined && metadata.uid !== uid)
      return conflict(name, `Precondition failed: UID in precondition: ${metadata.uid}, UID in object meta: ${uid}`);
    // One without a version is an unconditional update, which secrets allow.
    if (metadata.resourceVersion !== undefined && metadata.resourceVersion !== resourceVersion)
      return conflict(name, MODIFIED);
    const causes = faults({ type: type ?? present.type, data, immutable }, present);
    if (causes.length > 0) return invalidSecret(name, causes);
    const { labels, annotations } = metadata;
    const changed = { labels, annotations, data, type: type ?? present.type, immutable };
    if (same(changed, present)) return { code: 200, body: present };
    return { code: 200, body: this.#store(present.metadata, changed) };
  }

  #store(
    { name, namespace, uid, creationTimestamp }: Omit<Secret['metadata'], 'resourceVersion'>,
    { labels, annotations, data, type, immutable }: Changeable,
  ): Secret {
    this.#version += 1;
    const resourceVersion = String(this.#version);
    const own = { ...(labels === undefined ? {} : { labels }), ...(annotations === undefined ? {} : { annotations }) };
    const secret: Secret = {
      kind: 'Secret',
      apiVersion: 'v1',
      metadata: { name, namespace, uid, resourceVersion, creationTimestamp, ...own },
      data,
      type,
      ...(immutable === undefined ? {} : { immutable }),
    };
    this.#all.set(`${namespace}/${name}`, secret);
    return secret;
  }
}

interface Changeable {
  labels: Record<string, string> | undefined;
  annotations: Record<string, string> | undefined;
  data: Record<string, string>;
  type: string;
  immutable: boolean | undefined;
}

/** An update that changes nothing makes no version. */
function same({ labels, annotations, data, type, immutable }: Changeable, { metadata, ...present }: Secret): boolean {
  const before = [metadata.labels, metadata.annotations, present.data, present.type, present.immutable];
  return JSON.stringify([labels, annotations, data, type, immutable]) === JSON.stringify(before);
}

function faults({ type, data, immutable }: Pick<Changeable, 'type' | 'data' | 'immutable'>, present: Secret): Cause[] {
  const causes: Cause[] = [];
  if (type !== present.type)
    causes.push({
      reason: 'FieldValueInvalid',
      message: `Invalid value: "${type}": field is immutable`,
      field: 'type',
    });
  if (present.immutable === true) {
    const message = 'Forbidden: field is immutable when `immutable` is set';
    if (immutable !== true) causes.push({ reason: 'FieldValueForbidden', message, field: 'immutable' });
    if (JSON.stringify(data) !== JSON.stringify(present.data))
      causes.push({ reason: 'FieldValueForbidden', message, field: 'data' });
  }
  const bytes = Object.values(data).reduce((sum, value) => sum + Buffer.from(value, 'base64').length, 0);
  if (bytes > MAX_BYTES) {
    const message = `Too long: may not be more than ${MAX_BYTES} bytes`;
    causes.push({ reason: 'FieldValueTooLong', message, field: 'data' });
  }
  if (type === PULL_SECRET) causes.push(...pullFaults(data[PULL_KEY]));
  return causes;
}

function pullFaults(value: string | undefined): Cause[] {
  const field = `data[${PULL_KEY}]`;
  if (value === undefined) return [{ reason: 'FieldValueRequired', message: 'Required value', field }];
  try {
    const config: unknown = JSON.parse(Buffer.from(value, 'base64').toString('utf8'));
    if (typeof config === 'object' && !Array.isArray(config)) return [];
  } catch {
    // Told below, in Go's words.
  }
  const message = 'Invalid value: "<secret contents redacted>": invalid character looking for beginning of value';
  return [{ reason: 'FieldValueInvalid', message, field }];
}

/** Where Go's decoder stops, if it does. */
function base64Fault(text: string): number | undefined {
  const good = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?/.exec(text)?.[0].length ?? 0;
  if (good === text.length) return undefined;
  return good + Math.max(0, text.slice(good).search(/[^A-Za-z0-9+/]/));
}
