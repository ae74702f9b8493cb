import { addrWithScheme } from './addr-with-scheme.js';
import { certificateExpired } from './certificate-expired.js';
import { certificateOfOtherName } from './certificate-of-other-name.js';
import { configEditedByHand } from './config-edited-by-hand.js';
import type { Fault } from './fault.js';
import { hostKeyChanged } from './host-key-changed.js';
import { nginxEmerg } from './nginx-emerg.js';
import { nginxStopped } from './nginx-stopped.js';
import { reconfigureForgotten } from './reconfigure-forgotten.js';
import { registryCrashLoop } from './registry-crash-loop.js';
import { registryDisabled } from './registry-disabled.js';
import { registryStopped } from './registry-stopped.js';
import { sshRefused } from './ssh-refused.js';
import { storageNotWritable } from './storage-not-writable.js';
import { vhostEditedByHand } from './vhost-edited-by-hand.js';

export type { Fault, Undo } from './fault.js';

/** Every fault of the host, each undone by what its `apply` gives back. */
export const faults: readonly Fault[] = [
  registryStopped,
  registryDisabled,
  registryCrashLoop,
  nginxStopped,
  nginxEmerg,
  configEditedByHand,
  vhostEditedByHand,
  reconfigureForgotten,
  certificateExpired,
  certificateOfOtherName,
  hostKeyChanged,
  sshRefused,
  storageNotWritable,
  addrWithScheme,
];

export const faultById = (id: string): Fault => {
  const found = faults.find((fault) => fault.id === id);
  if (found === undefined) throw new Error(`no fault ${id}`);
  return found;
};
