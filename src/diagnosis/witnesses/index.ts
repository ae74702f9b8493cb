import type { Diagnosis } from '../diagnosis.js';
import type { Evidence, Findings } from '../findings.js';
import type { Testimony, Witness } from '../testimony.js';
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

/** Who reads which finding. What decides by itself stands before what only helps. */
const WITNESSES: { readonly [K in keyof Evidence]: Witness<NonNullable<Evidence[K]>> } = {
  network,
  handshake,
  upload,
  host,
  image,
  access,
  rules,
  jobToken,
  rights,
  tokens,
  project,
};

/** Everything that the findings say about the causes. Pure. */
export function hearWitnesses(findings: Findings, diagnosis: Diagnosis): Testimony[] {
  const hear = <K extends keyof Evidence>(name: K): Testimony[] => {
    const finding = findings[name];
    const witness = WITNESSES[name] as Witness<NonNullable<Evidence[K]>> | undefined;
    return finding === undefined || witness === undefined ? [] : witness(finding, diagnosis);
  };
  return (Object.keys(WITNESSES) as (keyof Evidence)[]).flatMap(hear);
}
