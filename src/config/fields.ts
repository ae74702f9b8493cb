import { z } from 'zod';
import { isSecretReference, type SecretReference } from '../secrets/reference.js';

/** What several parts of registrar.yaml are made of. */

export const Secret = z
  .string()
  .refine(isSecretReference, 'a secret stands here by reference only: env:NAME or file:PATH')
  .transform((text) => text as SecretReference)
  .describe('env:NAME or file:PATH');

export const HttpUrl = z
  .string()
  .regex(
    /^https?:\/\/[^/\s@]+(?:\/[^\s@]*)?$/,
    'a URL with its scheme and without user or password, such as https://gitlab.example.com',
  )
  .transform((url) => url.replace(/\/+$/, ''));

export const SlackChannel = z
  .string()
  .regex(/^[CG][A-Z0-9]{2,}$/, 'a Slack channel id, such as C024BE91L (channel → View channel details → bottom)');

/**
 * For a rule over several keys: it is judged also while one of them is faulty, for every fault is told at once.
 * The rule then sees values of any kind, and must bear it.
 */
export const ALWAYS = { when: ({ value }: { value: unknown }) => typeof value === 'object' && value !== null };
