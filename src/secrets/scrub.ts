import { REDACTED, redact } from './redact.js';

/** A beginning of a secret that is shorter than this tells nothing. Characters. */
const TELLING = 6;

/**
 * Takes known secrets out of foreign words, in every form that programs print them in (as they are, in JSON, in a URL,
 * in hexadecimal, inside base64, broken over lines), also where the text was cut within one; then whatever
 * {@link redact} knows by its shape. Control characters, which could stand inside a secret, go first.
 */
export function scrub(text: string, secrets: readonly string[]): string {
  const plain = text.replace(/\x1b\[[0-9;?]{0,20}[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, '');
  const forms = [...new Set(secrets.flatMap(formsOf))].sort((a, b) => b.length - a.length);
  const without = forms.reduce((rest, form) => {
    const broken = [...form].map((one) => one.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')).join('\\s{0,2}');
    return withoutBeginning(rest.replace(new RegExp(broken, 'gi'), REDACTED), form);
  }, plain);
  return redact(without).text;
}

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const encoded = [0, 1, 2].map((shift) => inBase64(bytes, shift));
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    bytes.toString('hex'),
    ...encoded,
    ...encoded.map((form) => form.replaceAll('+', '-').replaceAll('/', '_')),
  ].filter((form) => form !== '');
}

/** What base64 makes of the bytes behind `shift` others, without the characters that its neighbours have a part in. */
function inBase64(bytes: Buffer, shift: number): string {
  const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
  return text.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + bytes.length) * 8) / 6));
}

function withoutBeginning(text: string, form: string): string {
  for (let length = form.length - 1; length >= TELLING; length--)
    if (text.endsWith(form.slice(0, length))) return `${text.slice(0, -length)}${REDACTED}`;
  return text;
}
