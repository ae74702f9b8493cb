import { isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import type { Expected } from './expected.js';
import { directives, parseNginx } from './nginx.js';

/** A value of a generated file that is not what gitlab.rb would make of it. */
export interface Difference {
  file: Expected['file'];
  key: string;
  expected: Expected;
  /** What stands in the file; `undefined` when the key is missing. */
  actual: string | undefined;
  /** Line of the generated file. */
  line?: number;
}

/** Compares config.yml with what reconfigure would write. Pure. A masked value (`***`) is never a difference. */
export function registryConfigDrift(text: string, expected: readonly Expected[]): Difference[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  return expected.flatMap((one) => {
    if (one.file !== 'registry-config') return [];
    const node = find(document.contents, one.key.split('.'));
    const actual = isScalar(node) ? String(node.value) : undefined;
    const line = node?.range === undefined || node.range === null ? undefined : lines.linePos(node.range[0]).line;
    return difference(one, actual, line);
  });
}

/** Compares the vhost. Pure. */
export function vhostDrift(text: string, expected: readonly Expected[]): Difference[] {
  const tree = parseNginx(text);
  // With a redirect server there are two; the registry's is the one that proxies.
  const servers = directives(tree, 'server').filter(
    (server) => directives(server.children ?? [], 'proxy_pass').length > 0,
  );
  const body = servers[0]?.children ?? tree;
  return expected.flatMap((one) => {
    if (one.file !== 'vhost') return [];
    if (one.key === 'X-Forwarded-Proto') {
      const header = directives(body, 'proxy_set_header').find(({ args }) => args[0] === one.key);
      return difference(one, header?.args[1], header?.line);
    }
    if (one.key === 'listen port') {
      const listens = directives(body, 'listen');
      const ports = listens.map(({ args }) => args[0]?.split(':').at(-1));
      return ports.includes(one.value) ? [] : difference(one, ports[0], listens[0]?.line);
    }
    const found = directives(body, one.key)[0];
    return difference(one, found?.args[0], found?.line);
  });
}

function find(node: Node | null | undefined, path: readonly string[]): Node | undefined {
  if (path.length === 0) return node ?? undefined;
  if (!isMap(node)) return undefined;
  // Keys like `s3_v2` are one step; the path was cut at dots, so the longest key that fits is taken.
  for (let length = path.length; length > 0; length--) {
    const inner = node.get(path.slice(0, length).join('.'), true) as Node | undefined;
    if (inner !== undefined) return find(inner, path.slice(length));
  }
  return undefined;
}

function difference(expected: Expected, actual: string | undefined, line: number | undefined): Difference[] {
  if (actual === expected.value || actual === '***') return [];
  return [{ file: expected.file, key: expected.key, expected, actual, ...(line === undefined ? {} : { line }) }];
}
