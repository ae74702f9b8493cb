import type { Cause } from '../cause.js';
import { addressBanned } from './address-banned.js';
import { authRealmUnreachable } from './auth-realm-unreachable.js';
import { blobCorrupt } from './blob-corrupt.js';
import { bodyTooLarge } from './body-too-large.js';
import { clientDiskFull } from './client-disk-full.js';
import { clientProxy } from './client-proxy.js';
import { clientTooOld } from './client-too-old.js';
import { clockSkew } from './clock-skew.js';
import { connectionDropped } from './connection-dropped.js';
import { connectionRefused } from './connection-refused.js';
import { connectionTimeout } from './connection-timeout.js';
import { credentialHelperFailure } from './credential-helper-failure.js';
import { credentialsMissing } from './credentials-missing.js';
import { credentialsRejected } from './credentials-rejected.js';
import { daemonUnreachable } from './daemon-unreachable.js';
import { dnsFailure } from './dns-failure.js';
import { gatewayError } from './gateway-error.js';
import { httpHttpsMismatch } from './http-https-mismatch.js';
import { imageNotFoundLocally } from './image-not-found-locally.js';
import { imageOutsideProject } from './image-outside-project.js';
import { insufficientRights } from './insufficient-rights.js';
import { invalidImageReference } from './invalid-image-reference.js';
import { jobTokenScope } from './job-token-scope.js';
import { manifestRejected } from './manifest-rejected.js';
import { manifestUnknown } from './manifest-unknown.js';
import { nameUnknown } from './name-unknown.js';
import { notRegistry } from './not-registry.js';
import { passwordNeedsToken } from './password-needs-token.js';
import { protectedByRule } from './protected-by-rule.js';
import { quotaExceeded } from './quota-exceeded.js';
import { rateLimited } from './rate-limited.js';
import { registryDisabled } from './registry-disabled.js';
import { registryInternalError } from './registry-internal-error.js';
import { registryReadOnly } from './registry-read-only.js';
import { registryStorageBackend } from './registry-storage-backend.js';
import { registryStorageFull } from './registry-storage-full.js';
import { registryStoragePermission } from './registry-storage-permission.js';
import { tlsExpired } from './tls-expired.js';
import { tlsNameMismatch } from './tls-name-mismatch.js';
import { tlsUnknownAuthority } from './tls-unknown-authority.js';
import { tokenExpiredMidPush } from './token-expired-mid-push.js';
import { tokenKeyMismatch } from './token-key-mismatch.js';
import { tokenStaleAfterUrlChange } from './token-stale-after-url-change.js';
import { unknown } from './unknown.js';
import { wrongForwardedHeaders } from './wrong-forwarded-headers.js';
import { wrongRegistry } from './wrong-registry.js';

/**
 * Every cause, the specific before the general: of two that the same line fits equally, the first here is named.
 */
const ALL = [
  credentialHelperFailure,
  passwordNeedsToken,
  tokenExpiredMidPush,
  credentialsMissing,
  authRealmUnreachable,
  credentialsRejected,
  tokenStaleAfterUrlChange,
  tokenKeyMismatch,
  clockSkew,
  registryDisabled,
  protectedByRule,
  quotaExceeded,
  addressBanned,
  jobTokenScope,
  wrongRegistry,
  imageOutsideProject,
  insufficientRights,
  invalidImageReference,
  imageNotFoundLocally,
  manifestUnknown,
  nameUnknown,
  tlsUnknownAuthority,
  tlsNameMismatch,
  tlsExpired,
  httpHttpsMismatch,
  clientProxy,
  dnsFailure,
  connectionRefused,
  connectionTimeout,
  connectionDropped,
  bodyTooLarge,
  wrongForwardedHeaders,
  rateLimited,
  gatewayError,
  registryStorageFull,
  registryStoragePermission,
  registryStorageBackend,
  blobCorrupt,
  manifestRejected,
  registryReadOnly,
  registryInternalError,
  clientDiskFull,
  daemonUnreachable,
  clientTooOld,
  notRegistry,
  unknown,
] as const;

export type CauseId = (typeof ALL)[number]['id'];

export const CAUSES: readonly Cause[] = ALL;

/** The cause of an id; total, because the ids are derived from the list. */
export function causeOf(id: CauseId): Cause {
  const found = CAUSES.find((cause) => cause.id === id);
  if (found === undefined) throw new Error(`no cause ${id}`);
  return found;
}
