import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { parse } from 'yaml';
import { installSlackCommand } from '../../src/cli/install-slack.js';
import { DEFAULT_SCOPES, type SlackDouble, startSlack } from '../lab/slack/double.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'install-slack-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

/** The manifest is parsed: what is printed to standard output is that alone. */
async function run() {
  const printed = { out: '', err: '' };
  const spies = (['stdout', 'stderr'] as const).map((stream) =>
    jest.spyOn(process[stream], 'write').mockImplementation((words) => {
      printed[stream === 'stdout' ? 'out' : 'err'] += String(words);
      return true;
    }),
  );
  try {
    const code = await installSlackCommand(join(dir, 'registrar.yaml'));
    return { code, manifest: parse(printed.out), said: printed.err };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

function configure(slack: string, more = ''): void {
  writeFileSync(
    join(dir, 'registrar.yaml'),
    `instances:
  - { name: main, gitlab: { url: https://g.example.com, token: env:T }, registry: { url: https://r.example.com } }
chat: { slack: ${slack} }
${more}`,
  );
}

test('without a configuration it is the app of Socket Mode', async () => {
  const { code, manifest, said } = await run();
  expect([code, manifest.settings.socket_mode_enabled]).toEqual([0, true]);
  expect(said).toContain('From a manifest');
});

describe('in mode http', () => {
  const SLACK = '{ mode: http, botToken: file:bot, signingSecret: file:s, port: 3001 }';

  test('it has the public address', async () => {
    configure(SLACK, 'http: { publicUrl: https://registrar.example.com/ }\n');
    const { code, manifest, said } = await run();
    expect(code).toBe(0);
    expect(manifest.settings.event_subscriptions.request_url).toBe('https://registrar.example.com/slack/events');
    expect(said).toContain('has to lead to port 3001');
    expect(said).toContain('is not there yet');
  });

  test.each(['', 'http: { publicUrl: http://registrar.example.com }\n'])(
    'with “%s” no manifest is right',
    async (http) => {
      configure(SLACK, http);
      const { code, manifest, said } = await run();
      expect([code, manifest, said]).toEqual([1, null, expect.stringContaining('set http.publicUrl')]);
    },
  );
});

describe('where a token is configured', () => {
  let slack: SlackDouble;
  const start = async (scopes: string[]) => {
    slack = await startSlack({ scopes });
    writeFileSync(join(dir, 'bot'), slack.botToken);
    configure(`{ botToken: file:bot, appToken: env:NONE, apiUrl: "${slack.apiUrl}" }`);
  };
  afterEach(() => slack.stop());

  test('with every scope, that is told', async () => {
    await start(DEFAULT_SCOPES);
    expect(await run()).toMatchObject({ code: 0, said: expect.stringContaining('has every scope') });
  });

  test('what is missing is named', async () => {
    await start(DEFAULT_SCOPES.filter((scope) => scope !== 'files:write'));
    const { code, said } = await run();
    expect([code, said]).toEqual([1, expect.stringContaining('lacks files:write')]);
    expect(said).toContain('reinstall the app');
  });

  test('a token that Slack does not know', async () => {
    await start(DEFAULT_SCOPES);
    writeFileSync(join(dir, 'bot'), 'xoxb-unknown');
    const { code, said } = await run();
    expect([code, said]).toEqual([1, expect.stringContaining('copy the Bot User OAuth Token')]);
  });
});
