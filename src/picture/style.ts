import type { Mark } from '../chat/answer.js';

/** What the pictures have in common. Pure. Each has its own light ground, so it reads in Slack's dark theme as well. */

export const WIDTH = 660;
export const PAD = 20;
export const INK = '#1f2933';
export const FAINT = '#5b6673';
export const RULE = '#d5dae1';

/** A mark's sign and word: colour is never the only sign. */
export const SIGN: Record<Mark, string> = { pass: '✔', warn: '⚠', fail: '✘', skipped: '–', info: '•', running: '…' };
export const WORD: Record<Mark, string> = {
  pass: 'ok',
  warn: 'warning',
  fail: 'FAILED',
  skipped: 'skipped',
  info: 'info',
  running: 'running',
};
/** Of lines and bars; dark enough for words on the ground. */
export const COLOR: Record<Mark, string> = {
  pass: '#2a8250',
  warn: '#b26a00',
  fail: '#c62828',
  skipped: '#8a94a1',
  info: '#2f6fb5',
  running: '#2f6fb5',
};

/** A whole picture: a card with rounded corners, transparent around them. */
export function card(width: number, height: number, body: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="DejaVu Sans">`,
    `<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="10" fill="#f8f9fb" stroke="${RULE}"/>`,
    ...body,
    '</svg>',
  ].join('\n');
}

/** One line of text; `more` is our own attributes. */
export function words(x: number, y: number, size: number, color: string, text: string, more = ''): string {
  return `<text x="${x}" y="${y}" font-size="${size}" fill="${color}"${more === '' ? '' : ` ${more}`}>${escapeXml(text)}</text>`;
}

/** Foreign text as XML's character data: what XML can't hold, what would turn the line around, is dropped. */
export function escapeXml(text: string): string {
  return text
    .replace(
      /[\0-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
      '',
    )
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
