import type { CheckResult, Link } from '../../src/checks/check.js';
import { brokenLink } from '../../src/checks/report.js';

/** What was seen of a fault while it lasted. */
export interface Observed {
  fault: string;
  /** What is really at fault; undefined where the chain holds. */
  link: Link | undefined;
  /** Of the instance in health. */
  before: readonly CheckResult[];
  during: readonly CheckResult[];
  baselines: Readonly<Record<Baseline, Answer>>;
}

/** What others look at: the registry's front page, its API, and GitLab's page of a project. */
export const BASELINES = ['GET /', '/v2/', 'page'] as const;
export type Baseline = (typeof BASELINES)[number];

/** What one of them got, and whether it takes that for health. */
export interface Answer {
  said: string;
  isFine: boolean;
}

export interface Row extends Pick<Observed, 'fault' | 'link' | 'baselines'> {
  /** Our checks that complain now and did not before, failures first. */
  noticing: readonly CheckResult[];
  isNoticed: boolean;
  /** The link that we name. */
  named: Link | undefined;
  isRightLink: boolean;
}

export function rowOf({ fault, link, before, during, baselines }: Observed): Row {
  const healthy = new Set(before.filter((one) => !complains(one)).map(({ id }) => id));
  const fresh = during.filter((one) => complains(one) && healthy.has(one.id));
  const noticing = [...fresh.filter(isRoot), ...fresh.filter((one) => !isRoot(one))];
  const broken = brokenLink(during);
  // Where nothing fails the chain holds, and a warning speaks for its own link alone.
  const warned = noticing.flatMap((one) => one.link ?? []);
  const named = broken ?? warned.find((one) => one === link) ?? (link === undefined ? undefined : warned[0]);
  const isNoticed = noticing.length > 0;
  return { fault, link, baselines, noticing, isNoticed, named, isRightLink: isNoticed && named === link };
}

/** `ours N/N noticed, N/N right link · GET / N/N · …`: who notices how many. */
export function summaryOf(rows: readonly Row[]): string {
  const share = (is: (row: Row) => boolean) => `${rows.filter(is).length}/${rows.length}`;
  const ours = `ours ${share(({ isNoticed }) => isNoticed)} noticed, ${share(({ isRightLink }) => isRightLink)} right link`;
  return [ours, ...BASELINES.map((one) => `${one} ${share(({ baselines }) => !baselines[one].isFine)}`)].join(' · ');
}

function complains({ verdict }: CheckResult): boolean {
  return verdict.is === 'fail' || verdict.is === 'warn';
}

function isRoot({ verdict, because }: CheckResult): boolean {
  return verdict.is === 'fail' && because === undefined;
}
