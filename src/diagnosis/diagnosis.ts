import type { Confidence } from './cause.js';
import type { CauseId } from './causes/index.js';
import type { Facts } from './facts.js';

/** What a log was found to say. */
export interface Diagnosis {
  cause: CauseId;
  confidence: Confidence;
  /** Why this cause: a clause without a full stop. */
  why: string;
  /** Causes that the text can't tell from the first, the likeliest first. */
  alternatives: { cause: CauseId; why: string }[];
  /** Causes whose words are in the log and that the context excludes. */
  ruledOut: { cause: CauseId; why: string }[];
  /** The lines it rests on, as a person sees them. Line numbers begin at 1. */
  evidence: { line: number; text: string }[];
  /** What probes saw that decides nothing: the present state of what failed then. */
  remarks?: string[];
  facts?: Facts;
  fix: string[];
}
