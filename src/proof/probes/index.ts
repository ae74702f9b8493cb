import type { Evidence } from '../../diagnosis/findings.js';
import type { Probe } from '../probe.js';
import { access } from './access.js';
import { handshake } from './handshake.js';
import { host } from './host.js';
import { image } from './image.js';
import { jobToken } from './jobToken.js';
import { network } from './network.js';
import { project } from './project.js';
import { rights } from './rights.js';
import { rules } from './rules.js';
import { tokens } from './tokens.js';
import { upload } from './upload.js';

/** Every probe, by its name in the findings. */
export const PROBES: { readonly [K in keyof Evidence]-?: Probe<K> } = {
  network,
  handshake,
  upload,
  host,
  project,
  tokens,
  access,
  image,
  jobToken,
  rights,
  rules,
};
