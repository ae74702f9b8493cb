import type { Mark } from './answer.js';

/** A mark's signs where there are words and emoji, but no colours of our own. */

export const ICON: Record<Mark, string> = {
  pass: '✅',
  warn: '⚠️',
  fail: '🔴',
  skipped: '⚪',
  info: 'ℹ️',
  running: '⏳',
};
/** Icon and word: colour alone says nothing to some, and a screen reader reads the word. */
export const WORDS: Record<Mark, string> = {
  pass: '✔ ok',
  warn: '⚠ warning',
  fail: '✘ FAILED',
  skipped: '– skipped',
  info: '•',
  running: '… running',
};
export const SIGN: Record<Mark, string> = { pass: '✔', warn: '⚠', fail: '✘', skipped: '–', info: '•', running: '…' };
/** Slots differ in shape and colour, so that a row of them shows where it changes. */
export const SLOT: Record<Mark, string> = {
  pass: '🟩',
  warn: '⚠️',
  fail: '❌',
  skipped: '⬜',
  info: '⬜',
  running: '⬜',
};
