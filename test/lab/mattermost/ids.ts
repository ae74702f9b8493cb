import { randomBytes } from 'node:crypto';

const ALPHABET = 'ybndrfg8ejkmcpqxot1uwisza345h769';

/** 26 characters of zbase32, as the server makes ids, tokens and hooks. */
export function newId(): string {
  return [...randomBytes(26)].map((b) => ALPHABET[b & 31]).join('');
}

export function isId(value: unknown): value is string {
  return typeof value === 'string' && /^[a-zA-Z0-9]{26}$/.test(value);
}
