import { existsSync, readFileSync } from 'node:fs';
import { fillManifest } from '../chat/slack/manifest.js';
import type { Config, SlackConfig } from '../config/schema.js';
import { type ConfigSource, openConfig } from '../config/source.js';
import { EdgeError } from '../errors.js';
import { packageFolder } from '../package-folder.js';
import { attempt } from './attempt.js';
import { whoInSlack } from './check-slack.js';

const CREATE = 'https://api.slack.com/apps → Create New App → From a manifest: paste it; docs/slack.md has the rest.';

/**
 * `registrar install slack`: prints the app's manifest, and tells beside it what to do with it; where a token is
 * configured, whether it has every scope. Exits 1 when one is missing, or the address that mode http needs.
 */
export async function installSlackCommand(configPath: string): Promise<number> {
  // The app comes before its tokens, and often before the configuration.
  const config = existsSync(configPath) ? openConfig(configPath) : undefined;
  const slack = config?.current().chat.slack;
  const events = slack?.mode === 'http' ? eventsOf(config?.current()) : undefined;
  if (slack?.mode === 'http' && events === undefined) {
    say(
      'registrar: Slack needs a public https address in mode http, and the configuration names none',
      '→ set http.publicUrl in registrar.yaml, or chat.slack.mode: socket, which needs no address',
    );
    return 1;
  }
  const manifest = readFileSync(new URL('docs/slack-app-manifest.yaml', packageFolder()), 'utf8');
  process.stdout.write(fillManifest(manifest, events));
  say(CREATE);
  if (events !== undefined) say(`${events} has to lead to port ${slack?.port} of Registrar (chat.slack.port).`);
  if (slack === undefined) {
    say('No chat.slack is configured yet: this is the app of mode socket.');
    return 0;
  }
  return config === undefined ? 0 : tellScopes(slack, config);
}

async function tellScopes(slack: SlackConfig, config: ConfigSource): Promise<number> {
  const token = tokenOf(slack, config);
  if (token === undefined) {
    say(`${slack.botToken} is not there yet. With it, this command tells whether the app has every scope.`);
    return 0;
  }
  const { ok, found, next } = await attempt('Slack', () => whoInSlack(slack, token));
  say(ok ? `✔ ${found} has every scope` : `✘ ${found}`, ...(next === undefined ? [] : [`→ ${next}`]));
  return ok ? 0 : 1;
}

function tokenOf(slack: SlackConfig, config: ConfigSource): string | undefined {
  try {
    return config.secret(slack.botToken);
  } catch (error) {
    if (error instanceof EdgeError && error.code === 'secret-missing') return undefined;
    throw error;
  }
}

function eventsOf(config: Config | undefined): string | undefined {
  const url = config?.http?.publicUrl;
  return url?.startsWith('https://') === true ? `${url}/slack/events` : undefined;
}

/** Beside the manifest, which alone goes into a file or a clipboard. */
function say(...lines: string[]): void {
  for (const line of lines) process.stderr.write(`${line}\n`);
}
