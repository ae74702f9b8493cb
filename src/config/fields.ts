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

const SlackChannel = z
  .string()
  .regex(/^[CG][A-Z0-9]{2,}$/, 'a Slack channel id, such as C024BE91L (channel → View channel details → bottom)');

const MattermostChannel = z
  .string()
  .regex(/^[a-z0-9]{26}$/, 'a Mattermost channel id: 26 letters and digits (channel → View Info → bottom)');

/** Of either platform. */
export const ChannelId = z
  .string()
  .regex(
    /^(?:[CG][A-Z0-9]{2,}|[a-z0-9]{26})$/,
    'the id of a channel: C024BE91L in Slack, 26 letters and digits in Mattermost',
  );

/** The keys that name a channel; {@link oneChannel} goes with them. */
export const channel = { slack: SlackChannel.optional(), mattermost: MattermostChannel.optional() };
export interface Channel {
  slack?: string | undefined;
  mattermost?: string | undefined;
}

export function oneChannel({ slack, mattermost }: Channel, context: z.core.$RefinementCtx): void {
  if ((slack === undefined) !== (mattermost === undefined)) return;
  context.issues.push({
    code: 'custom',
    message: 'exactly one of slack and mattermost: a channel’s id',
    input: undefined,
  });
}

/**
 * For a rule over several keys: it is judged also while one of them is faulty, for every fault is told at once.
 * The rule then sees values of any kind, and must bear it.
 */
export const ALWAYS = { when: ({ value }: { value: unknown }) => typeof value === 'object' && value !== null };
