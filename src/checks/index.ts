import type { Check } from './check.js';
import { clock } from './clock.js';
import { dns } from './dns.js';
import { drift } from './drift.js';
import { enabled } from './enabled.js';
import { endpoint } from './endpoint.js';
import { gitlab } from './gitlab.js';
import { handshake } from './handshake.js';
import { host } from './host.js';
import { hosts } from './hosts.js';
import { nginx } from './nginx.js';
import { realm } from './realm.js';
import { running } from './running.js';
import { settings } from './settings.js';
import { storage } from './storage.js';
import { tls } from './tls.js';

/** Every check, in the order of the chain: the first failure is the one to mend. */
export const CHECKS: readonly Check[] = [
  host,
  hosts,
  enabled,
  running,
  nginx,
  dns,
  tls,
  endpoint,
  realm,
  handshake,
  storage,
  settings,
  drift,
  clock,
  gitlab,
];
