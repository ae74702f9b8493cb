import { addressed } from '../address.js';
import type { CauseId } from '../causes/index.js';
import type { UploadFinding } from '../findings.js';
import { causeOfServerLine } from '../server-lines.js';
import { isSuspected, type Testimony, type Witness } from '../testimony.js';

/** Causes of which an upload that is accepted now is worth a remark. */
const OF_UPLOADS: readonly CauseId[] = [
  'registry-storage-full',
  'registry-storage-permission',
  'registry-storage-backend',
  'registry-read-only',
  'registry-internal-error',
  'wrong-forwarded-headers',
];

/** An upload session: the registry writes to its storage to open one, and says where the layer has to go. */
export const upload: Witness<UploadFinding> = ({ target, repository, answer }, diagnosis) => {
  const where = addressed(diagnosis.facts, target);
  if (where.is === 'other') return [];
  const sure = where.named ? 'confirms' : 'supports';
  const told = (cause: CauseId, says: Testimony['says'], why: string): Testimony[] =>
    isSuspected(diagnosis, cause) ? [{ cause, says, why }] : [];

  if (answer.is === 'refused') {
    const { status, message, detail } = answer;
    const words = `an upload to ${repository} is answered ${status} now`;
    if (status === 405 || answer.code === 'UNSUPPORTED')
      return told('registry-read-only', sure, `${words}, ${message}: the registry takes no writes`);
    if (status >= 502 && status <= 504) return told('gateway-error', sure, words);
    if (status >= 300 && status < 400) return told('wrong-forwarded-headers', 'supports', `${words}, a redirect`);
    if (status !== 500) return [];
    const cause = detail === undefined ? undefined : causeOfServerLine(detail);
    const because = `${words}: ${(detail ?? message).slice(0, 200)}`;
    // The same fault behind the same words, of which the text alone saw only the number.
    if (cause !== undefined && isSuspected(diagnosis, cause, 'registry-internal-error'))
      return [{ cause, says: sure, why: because }];
    return told('registry-internal-error', 'supports', because);
  }

  const expected = new URL(target.registryUrl).origin;
  const given = URL.canParse(answer.location) ? new URL(answer.location).origin : undefined;
  if (given !== expected) {
    const why = `an upload to ${expected} is sent on to ${given ?? answer.location.slice(0, 100)}: the proxy in front of the registry hides its address`;
    return isSuspected(diagnosis, 'wrong-forwarded-headers')
      ? [{ cause: 'wrong-forwarded-headers', says: sure, why }]
      : [{ cause: diagnosis.cause, says: 'remarks', why }];
  }
  const about = [diagnosis.cause, ...diagnosis.alternatives.map(({ cause }) => cause)].find((one) =>
    OF_UPLOADS.includes(one),
  );
  const end = answer.left === undefined ? 'and cancelled just now' : 'just now';
  const why = `an upload session in ${repository} was opened ${end}: the registry takes writes`;
  return about === undefined ? [] : [{ cause: about, says: 'remarks', why }];
};
