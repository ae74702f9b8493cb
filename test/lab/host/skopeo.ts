import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Output, run } from './process.js';

/** Runs skopeo with a policy and credentials of its own in `dir`. */
export const skopeo = async (dir: string, args: readonly string[]): Promise<Output> => {
  await mkdir(dir, { recursive: true });
  const policy = path.join(dir, 'policy.json');
  await writeFile(policy, JSON.stringify({ default: [{ type: 'insecureAcceptAnything' }] }));
  const env = { REGISTRY_AUTH_FILE: path.join(dir, 'auth.json'), TMPDIR: dir };
  return run('skopeo', ['--policy', policy, '--registries.d', dir, ...args], { env });
};

const sha256 = (data: Buffer): string => createHash('sha256').update(data).digest('hex');

/** An uncompressed tar archive with one file. */
export const tarOf = (name: string, content: string): Buffer => {
  const body = Buffer.from(content);
  const head = Buffer.alloc(512);
  head.write(name, 0, 100);
  head.write('0000644\0', 100);
  head.write('0000000\0', 108);
  head.write('0000000\0', 116);
  head.write(`${body.length.toString(8).padStart(11, '0')}\0`, 124);
  head.write('00000000000\0', 136);
  head.write('        ', 148);
  head.write('0', 156);
  head.write('ustar\x0000', 257);
  const sum = head.reduce((total, byte) => total + byte, 0);
  head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  const padding = Buffer.alloc((512 - (body.length % 512)) % 512);
  return Buffer.concat([head, body, padding, Buffer.alloc(1024)]);
};

/** Writes an OCI image with one tiny layer, made by hand; the answer is skopeo's name of it. */
export const makeOciImage = async (dir: string, content = 'hello\n'): Promise<string> => {
  const blobs = path.join(dir, 'blobs', 'sha256');
  await mkdir(blobs, { recursive: true });
  const put = async (mediaType: string, data: Buffer) => {
    const digest = sha256(data);
    await writeFile(path.join(blobs, digest), data);
    return { mediaType, digest: `sha256:${digest}`, size: data.length };
  };
  const putJson = (mediaType: string, value: unknown) => put(mediaType, Buffer.from(JSON.stringify(value)));
  const tar = tarOf('hello.txt', content);
  const layer = await put('application/vnd.oci.image.layer.v1.tar', tar);
  const config = await putJson('application/vnd.oci.image.config.v1+json', {
    architecture: 'amd64',
    os: 'linux',
    config: {},
    rootfs: { type: 'layers', diff_ids: [`sha256:${sha256(tar)}`] },
  });
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = await putJson(mediaType, { schemaVersion: 2, mediaType, config, layers: [layer] });
  await writeFile(path.join(dir, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  const annotations = { 'org.opencontainers.image.ref.name': 'latest' };
  await writeFile(
    path.join(dir, 'index.json'),
    JSON.stringify({ schemaVersion: 2, manifests: [{ ...manifest, annotations }] }),
  );
  return `oci:${dir}:latest`;
};
