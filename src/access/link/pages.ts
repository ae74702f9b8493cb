import { createHash } from 'node:crypto';
import type { ForPerson } from '../../errors.js';
import type { Offer } from './store.js';

/** The pages of a link: plain HTML without a script. Pure. Every foreign word is escaped. */

const STYLE =
  'body{font:1.1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:3rem auto;padding:0 1rem;color-scheme:light dark}' +
  'button{font:inherit;padding:.5rem 1rem;cursor:pointer}strong{overflow-wrap:anywhere}' +
  '.warning{border-left:.3rem solid #c60;padding-left:1rem}';

/**
 * What a page may do: show itself. `form-action` is left open, for browsers hold it against each redirect as well, and
 * GitLab may send on to any identity provider; no form but ours can be in a page in which everything is escaped.
 */
export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; frame-ancestors 'none'`,
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;

/** Whose account would be linked with what, and a button: nothing happens before it is pressed. */
export function askPage(offer: Offer, gitlab: string, form: { action: string; check: string }): string {
  return page(
    'Link a chat account with GitLab',
    `<p>${accountOf(offer)} wants to be linked with a user of GitLab at <strong>${escapeHtml(gitlab)}</strong>.</p>
<div class="warning"><p><strong>Only go on if you typed /registry link yourself, a moment ago, as this account.</strong></p>
<p>Afterwards whoever writes from that account can have Registrar do what your GitLab user may do, such as replace tokens
of your projects. If somebody sent you this address, close the page and tell whoever runs Registrar.</p></div>
<form method="post" action="${escapeHtml(form.action)}"><input type="hidden" name="check" value="${escapeHtml(form.check)}">
<button>This is my account: sign in at GitLab</button></form>`,
  );
}

export function donePage(offer: Offer, username: string, gitlab: string): string {
  return page(
    'Linked',
    `<p>${accountOf(offer)} is now the user <strong>${escapeHtml(username)}</strong> of GitLab at <strong>${escapeHtml(gitlab)}</strong>.</p>
<p>You can close this page. /registry unlink ends it. If that is not your account, tell whoever runs Registrar at once.</p>`,
  );
}

export function faultPage({ what, why, next }: ForPerson): string {
  return page(
    sentence(what),
    `${why === undefined || why === '' ? '' : `<p>Because: ${escapeHtml(why)}.</p>\n`}<p>What to do: ${escapeHtml(next)}.</p>`,
  );
}

/**
 * The chat's own id beside the name, which people choose as they like. Characters that are not seen, or that turn the
 * direction of writing, could make one name look like another.
 */
function accountOf({ person: { platform, id }, called }: Offer): string {
  const kind = platform.charAt(0).toUpperCase() + platform.slice(1);
  const shown = (text: string) => `<bdi>${escapeHtml(text.replace(/\p{C}/gu, '').slice(0, 80))}</bdi>`;
  return called === undefined
    ? `The ${kind} account <strong>${shown(id)}</strong>`
    : `The ${kind} account <strong>${shown(called)}</strong> (id ${shown(id)})`;
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

function page(title: string, body: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">
<title>${escapeHtml(title)} · Registrar</title><style>${STYLE}</style></head>
<body><main><h1>${escapeHtml(title)}</h1>
${body}
</main></body>
</html>
`;
}

function sentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
