import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const findRoot = (from: string): string => {
  if (existsSync(path.join(from, 'package.json'))) return from;
  const above = path.dirname(from);
  if (above === from) throw new Error('no package.json above the lab');
  return findRoot(above);
};

/** The checkout's folder, found from the TypeScript sources and from their compiled form alike. */
export const projectRoot = findRoot(path.dirname(fileURLToPath(import.meta.url)));

/** The compiled command line that the lab's `gitlab-ctl reconfigure` runs; `npm run build` makes it. */
export const reconfigureCli = path.join(projectRoot, 'dist', 'test', 'lab', 'host', 'reconfigure-cli.js');
