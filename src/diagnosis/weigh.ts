import { type CauseId, causeOf } from './causes/index.js';
import type { Diagnosis } from './diagnosis.js';
import type { Findings } from './findings.js';
import type { Testimony } from './testimony.js';
import { hearWitnesses } from './witnesses/index.js';

type Named = Diagnosis['alternatives'][number];

/**
 * Moves a verdict by what probes found. Pure. `confirmed` is given here and nowhere else.
 *
 * Proof of one cause ends the matter. Else what is excluded is no candidate any more, and what is supported is likely
 * and comes first.
 */
export function weigh(diagnosis: Diagnosis, findings: Findings): Diagnosis {
  const heard = hearWitnesses(findings, diagnosis);
  const remarks = of(heard, 'remarks').map(({ why }) => why);
  return { ...moved(diagnosis, heard), ...(remarks.length > 0 ? { remarks } : {}) };
}

function moved(diagnosis: Diagnosis, heard: readonly Testimony[]): Diagnosis {
  const [proof] = of(heard, 'confirms').sort((a, b) => rank(diagnosis, a.cause) - rank(diagnosis, b.cause));
  if (proof !== undefined) return confirmed(diagnosis, proof, heard);
  const excluded = new Map(of(heard, 'excludes').map(({ cause, why }) => [cause, why]));
  const [support] = of(heard, 'supports').filter(({ cause }) => !excluded.has(cause));
  const named: Named[] = [{ cause: diagnosis.cause, why: diagnosis.why }, ...diagnosis.alternatives];
  const left = named.filter(({ cause }) => !excluded.has(cause));
  const first = support ?? left[0];
  const ruledOut = [...diagnosis.ruledOut, ...[...excluded].map(([cause, why]) => ({ cause, why }))];
  if (first === undefined) return { ...diagnosis, ruledOut };
  return {
    ...settled(diagnosis, first.cause),
    confidence: confidenceOf(diagnosis, first, support !== undefined, left.length),
    why: first.why,
    alternatives: left.filter(({ cause }) => cause !== first.cause),
    ruledOut,
  };
}

function confirmed(diagnosis: Diagnosis, proof: Testimony, heard: readonly Testimony[]): Diagnosis {
  const others = [diagnosis.cause, ...diagnosis.alternatives.map(({ cause }) => cause)].filter(
    (cause) => cause !== proof.cause,
  );
  const excluded = of(heard, 'excludes').filter(({ cause }) => cause !== proof.cause);
  const known = new Set(excluded.map(({ cause }) => cause));
  return {
    ...settled(diagnosis, proof.cause),
    confidence: 'confirmed',
    why: proof.why,
    alternatives: [],
    ruledOut: [
      ...diagnosis.ruledOut,
      ...others.filter((cause) => !known.has(cause)).map((cause) => ({ cause, why: 'the proof says otherwise' })),
      ...excluded.map(({ cause, why }) => ({ cause, why })),
    ],
  };
}

/** Of two proofs that which the text suspects more: one broken part can prove a cause and its consequence. */
function rank({ cause, alternatives }: Diagnosis, id: CauseId): number {
  const at = [cause, ...alternatives.map((one) => one.cause)].indexOf(id);
  return at === -1 ? Number.MAX_SAFE_INTEGER : at;
}

/** A cause that is the only one left is no surer than it was; one that moved up from an alternative only possible. */
function confidenceOf(
  { cause, confidence }: Diagnosis,
  first: Named,
  supported: boolean,
  left: number,
): Diagnosis['confidence'] {
  if (supported) return 'likely';
  if (first.cause === cause) return confidence;
  return left === 1 ? 'likely' : 'possible';
}

function settled(diagnosis: Diagnosis, cause: CauseId): Diagnosis {
  if (cause === diagnosis.cause) return diagnosis;
  const { facts } = diagnosis;
  return { ...diagnosis, cause, fix: facts === undefined ? diagnosis.fix : causeOf(cause).fix(facts) };
}

function of(heard: readonly Testimony[], says: Testimony['says']): Testimony[] {
  return heard.filter((one) => one.says === says);
}
