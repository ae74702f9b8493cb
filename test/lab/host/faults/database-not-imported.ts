import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { editRegistryConfig, type Fault } from './fault.js';

export const databaseNotImported: Fault = {
  id: 'database-not-imported',
  // Debian's registry knows no metadata database: it starts all the same.
  breaks: "the metadata database was switched on without an import: GitLab's own registry refuses to start",
  link: 'storage',
  apply: async (host) => {
    const lockfiles = path.join(host.files.storage, 'docker/registry/lockfiles');
    await mkdir(lockfiles, { recursive: true });
    await writeFile(path.join(lockfiles, 'filesystem-in-use'), '');
    const undo = await editRegistryConfig(host, (yaml) => yaml.replace(/^(database: \{"enabled":)[^,}]+/m, '$1true'));
    await host.waitUntilHealthy();
    return async () => {
      await rm(lockfiles, { recursive: true });
      await undo();
    };
  },
};
