import { LEEWAY_SECONDS } from '../../checks/clock.js';
import { addressed } from '../address.js';
import type { CauseId } from '../causes/index.js';
import type { HandshakeFinding } from '../findings.js';
import { isSuspected, type Testimony, type Witness } from '../testimony.js';

/**
 * Registrar's own login: is a token given, and does the registry take it? A registry that refuses what GitLab has just
 * signed refuses everybody's.
 */
export const handshake: Witness<HandshakeFinding> = (finding, diagnosis) => {
  const where = addressed(diagnosis.facts, finding.target);
  if (where.is === 'other') return [];
  const authority = new URL(finding.target.registryUrl).host;
  const sure = where.named ? 'confirms' : 'supports';
  const told = (cause: CauseId, says: Testimony['says'], why: string): Testimony[] =>
    isSuspected(diagnosis, cause) ? [{ cause, says, why }] : [];

  if (finding.is === 'refused') {
    const { status, code, message } = finding;
    if (status === 404 && code === 'UNAVAILABLE')
      return told('registry-disabled', sure, `GitLab answers 404 to Registrar’s own login: ${message}`);
    return /too many failed/i.test(message)
      ? told('address-banned', 'supports', `GitLab refuses Registrar’s address as well: ${message.slice(0, 120)}`)
      : [];
  }

  const { status, aheadSeconds, repository } = finding;
  if (status === 401) {
    const seen = `GitLab has just given Registrar a token, and ${authority} refuses it`;
    if (aheadSeconds === undefined) return told('token-key-mismatch', 'supports', seen);
    const apart = `GitLab’s clock is ${Math.abs(aheadSeconds)} s ${aheadSeconds < 0 ? 'behind' : 'ahead of'} the registry’s`;
    return Math.abs(aheadSeconds) >= LEEWAY_SECONDS
      ? told('clock-skew', sure, `${seen}: ${apart}`)
      : told(
          'token-key-mismatch',
          sure,
          `${seen}, though ${apart}: the key, the issuer or the audience does not match`,
        );
  }
  if (status !== 200) return [];
  const given =
    repository === undefined ? '' : ` (for ${repository.path}: ${repository.actions.join(', ') || 'no action'})`;
  const why = `GitLab gives Registrar a token${given}, and ${authority} takes it, now`;
  return [...told('token-key-mismatch', 'remarks', why), ...told('clock-skew', 'remarks', why)].slice(0, 1);
};
