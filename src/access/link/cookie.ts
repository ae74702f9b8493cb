import { isSecretShaped } from './secrets.js';

/**
 * The cookie that a link's browser is known by. Lax: it comes along when GitLab sends the browser back, and not with
 * another site's form. `__Host-`: no neighbouring host name can set it. Pure.
 */
export function cookieHeader(value: string, ms: number, publicUrl: string): string {
  const secure = isHttps(publicUrl) ? '; Secure' : '';
  return `${nameOf(publicUrl)}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${ms / 1000}${secure}`;
}

/** Its value, or `undefined` when it is missing or none of ours. */
export function readCookie(header: string | undefined, publicUrl: string): string | undefined {
  const name = nameOf(publicUrl);
  const found = (header ?? '').split(';').map((pair) => pair.trim());
  const value = found.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
  return isSecretShaped(value) ? value : undefined;
}

function nameOf(publicUrl: string): string {
  return isHttps(publicUrl) ? '__Host-registrar-link' : 'registrar-link';
}

function isHttps(url: string): boolean {
  return url.startsWith('https://');
}
