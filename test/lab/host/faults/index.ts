import { addrWithScheme } from './addr-with-scheme.js';
import { backendNameUnknown } from './backend-name-unknown.js';
import { canaryRightsLost } from './canary-rights-lost.js';
import { certificateExpired } from './certificate-expired.js';
import { certificateExpiresSoon } from './certificate-expires-soon.js';
import { certificateMissing } from './certificate-missing.js';
import { certificateNotReloaded } from './certificate-not-reloaded.js';
import { certificateOfOtherName } from './certificate-of-other-name.js';
import { clockAhead } from './clock-ahead.js';
import { configEditedByHand } from './config-edited-by-hand.js';
import { databaseNotImported } from './database-not-imported.js';
import { errorBurst } from './error-burst.js';
import type { Fault } from './fault.js';
import { forwardedProtoLost } from './forwarded-proto-lost.js';
import { gitlabDown } from './gitlab-down.js';
import { gitlabWeb502 } from './gitlab-web-502.js';
import { hostKeyChanged } from './host-key-changed.js';
import { issuerDiffers } from './issuer-differs.js';
import { keyOfOtherCertificate } from './key-of-other-certificate.js';
import { nginxEmerg } from './nginx-emerg.js';
import { nginxStopped } from './nginx-stopped.js';
import { objectStoreUnreachable } from './object-store-unreachable.js';
import { plainHttpServed } from './plain-http-served.js';
import { portTaken } from './port-taken.js';
import { realmOfOtherHost } from './realm-of-other-host.js';
import { realmOfOtherScheme } from './realm-of-other-scheme.js';
import { reconfigureForgotten } from './reconfigure-forgotten.js';
import { registryCrashLoop } from './registry-crash-loop.js';
import { registryDisabled } from './registry-disabled.js';
import { registryOffInGitlab } from './registry-off-in-gitlab.js';
import { registryReadOnly } from './registry-read-only.js';
import { registryStopped } from './registry-stopped.js';
import { rootCertificateOfOtherKey } from './root-certificate-of-other-key.js';
import { signingKeyChanged } from './signing-key-changed.js';
import { sshRefused } from './ssh-refused.js';
import { storageFull } from './storage-full.js';
import { storageMountedReadOnly } from './storage-mounted-read-only.js';
import { storageNotWritable } from './storage-not-writable.js';
import { storageOutOfInodes } from './storage-out-of-inodes.js';
import { tlsVersionOld } from './tls-version-old.js';
import { tokensShortLived } from './tokens-short-lived.js';
import { upgradeHalfDone } from './upgrade-half-done.js';
import { vhostEditedByHand } from './vhost-edited-by-hand.js';

export type { Fault, Undo } from './fault.js';

/** Every fault of the host and of its GitLab, each undone by what its `apply` gives back. */
export const faults: readonly Fault[] = [
  registryStopped,
  registryDisabled,
  registryCrashLoop,
  portTaken,
  addrWithScheme,
  backendNameUnknown,
  nginxStopped,
  nginxEmerg,
  configEditedByHand,
  vhostEditedByHand,
  reconfigureForgotten,
  forwardedProtoLost,
  certificateExpired,
  certificateOfOtherName,
  certificateMissing,
  certificateExpiresSoon,
  certificateNotReloaded,
  keyOfOtherCertificate,
  tlsVersionOld,
  plainHttpServed,
  hostKeyChanged,
  sshRefused,
  realmOfOtherHost,
  realmOfOtherScheme,
  signingKeyChanged,
  rootCertificateOfOtherKey,
  issuerDiffers,
  gitlabDown,
  gitlabWeb502,
  registryOffInGitlab,
  clockAhead,
  tokensShortLived,
  canaryRightsLost,
  storageNotWritable,
  storageFull,
  storageOutOfInodes,
  storageMountedReadOnly,
  registryReadOnly,
  databaseNotImported,
  objectStoreUnreachable,
  errorBurst,
  upgradeHalfDone,
];

export const faultById = (id: string): Fault => {
  const found = faults.find((fault) => fault.id === id);
  if (found === undefined) throw new Error(`no fault ${id}`);
  return found;
};
