import { backend } from './backend.js';
import { certificate } from './certificate.js';
import type { Check } from './check.js';
import { clock } from './clock.js';
import { database } from './database.js';
import { dns } from './dns.js';
import { drift } from './drift.js';
import { enabled } from './enabled.js';
import { endpoint } from './endpoint.js';
import { errors } from './errors.js';
import { gitlab } from './gitlab.js';
import { gitlabClock } from './gitlab-clock.js';
import { gitlabSettings } from './gitlab-settings.js';
import { handshake } from './handshake.js';
import { host } from './host.js';
import { hostDns } from './host-dns.js';
import { hosts } from './hosts.js';
import { image } from './image.js';
import { keyPair } from './key-pair.js';
import { nginx } from './nginx.js';
import { objectStorage } from './object-storage.js';
import { readOnly } from './read-only.js';
import { realm } from './realm.js';
import { realmReach } from './realm-reach.js';
import { rights } from './rights.js';
import { running } from './running.js';
import { scheme } from './scheme.js';
import { settings } from './settings.js';
import { signingKey } from './signing-key.js';
import { sockets } from './sockets.js';
import { storage } from './storage.js';
import { storageRights } from './storage-rights.js';
import { tls } from './tls.js';
import { tlsVersion } from './tls-version.js';
import { upload } from './upload.js';
import { versions } from './versions.js';
import { web } from './web.js';

/** Every check, in the order of the chain: the first failure is the one to mend. */
export const CHECKS: readonly Check[] = [
  host,
  hosts,
  enabled,
  running,
  nginx,
  sockets,
  dns,
  hostDns,
  scheme,
  tls,
  certificate,
  tlsVersion,
  endpoint,
  backend,
  realm,
  realmReach,
  web,
  handshake,
  rights,
  signingKey,
  keyPair,
  upload,
  image,
  storage,
  storageRights,
  objectStorage,
  readOnly,
  database,
  settings,
  drift,
  clock,
  gitlabClock,
  gitlab,
  gitlabSettings,
  versions,
  errors,
];
