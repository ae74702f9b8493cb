import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { fillManifest } from '../../../src/chat/slack/manifest.js';

const text = readFileSync(new URL('../../../docs/slack-app-manifest.yaml', import.meta.url), 'utf8');

test('in Socket Mode it is the same, without the places for addresses', () => {
  expect(parse(fillManifest(text))).toEqual(parse(text));
  expect(fillManifest(text)).not.toContain('REGISTRAR');
});

test('in HTTP mode each place has the address', () => {
  const url = 'https://registrar.example.com/slack/events';
  const { features, settings } = parse(fillManifest(text, url));
  expect([
    features.slash_commands[0].url,
    settings.event_subscriptions.request_url,
    settings.interactivity.request_url,
    settings.socket_mode_enabled,
  ]).toEqual([url, url, url, false]);
});
