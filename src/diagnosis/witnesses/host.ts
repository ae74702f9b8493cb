import { addressed } from '../address.js';
import type { CauseId } from '../causes/index.js';
import type { Diagnosis } from '../diagnosis.js';
import type { HostFinding, ServerLine } from '../findings.js';
import { isSuspected, type Testimony, type Witness } from '../testimony.js';

/** With less room than this a layer does not fit, whatever the percentage says. Bytes. */
const NO_ROOM = 64 * 1024 * 1024;
/** A line about the repository that is older than this may be of another failure than a log without time. Minutes. */
const FRESH_MINUTES = 60;
/** What a bare 500 hides: the host's word for it explains the number. */
const BEHIND_500: readonly CauseId[] = [
  'registry-storage-full',
  'registry-storage-permission',
  'registry-storage-backend',
];

type Sign = { cause: CauseId; why: string; sure: boolean };

/**
 * The host's account of its services, disk, settings and logs. A state that explains the words is proof; so is a line
 * of its logs about the repository, written when it failed.
 */
export const host: Witness<HostFinding> = (finding, diagnosis) => {
  const where = addressed(diagnosis.facts, finding.target);
  if (where.is === 'other') return [];
  const found = [...stateSigns(finding), ...finding.lines.map((line) => lineSign(finding, line))]
    .filter(({ cause }) => isMeant(diagnosis, cause))
    .map(({ cause, why, sure }): Testimony => ({ cause, says: sure && where.named ? 'confirms' : 'supports', why }))
    // The servers' own words, and what is broken, before what only points there.
    .sort((a, b) => Number(b.says === 'confirms') - Number(a.says === 'confirms'));
  return found.length > 0 ? found : present(finding, diagnosis);
};

function isMeant(diagnosis: Diagnosis, cause: CauseId): boolean {
  if (isSuspected(diagnosis, cause)) return true;
  return BEHIND_500.includes(cause) && isSuspected(diagnosis, 'registry-internal-error');
}

function stateSigns({ address, checks, disk, readOnly, bodyLimit, names, target }: HostFinding): Sign[] {
  const { enabled, running, nginx, storage, clock } = checks;
  const signs: Sign[] = [];
  const add = (cause: CauseId, why: string, sure = true) =>
    void signs.push({ cause, why: `on ${address} ${why}`, sure });
  const full = disk !== undefined && (disk.freeBytes < NO_ROOM || disk.freeInodes === 0);
  if (storage.is === 'fail' || full) add('registry-storage-full', storage.because, full);
  if (disk?.readOnly === true)
    add('registry-storage-permission', `${disk.path} is on a file system that is mounted read-only`);
  if (readOnly) add('registry-read-only', 'registry/config.yml has read-only mode on (storage.maintenance.readonly)');
  if (bodyLimit !== undefined) add('body-too-large', `gitlab-registry.conf has client_max_body_size ${bodyLimit}`);
  if (nginx.is === 'fail') add('connection-refused', nginx.because);
  if (running.is === 'fail') {
    add('gateway-error', running.because);
    // A registry that is exposed without nginx.
    add('connection-refused', running.because, false);
    add('connection-dropped', running.because, false);
  }
  if (enabled.is === 'fail') {
    add('connection-refused', enabled.because);
    add('registry-disabled', enabled.because, false);
  }
  if (clock.is === 'fail') add('clock-skew', clock.because, false);
  const name = new URL(target.registryUrl).hostname.replace(/^\[|\]$/g, '');
  if (names.some((one) => one.name === name && one.addresses.length === 0))
    add('dns-failure', `${name} does not resolve either`, false);
  return signs;
}

function lineSign({ address }: HostFinding, { file, cause, own, moment, text, minutesAgo }: ServerLine): Sign {
  const when = minutesAgo === undefined ? '' : `, ${ago(minutesAgo)}`;
  const said = text === '' ? `a line that is a sign of it${moment === true ? ', of that minute' : ''}` : text;
  // A 500 in an access log says no more than the client's.
  const telling = own && cause !== 'registry-internal-error';
  const then = moment ?? (minutesAgo !== undefined && minutesAgo <= FRESH_MINUTES);
  return { cause, why: `${file} on ${address} has${when}: ${said}`, sure: telling && then };
}

function ago(minutes: number): string {
  if (minutes < 2) return 'just now';
  return minutes < 120 ? `${minutes} min ago` : `${Math.round(minutes / 60)} h ago`;
}

/** The present state of what may have failed then, for the likeliest cause that the host knows of. */
function present({ address, checks }: HostFinding, { cause, alternatives }: Diagnosis): Testimony[] {
  const { storage, running, nginx, clock } = checks;
  const states: Partial<Record<CauseId, string>> = {
    'registry-read-only': 'read-only mode is off',
    'body-too-large': 'nginx limits no body: the 413 is another proxy’s',
    ...(storage.is === 'pass' ? { 'registry-storage-full': storage.because } : {}),
    ...(running.is === 'pass' ? { 'gateway-error': `the registry runs, ${running.because}` } : {}),
    ...(nginx.is === 'pass' ? { 'connection-refused': `nginx ${nginx.because}` } : {}),
    ...(clock.is === 'pass' ? { 'clock-skew': `the clock and Registrar’s are ${clock.because}` } : {}),
  };
  const about = [cause, ...alternatives.map((one) => one.cause)].find((one) => states[one] !== undefined);
  return about === undefined ? [] : [{ cause: about, says: 'remarks', why: `on ${address} ${states[about]}` }];
}
