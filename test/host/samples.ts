import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../lab/host/project.js';

/** What a real package made of a gitlab.rb; beside the checkout, not part of it. */
export interface Sample {
  folder: string;
  /** Of GitLab. */
  version: string;
  gitlabRb: string;
  registryConfig: string;
  /** Absent where the settings make none. */
  vhost: string | undefined;
}

const FOLDER = path.join(path.dirname(projectRoot), 'shared', 'omnibus-samples');

/** Every sample; none, with the reason printed, where they are absent. */
export function omnibusSamples(): Sample[] {
  if (!existsSync(FOLDER)) {
    console.info(`skipped: the samples of a real package are not at ${FOLDER}`);
    return [];
  }
  return readdirSync(FOLDER)
    .filter((name) => /^\d/.test(name))
    .map((folder) => {
      const read = (...names: string[]) => readFileSync(path.join(FOLDER, folder, ...names), 'utf8');
      const [, major, minor] = /-on-(\d+)-(\d+)$/.exec(folder) ?? [];
      return {
        folder,
        version: major === undefined ? '19.3.0' : `${major}.${minor}.0`,
        gitlabRb: read('gitlab.rb'),
        registryConfig: read('registry', 'config.yml'),
        vhost: existsSync(path.join(FOLDER, folder, 'nginx')) ? read('nginx', 'gitlab-registry.conf') : undefined,
      };
    });
}

/** What the package's `gitlab-ctl` prints, by the file's name; `undefined` where the samples are absent. */
export function gitlabCtlSample(name: string): string | undefined {
  const file = path.join(FOLDER, 'gitlab-ctl', name);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/** Runs once per sample, or stands for all of them as skipped. */
export function eachSample(
  name: string,
  samples: readonly Sample[],
  body: (sample: Sample) => void | Promise<void>,
): void {
  if (samples.length === 0) test.skip(`${name} (skipped: no samples)`, () => {});
  else test.each(samples.map((sample) => [sample.folder, sample] as const))(`%s: ${name}`, (_, sample) => body(sample));
}
