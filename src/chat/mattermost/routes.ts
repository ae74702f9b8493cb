import { timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Logger } from '../../log.js';
import type { Seal } from '../../secrets/seal.js';
import type { Asked, Handlers } from '../port.js';
import { openOrigin, openPressed } from './context.js';
import { DialogSubmission, submissionOf } from './dialog.js';
import { addressOf, ofCommand, SlashCommand } from './receive.js';

/** A click, as the server sends it; only what is sealed in it is believed. Source: model.PostActionIntegrationRequest. */
const Click = z.object({
  user_id: z.string(),
  channel_id: z.string(),
  trigger_id: z.string().default(''),
  context: z.object({ sealed: z.string() }),
});

export interface RoutesOptions {
  handlers: Handlers;
  /** Teams' ids, and the tokens of their commands. */
  tokens: ReadonlyMap<string, string>;
  seal: Seal;
  log: Logger;
  now: () => number;
  /** Is the person in the channel, and no bot? The request itself proves nothing. */
  isThere(user: string, channel: string): Promise<boolean>;
  /** Opens a dialog where one was asked for. */
  ask(asked: Asked, trigger: string, channel: string, user: string, thread?: string): Promise<void>;
}

const REFUSED = 'This button or dialog is not valid any more: type the command again.';

/**
 * What Mattermost's server sends: `POST /chat/mattermost/{command,action,dialog}`. Each is answered as soon as it is in
 * the queue, or on disk when Redis is down; whatever comes of it is posted.
 */
export function addMattermost(app: FastifyInstance, { handlers, ...options }: RoutesOptions): void {
  const { tokens, seal, log, now, isThere, ask } = options;

  app.post('/chat/mattermost/command', async (request, reply) => {
    const command = SlashCommand.safeParse(Object.fromEntries(new URLSearchParams(bodyOf(request.body)))).data;
    if (command === undefined || !isSame(command.token, tokens.get(command.team_id))) {
      log.warn({ part: 'mattermost', from: request.ip }, 'a command was refused: an unknown team, or a wrong token');
      return reply.code(401).send({ error: 'the team is unknown, or the token is wrong' });
    }
    const { trigger_id, channel_id, user_id, root_id } = command;
    await ask(await handlers.request(ofCommand(command)), trigger_id, channel_id, user_id, root_id || undefined);
    return {};
  });

  app.post('/chat/mattermost/action', async (request, reply) => {
    const click = Click.safeParse(readJson(request.body)).data;
    const pressed = openPressed(click?.context.sealed, seal, now());
    if (click === undefined || pressed === undefined || pressed.channel !== click.channel_id)
      return reply.send({ ephemeral_text: REFUSED, skip_slack_parsing: true });
    const { user_id, channel_id, trigger_id } = click;
    if (!(await isThere(user_id, channel_id))) return reply.code(403).send({ error: 'nobody of this channel' });
    const { action, value, key, thread } = pressed;
    const asked = await handlers.action({
      id: `mattermost-action-${trigger_id}`,
      person: { platform: 'mattermost', id: user_id },
      replyTo: addressOf(channel_id, user_id, thread),
      ...{ action, value, message: key },
    });
    await ask(asked, trigger_id, channel_id, user_id, thread);
    return {};
  });

  app.post('/chat/mattermost/dialog', async (request) => {
    const sent = DialogSubmission.safeParse(readJson(request.body)).data;
    const origin = openOrigin(sent?.state, seal, now());
    const submission = sent === undefined || origin === undefined ? undefined : submissionOf(sent, origin);
    if (submission === undefined) return { error: REFUSED };
    const judged = handlers.submit(submission);
    if ('faults' in judged) return { errors: judged.faults };
    await judged.carryOut();
    return {};
  });
}

function isSame(given: string, wanted: string | undefined): boolean {
  if (wanted === undefined) return false;
  const [one, other] = [Buffer.from(given), Buffer.from(wanted)];
  return one.length === other.length && timingSafeEqual(one, other);
}

function bodyOf(body: unknown): string {
  return Buffer.isBuffer(body) ? body.toString('utf8') : '';
}

function readJson(body: unknown): unknown {
  try {
    return JSON.parse(bodyOf(body));
  } catch {
    return undefined;
  }
}
