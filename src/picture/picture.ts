import type { AnswerPart } from '../chat/answer.js';
import { chainPicture, chainWords } from './chain.js';
import { timelinePicture, timelineWords } from './timeline.js';

/** The picture of a part that has one, and what it says to who does not see it. */
export function pictureOf(part: AnswerPart): { svg: string; alt: string } | undefined {
  if (part.kind === 'chain') return { svg: chainPicture(part), alt: chainWords(part) };
  if (part.kind === 'timeline') return { svg: timelinePicture(part), alt: timelineWords(part) };
  return undefined;
}
