import { createHash } from 'node:crypto';
import type { Http, HttpAnswer } from '../http.js';
import type { Refusal } from './protocol.js';
import { refusalOf } from './refusal.js';

/** What became of the tiny image. */
export type CanaryOutcome =
  /** `left`: why it was not deleted again. */
  { is: 'done'; ms: number; left?: string } | ({ is: 'refused'; at: 'blob' | 'manifest' | 'pull' } & Refusal);

/** An empty archive, packed: the same 32 bytes that docker writes for a layer without files. */
const LAYER = Buffer.from('1f8b080000096e8800ff621805a360148c5800080000ffff2eafb5ef00040000', 'hex');
const DIFF_ID = 'sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef';
/** Always the same image: what is left of it until the next garbage collection is there once. */
const CONFIG = Buffer.from(
  JSON.stringify({ architecture: 'amd64', os: 'linux', config: {}, rootfs: { type: 'layers', diff_ids: [DIFF_ID] } }),
);
const MANIFEST_TYPE = 'application/vnd.docker.distribution.manifest.v2+json';
const MANIFEST = Buffer.from(
  JSON.stringify({
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    config: {
      mediaType: 'application/vnd.docker.container.image.v1+json',
      size: CONFIG.length,
      digest: digest(CONFIG),
    },
    layers: [
      { mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip', size: LAYER.length, digest: digest(LAYER) },
    ],
  }),
);
const TAG = 'probe';

/**
 * Pushes a tiny image, pulls it again, and deletes it: what a client does, step by step. `token` goes to the registry's
 * own address alone. Errors: the network's own.
 *
 * Source: distribution's API specification: monolithic upload, manifests, deletion by digest.
 */
export async function pushAndPull(
  registry: URL,
  repository: string,
  token: string,
  http: Http,
): Promise<CanaryOutcome> {
  const begun = performance.now();
  const call = (target: URL | string, options: Parameters<Http>[1] = {}): Promise<HttpAnswer> => {
    const url = new URL(target, registry);
    if (url.origin !== registry.origin) throw new Error(`the registry sends an upload to ${url.origin}`);
    return http(url, { ...options, headers: { ...options.headers, authorization: `Bearer ${token}` } });
  };
  const refused = (at: 'blob' | 'manifest' | 'pull', answer: HttpAnswer): CanaryOutcome => ({
    is: 'refused',
    at,
    ...refusalOf(answer),
  });

  for (const blob of [LAYER, CONFIG]) {
    const answer = await upload(blob);
    if (answer.status !== 201) return refused('blob', answer);
  }
  const path = `/v2/${repository}/manifests`;
  const put = () =>
    call(`${path}/${TAG}`, { method: 'PUT', headers: { 'content-type': MANIFEST_TYPE }, body: MANIFEST });
  const pushed = await put();
  if (pushed.status !== 201) return refused('manifest', pushed);
  let manifest = await pull();
  // Another look at the same moment may have deleted it already.
  if (manifest.status === 404 && (await put()).status === 201) manifest = await pull();
  if (manifest.status !== 200) return refused('pull', manifest);
  const layer = await followed(await call(`/v2/${repository}/blobs/${digest(LAYER)}`));
  if (layer.status !== 200) return refused('pull', layer);
  const ms = performance.now() - begun;
  const deleted = await call(`${path}/${digest(MANIFEST)}`, { method: 'DELETE' });
  const isGone = deleted.status === 202 || deleted.status === 404;
  return { is: 'done', ms, ...(isGone ? {} : { left: `${deleted.status} ${refusalOf(deleted).message}`.trim() }) };

  async function upload(blob: Buffer): Promise<HttpAnswer> {
    const opened = await call(`/v2/${repository}/blobs/uploads/`, { method: 'POST' });
    const { location } = opened.headers;
    if (opened.status !== 202 || location === undefined) return opened;
    const to = new URL(location, registry);
    to.searchParams.set('digest', digest(blob));
    return call(to, { method: 'PUT', headers: { 'content-type': 'application/octet-stream' }, body: blob });
  }

  function pull(): Promise<HttpAnswer> {
    return call(`${path}/${TAG}`, { headers: { accept: MANIFEST_TYPE } });
  }

  /** Blobs of an object store are behind a redirect, which a client follows without its token. */
  async function followed(answer: HttpAnswer): Promise<HttpAnswer> {
    const { location } = answer.headers;
    return answer.status === 307 && location !== undefined ? http(new URL(location, registry)) : answer;
  }
}

function digest(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
