import type { RawDifference } from './compare/difference.js';
import { compareNginx } from './compare/nginx.js';
import { compareYaml, type ReadYaml, readYaml } from './compare/yaml.js';
import type { GitlabRb } from './gitlab-rb.js';
import { type NginxError, readNginx } from './nginx.js';
import type { Exposure } from './render/exposure.js';
import type { Rendered } from './render/lines.js';
import { type Generated, generate } from './render/reconfigure.js';
import { DEFAULT, type Origin, UNKNOWN } from './render/settings.js';
import { choices, type World, worldOf } from './worlds.js';

/** A value of a generated file that is not what gitlab.rb would make of it. */
export interface Difference extends RawDifference {
  file: 'registry-config' | 'vhost';
  /** What decides the expected value. */
  origin: Origin;
}

export interface Files {
  gitlabRb: GitlabRb;
  /** Text of config.yml; `undefined` where it was not looked at. */
  registryConfig?: string;
  vhost?: string;
  /** Of the package; unknown: what the files show, else the newest. */
  version?: string;
}

export interface Drift {
  differences: Difference[];
  /** What the registry, or nginx, would refuse. */
  syntax: { file: Difference['file']; line: number; message: string }[];
  /** Why reconfigure stops before it writes anything; then nothing is compared. */
  refused?: string;
  /** What reconfigure would write; `undefined` where it stops. */
  generated?: Generated;
  /** What users reach; `undefined` where the registry is switched off. */
  exposure?: Exposure;
  /** Whose rules were taken. */
  version: string;
  /** What was taken for granted because a file shows it. */
  assumed: string[];
}

/** Above that a file is no generated one: it is compared once, and nothing is tried. Characters. */
const TRIED_UP_TO = 200_000;

/**
 * Compares the generated files with what reconfigure would write, by meaning. Pure.
 *
 * What the files themselves can't tell (certificate files on the host, the version, computed settings) is taken so
 * that the least differs; of two ways that are equally near, the more usual one.
 */
export function findDrift(files: Files): Drift {
  const config = files.registryConfig === undefined ? undefined : readYaml(files.registryConfig);
  const vhost = files.vhost === undefined ? undefined : readNginx(files.vhost);
  const size = (files.registryConfig?.length ?? 0) + (files.vhost?.length ?? 0);
  const look = (world: World) => lookAt(world, files, config, vhost);

  const open = choices(files.gitlabRb.settings, files.version);
  let chosen: World = new Map();
  let best = look(chosen);
  if (size > 0 && size <= TRIED_UP_TO) {
    for (const [what, options] of open) {
      for (const option of options) {
        const world: World = new Map(chosen).set(what, option);
        const other = look(world);
        if (other.distance < best.distance) [best, chosen] = [other, world];
      }
    }
  }
  const { made, version } = best;
  const syntax = [
    ...(config?.errors ?? []).map((one) => ({ file: 'registry-config' as const, ...one })),
    ...(vhost?.errors ?? []).map((one) => ({ file: 'vhost' as const, ...one })),
  ];
  if (made === undefined) return { differences: [], syntax, refused: best.refused ?? '', version, assumed: [] };
  const older = chosen.get('version') !== undefined;
  return {
    differences: best.differences,
    syntax,
    version,
    generated: made,
    assumed: older
      ? [`no version is known, and the files are as GitLab ${version} writes them: its rules were taken`]
      : [],
    ...(made.exposure === undefined ? {} : { exposure: made.exposure }),
  };
}

/** Of one file. */
const MAX_DIFFERENCES = 500;

interface Look {
  made: Generated | undefined;
  refused?: string;
  version: string;
  differences: Difference[];
  /** How far the files are from that; lines that differ count too, so that a version shows by its blank lines. */
  distance: number;
}

function lookAt(
  world: World,
  files: Files,
  config: ReadYaml | undefined,
  vhost: { tree: Parameters<typeof compareNginx>[1]; errors: NginxError[] } | undefined,
): Look {
  const { version, facts, assume } = worldOf(world, files.version);
  const made = generate(files.gitlabRb.settings, { version, httpSecret: UNKNOWN, facts, assume });
  if ('refused' in made)
    return { made: undefined, refused: made.refused, version, differences: [], distance: Number.POSITIVE_INFINITY };
  const differences: Difference[] = [];
  let distance = 0;
  const add = (file: Difference['file'], expected: Rendered, text: string, found: readonly RawDifference[]) => {
    // A file that is another one altogether: what is told of it is enough.
    for (const one of found.slice(0, MAX_DIFFERENCES))
      differences.push({ ...one, file, origin: originOf(expected, one) });
    distance += found.length + lineDistance(expected, text);
  };
  if (made.registryConfig !== undefined && config !== undefined) {
    const expected = readYaml(made.registryConfig.text).tree;
    const found = [...compareYaml(expected, config.tree), ...secretOf(expected, config.tree)];
    add('registry-config', made.registryConfig, files.registryConfig ?? '', found);
  }
  if (made.vhost !== undefined && vhost !== undefined) {
    const expected = readNginx(made.vhost.text).tree;
    add('vhost', made.vhost, files.vhost ?? '', compareNginx(expected, vhost.tree));
  }
  // Of config.yml a switched-off registry leaves the old one behind: its being there proves nothing.
  if (made.vhost === undefined && vhost !== undefined && vhost.tree.length > 0)
    differences.push({ ...NO_VHOST, file: 'vhost', line: vhost.tree[0]?.line });
  if (!made.enabled) distance = Number.MAX_VALUE;
  return { made, version, differences, distance };
}

/** The package's own secret is random, but it has a shape: 64 bytes in hexadecimal. */
function secretOf(expected: ReadYaml['tree'], actual: ReadYaml['tree']): RawDifference[] {
  const wanted = expected.map?.get('http')?.map?.get('secret');
  const found = actual.map?.get('http')?.map?.get('secret');
  if (wanted?.text !== JSON.stringify(UNKNOWN) || found === undefined) return [];
  if (/^"(?:[0-9a-f]{128}|\*\*\*)"$/.test(found.text)) return [];
  const rest = { line: found.line, expectedLine: wanted.line };
  return [{ key: 'http.secret', expected: '128 hexadecimal digits', actual: 'something else', ...rest }];
}

const NO_VHOST = {
  key: 'server',
  expected: undefined,
  actual: 'a vhost of the registry',
  expectedLine: undefined,
  origin: { setting: 'gitlab.rb, which switches it off' },
};

/** Lines that only one of the two has; what is hidden or computed agrees with what stands there. */
function lineDistance({ lines }: Rendered, text: string): number {
  const count = new Map<string, number>();
  const actual = text.split('\n');
  // The end of the last line begins no new one.
  if (actual.at(-1) === '') actual.pop();
  for (const one of actual) count.set(one, (count.get(one) ?? 0) + 1);
  let missing = 0;
  let rest = actual.length;
  for (const { text: line } of lines) {
    const left = count.get(line) ?? 0;
    if (left > 0) count.set(line, left - 1);
    if (left > 0) rest--;
    else missing++;
  }
  return missing + rest;
}

/** What decides a place of a rendered file. */
export function originOf(
  { lines }: Rendered,
  { expectedLine, key }: Pick<RawDifference, 'expectedLine' | 'key'>,
): Origin {
  if (expectedLine === undefined) return DEFAULT;
  const from = lines[expectedLine - 1];
  const [, second] = key.split('.');
  return (second === undefined ? undefined : from?.within?.[second]) ?? from?.origin ?? DEFAULT;
}
