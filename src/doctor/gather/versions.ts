import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Finding } from '../finding.js';
import { judgeVersions } from '../versions.js';

const Package = z.object({ version: z.string(), engines: z.object({ node: z.string() }) });

export async function lookAtVersions(): Promise<Finding[]> {
  const { version, engines } = Package.parse(JSON.parse(readFileSync(packageFile(), 'utf8')));
  return judgeVersions({ registrar: version, node: process.versions.node, wanted: engines.node });
}

/** The nearest package.json above: this file runs from src/ and from dist/. */
function packageFile(): URL {
  let folder = new URL('.', import.meta.url);
  for (;;) {
    const file = new URL('package.json', folder);
    const parent = new URL('..', folder);
    if (existsSync(file) || parent.href === folder.href) return file;
    folder = parent;
  }
}
