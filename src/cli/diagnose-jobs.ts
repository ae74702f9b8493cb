import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { openConfig } from '../config/source.js';
import { startDiagnosis } from '../diagnosis/diagnose.js';
import type { Diagnosis } from '../diagnosis/diagnosis.js';
import { isJobUrl } from '../gitlab/job-url.js';
import { withInstance } from '../instance.js';
import { locateJob, openJobLog } from '../proof/job-log.js';

/**
 * Diagnoses a job by its address, with the configured token: whoever runs this holds it.
 *
 * Errors: `EdgeError`s of the configuration, of GitLab, and of an address that is none of its own.
 */
export async function diagnoseJob(configPath: string, url: string): Promise<Diagnosis> {
  const config = openConfig(configPath);
  const { instance, address } = locateJob(url, config.current());
  return withInstance(config, instance.name, async (open) => {
    const { job, chunks } = await openJobLog(address, open, undefined);
    const diagnosing = startDiagnosis();
    for await (const chunk of chunks) diagnosing.push(chunk);
    const { facts, ...diagnosis } = diagnosing.end();
    const located = { project: address.project, jobUrl: job.web_url };
    return { ...diagnosis, ...(facts === undefined ? {} : { facts: { ...located, ...facts } }) };
  });
}

/** The addresses of jobs in a CSV file: of each row the first cell that is one. Rows without any are a heading or a slip. */
export function readJobUrls(path: string): string[] {
  const rows = parse(readFileSync(path), {
    bom: true,
    relaxColumnCount: true,
    relaxQuotes: true,
    trim: true,
  }) as string[][];
  return rows.flatMap((cells) => cells.find(isJobUrl) ?? []);
}
