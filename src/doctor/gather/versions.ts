import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { packageFolder } from '../../package-folder.js';
import type { Finding } from '../finding.js';
import { judgeVersions } from '../versions.js';

const Package = z.object({ version: z.string(), engines: z.object({ node: z.string() }) });

export async function lookAtVersions(): Promise<Finding[]> {
  const { version, engines } = Package.parse(
    JSON.parse(readFileSync(new URL('package.json', packageFolder()), 'utf8')),
  );
  return judgeVersions({ registrar: version, node: process.versions.node, wanted: engines.node });
}
