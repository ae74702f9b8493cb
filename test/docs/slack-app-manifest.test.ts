import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { COMMANDS } from '../../commands/index.js';
import { SHORTCUT } from '../../src/chat/slack/chat.js';
import { SLACK_SCOPES } from '../../src/chat/slack/scopes.js';

/**
 * The manifest as Slack takes it: strict, so that a misspelt key fails.
 * Source of keys and limits: https://docs.slack.dev/reference/app-manifest
 */

const text = readFileSync(new URL('../../docs/slack-app-manifest.yaml', import.meta.url), 'utf8');

const Url = z.url({ protocol: /^https$/ });

const Manifest = z.strictObject({
  _metadata: z.strictObject({ major_version: z.int(), minor_version: z.int() }),
  display_information: z.strictObject({
    name: z.string().min(1).max(35),
    description: z.string().max(140),
    background_color: z.string().regex(/^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i),
  }),
  features: z.strictObject({
    app_home: z.strictObject({
      home_tab_enabled: z.boolean(),
      messages_tab_enabled: z.literal(true),
      messages_tab_read_only_enabled: z.literal(false),
    }),
    bot_user: z.strictObject({ display_name: z.string().regex(/^[a-z0-9._-]{1,80}$/), always_online: z.boolean() }),
    shortcuts: z
      .array(
        z.strictObject({
          name: z.string().min(1).max(24),
          type: z.enum(['message', 'global']),
          callback_id: z.string().min(1).max(255),
          description: z.string().min(1).max(150),
        }),
      )
      .max(10),
    slash_commands: z
      .array(
        z.strictObject({
          command: z.string().regex(/^\/[a-z0-9_-]{1,31}$/),
          url: Url.optional(),
          description: z.string().min(1).max(2000),
          usage_hint: z.string().max(1000),
          should_escape: z.boolean(),
        }),
      )
      .max(50),
  }),
  oauth_config: z.strictObject({ scopes: z.strictObject({ bot: z.array(z.string()).max(255) }) }),
  settings: z.strictObject({
    event_subscriptions: z.strictObject({ request_url: Url.optional(), bot_events: z.array(z.string()).max(100) }),
    interactivity: z.strictObject({ is_enabled: z.literal(true), request_url: Url.optional() }),
    org_deploy_enabled: z.boolean(),
    socket_mode_enabled: z.boolean(),
    token_rotation_enabled: z.literal(false),
  }),
});

const manifest = Manifest.parse(parse(text));

describe('docs/slack-app-manifest.yaml', () => {
  test('is the Socket Mode app: it needs no address', () => {
    expect(manifest.settings.socket_mode_enabled).toBe(true);
    expect(JSON.stringify(manifest)).not.toContain('https:');
  });

  test('becomes the HTTP app by what its comments say', () => {
    const http = text
      .replace('socket_mode_enabled: true', 'socket_mode_enabled: false')
      .replaceAll(/# ((?:request_)?url: .*REGISTRAR.*)/g, '$1');
    const { settings, features } = Manifest.parse(parse(http));
    const address = 'https://REGISTRAR/slack/events';
    expect([
      settings.event_subscriptions.request_url,
      settings.interactivity.request_url,
      features.slash_commands[0]?.url,
    ]).toEqual([address, address, address]);
  });

  test('has the command that the app listens to, and its hint names every subcommand', () => {
    const [registry, ...others] = manifest.features.slash_commands;
    expect(others).toEqual([]);
    expect(registry?.command).toBe('/registry');
    expect(registry?.should_escape).toBe(false);
    for (const { name } of COMMANDS) expect(registry?.usage_hint).toContain(name);
  });

  test('has the message shortcut that the app listens to', () => {
    expect(manifest.features.shortcuts.map(({ name, type, callback_id }) => ({ name, type, callback_id }))).toEqual([
      { name: 'Diagnose this log', type: 'message', callback_id: SHORTCUT },
    ]);
  });

  test('subscribes to the events that the app listens to, each with its scope', () => {
    expect(manifest.settings.event_subscriptions.bot_events).toEqual(['app_mention', 'message.im']);
    expect(manifest.oauth_config.scopes.bot).toEqual(expect.arrayContaining(['app_mentions:read', 'im:history']));
  });

  test('asks for exactly the scopes that `registrar config check` looks for', () => {
    expect(manifest.oauth_config.scopes.bot.toSorted()).toEqual(SLACK_SCOPES.toSorted());
  });
});
