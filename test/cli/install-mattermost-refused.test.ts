import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { main } from '../../src/cli.js';
import { createAuthority } from '../lab/host/certificates.js';
import { Installation } from './installation.js';

/** What stands in the way of an installation, and what only a person can do about it. */

let site: Installation;
afterEach(() => site.stop());

describe('the way back', () => {
  test('a refused address: the setting, and exactly the host to enter', async () => {
    site = await Installation.start({ settings: { AllowedUntrustedInternalConnections: '' } });
    const { code, printed } = await site.run({ yes: true });
    expect(code).toBe(1);
    expect(printed).toContain('the server refuses to call 127.0.0.1');
    expect(printed).toContain('enter 127.0.0.1 in System Console → Environment → Developer');
    site.mm.settings.AllowedUntrustedInternalConnections = '127.0.0.1';
    expect((await site.run({ yes: true })).code).toBe(0);
  });

  test('a Registrar that does not run yet is told, and no fault', async () => {
    site = await Installation.start();
    await site.stopRegistrar();
    const { code, printed } = await site.run({ yes: true });
    expect([code, printed]).toEqual([0, expect.stringContaining('Registrar is not running yet')]);
  });

  test('one that runs without the new token is told to take it', async () => {
    site = await Installation.start();
    site.says = { status: 401, body: {} };
    const { code, printed } = await site.run({ yes: true });
    expect([code, printed]).toEqual([0, expect.stringContaining('does not know the command’s token yet')]);
  });

  test('disturbs no channel', async () => {
    site = await Installation.start();
    await site.run({ yes: true });
    const [delivery, ...others] = site.mm.deliveries;
    expect(others).toEqual([]);
    expect(delivery?.body).toMatchObject({
      text: 'help',
      team_id: site.acme.id,
      token: site.held('mattermost-command-acme'),
    });
    expect(String(delivery?.body.channel_name)).toContain('__');
  });
});

describe('what only an administrator can allow is told with its place', () => {
  test('bot accounts', async () => {
    site = await Installation.start({ settings: { EnableBotAccountCreation: false } });
    const { code, printed } = await site.run({ yes: true });
    expect([code, printed]).toEqual([1, expect.stringContaining('Bot Accounts → Enable Bot Account Creation')]);
    expect(await site.commandsOf()).toHaveLength(1);
  });

  test('slash commands', async () => {
    site = await Installation.start({ settings: { EnableCommands: false } });
    const { code, printed } = await site.run({ yes: true });
    expect([code, printed]).toEqual([1, expect.stringContaining('Enable Custom Slash Commands')]);
    expect(site.held('mattermost-token')).toMatch(/^[a-z0-9]{26}$/);
  });
});

describe('what can’t begin', () => {
  beforeEach(async () => {
    site = await Installation.start();
  });

  test.each([
    ['no token', () => delete process.env.MATTERMOST_ADMIN_TOKEN, {}, 'MATTERMOST_ADMIN_TOKEN is not set'],
    ['no URL', () => {}, { url: 'chat.example.com' }, '--url takes a URL'],
    ['no callback URL', () => {}, { callbackUrl: 'ftp://x' }, '--callback-url takes a URL'],
    ['a wrong name', () => {}, { username: 'R' }, '--username takes'],
    ['a wrong team', () => {}, { team: ['Acme Inc'] }, '--team takes'],
    ['no authority', () => {}, { ca: '/nowhere.pem' }, '--ca can’t be read'],
  ])('%s is a wrong argument', async (_, prepare, options, words) => {
    prepare();
    expect(await site.run(options)).toMatchObject({ code: 2, printed: expect.stringContaining(words) });
    expect(site.mm.requests).toEqual([]);
  });

  test('a token that the server does not know', async () => {
    process.env.MATTERMOST_ADMIN_TOKEN = 'x'.repeat(26);
    const { code, printed } = await site.run();
    expect([code, printed]).toEqual([1, expect.stringContaining('Personal Access Tokens')]);
  });

  test('a person who may not', async () => {
    const anna = site.mm.addUser({ username: 'anna' });
    site.mm.joinTeam(anna, site.acme);
    process.env.MATTERMOST_ADMIN_TOKEN = anna.token;
    const { code, printed } = await site.run({ yes: true });
    expect([code, printed]).toEqual([1, expect.stringContaining('take the token of a system administrator')]);
  });

  test('an address that is not Mattermost’s, and one where nothing is', async () => {
    site.says = { type: 'text/html', body: '<html>' };
    const page = await site.run({ url: site.callbackUrl });
    expect([page.code, page.printed]).toEqual([1, expect.stringContaining('give the server’s SiteURL')]);
    const nothing = await site.run({ url: 'http://127.0.0.1:1' });
    expect([nothing.code, nothing.printed]).toEqual([1, expect.stringContaining('see that the server runs')]);
  });

  test('a team that nobody knows', async () => {
    expect(await site.run({ team: ['amce'] })).toMatchObject({
      code: 1,
      printed: expect.stringContaining('no team has'),
    });
  });
});

describe('its arguments', () => {
  test('are said to be missing, and the help tells where the administrator’s token comes from', async () => {
    site = await Installation.start();
    let printed = '';
    const spies = (['stdout', 'stderr'] as const).map((stream) =>
      jest.spyOn(process[stream], 'write').mockImplementation((words) => {
        printed += String(words);
        return true;
      }),
    );
    try {
      expect(await main(['install', 'mattermost', '--url', site.mm.url])).toBe(2);
      expect(printed).toContain("required option '--team <names...>' not specified");
      expect(await main(['install', 'mattermost', '--help'])).toBe(0);
      expect(printed).toMatch(/MATTERMOST_ADMIN_TOKEN.*\n.*never stored/);
    } finally {
      for (const spy of spies) spy.mockRestore();
    }
  });
});

test('a server with its own authority, below a path, is set up with --ca, which the configuration then names', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'install-authority-'));
  const authority = await createAuthority(folder);
  const files = await authority.issue('chat', ['127.0.0.1']);
  const [key, cert] = [readFileSync(files.key, 'utf8'), readFileSync(files.cert, 'utf8')];
  site = await Installation.start({ tls: { key, cert }, subpath: '/chat' });
  expect(await site.run()).toMatchObject({ code: 1, printed: expect.stringContaining('--ca FILE') });
  const ca = join(site.dir, 'ca.pem');
  copyFileSync(authority.certPath, ca);
  rmSync(folder, { recursive: true });
  const { code, raw } = await site.run({ yes: true, ca, url: `${site.mm.url}/` });
  expect([code, raw]).toEqual([0, expect.stringContaining('ca: ca.pem')]);
  expect(raw).toContain(`url: ${site.mm.url}\n`);
});
