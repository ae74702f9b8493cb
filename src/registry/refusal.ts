import type { HttpAnswer } from '../http.js';
import type { Refusal } from './protocol.js';

/** What an answer says in place of what was asked for. Pure. Source: distribution's API specification, "Errors". */
export function refusalOf({ status, text }: HttpAnswer): Refusal {
  try {
    const [first] = (JSON.parse(text) as { errors: { code?: string; message?: string; detail?: unknown }[] }).errors;
    if (first !== undefined)
      return {
        status,
        message: (first.message ?? '').slice(0, 400),
        ...(first.code === undefined ? {} : { code: first.code }),
        ...(first.detail == null ? {} : { detail: JSON.stringify(first.detail).slice(0, 400) }),
      };
  } catch {
    // Not the registry's JSON: a proxy's page or GitLab's plain text.
  }
  return { status, message: text.startsWith('<') ? 'a web page instead of an answer' : text.slice(0, 200) };
}
