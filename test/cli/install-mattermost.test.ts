import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { COMMANDS } from '../../commands/index.js';
import { client } from '../lab/mattermost/client.js';
import { Installation } from './installation.js';

let site: Installation;
afterEach(() => site.stop());

describe('on a bare server', () => {
  beforeEach(async () => {
    site = await Installation.start();
  });

  test('it shows a plan, and does nothing', async () => {
    const { code, printed } = await site.run();
    expect(code).toBe(0);
    expect(printed).toContain('4 things would be done');
    expect(printed).toContain('Nothing has been changed.');
    expect([site.changes(), existsSync(join(site.dir, 'secrets'))]).toEqual([[], false]);
  });

  test('with --yes there is a bot in the team with its token, and a command whose token is in a file', async () => {
    const { code, printed, raw } = await site.run({ yes: true });
    expect(printed).toContain('done');
    expect(code).toBe(0);
    const own = client(site.mm.url, site.held('mattermost-token'));
    const me = (await own('GET', '/users/me')).json;
    expect(me).toMatchObject({ username: 'registrar', is_bot: true });
    expect(site.acme.members.has(String(me.id))).toBe(true);
    const [command, ...others] = await site.commandsOf();
    expect(others).toEqual([]);
    expect(command).toMatchObject({
      url: `${site.callbackUrl}/chat/mattermost/command`,
      method: 'P',
      auto_complete: true,
    });
    for (const { name } of COMMANDS) expect(command?.auto_complete_hint).toContain(name);
    expect(site.held('mattermost-command-acme')).toBe(command?.token);
    expect(raw).toContain('acme: file:secrets/mattermost-command-acme');
  });

  test('the files are for their owner alone, and no token is printed', async () => {
    const { raw } = await site.run({ yes: true });
    expect(statSync(join(site.dir, 'secrets')).mode & 0o777).toBe(0o700);
    for (const name of ['mattermost-token', 'mattermost-command-acme']) {
      expect(statSync(site.file(name)).mode & 0o777).toBe(0o600);
      expect(raw).not.toContain(site.held(name));
    }
    expect(raw).not.toContain(process.env.MATTERMOST_ADMIN_TOKEN);
  });

  test('run again, it changes nothing and says so', async () => {
    await site.run({ yes: true });
    const before = site.changes().length;
    const tokens = [site.held('mattermost-token'), site.held('mattermost-command-acme')];
    for (const options of [{}, { yes: true }]) {
      const { code, printed } = await site.run(options);
      expect([code, printed]).toEqual([0, expect.stringContaining('everything is there, nothing is changed')]);
    }
    expect(site.changes()).toHaveLength(before);
    expect([site.held('mattermost-token'), site.held('mattermost-command-acme')]).toEqual(tokens);
  });

  test('another team joins later; what is there stays', async () => {
    await site.run({ yes: true });
    const beta = site.mm.addTeam('beta');
    const token = site.held('mattermost-token');
    const { code, printed } = await site.run({ yes: true, team: ['acme', 'beta'] });
    expect([code, printed]).toEqual([0, expect.stringContaining('2 things would be done')]);
    expect(site.held('mattermost-token')).toBe(token);
    expect(site.held('mattermost-command-beta')).toBe((await site.commandsOf(beta))[0]?.token);
  });

  test('in a terminal a person is asked, and only a yes does it', async () => {
    const no = await site.run({}, async () => false);
    expect([no.code, no.printed, site.changes()]).toEqual([0, expect.stringContaining('Nothing has been changed'), []]);
    expect((await site.run({}, async () => true)).code).toBe(0);
    expect(await site.commandsOf()).toHaveLength(1);
  });

  test('a bot that was disabled is enabled, with the token that it had', async () => {
    await site.run({ yes: true });
    const token = site.held('mattermost-token');
    const id = String((await client(site.mm.url, token)('GET', '/users/me')).json.id);
    site.mm.setActive({ id }, false);
    const { code, printed } = await site.run({ yes: true });
    expect([code, printed]).toEqual([0, expect.stringContaining('enabled again')]);
    expect(site.held('mattermost-token')).toBe(token);
  });

  test('a command that somebody changed is repaired, with its token', async () => {
    await site.run({ yes: true });
    const [made] = await site.commandsOf();
    const command = site.mm.command(made?.id ?? '');
    if (command !== undefined) Object.assign(command, { method: 'G', url: 'http://127.0.0.1:1/old' });
    const { code, printed } = await site.run({ yes: true });
    expect([code, printed]).toEqual([0, expect.stringContaining('its address is http://127.0.0.1:1/old')]);
    expect(await site.commandsOf()).toMatchObject([{ method: 'P', token: made?.token, auto_complete: true }]);
  });

  test('a command whose token is not in our file gets a new one, which is told before', async () => {
    const old = site.mm.addCommand(site.acme, 'registry', `${site.callbackUrl}/chat/mattermost/command`).token;
    expect((await site.run()).printed).toContain('The old one dies at once');
    expect((await site.run({ yes: true })).code).toBe(0);
    expect(site.held('mattermost-command-acme')).not.toBe(old);
    expect(await site.commandsOf()).toMatchObject([{ token: site.held('mattermost-command-acme') }]);
  });

  test('somebody else’s command is told, and not taken; the rest is done', async () => {
    const other = site.mm.addCommand(site.acme, 'registry', 'https://other.example.com/hook');
    const { code, printed } = await site.run({ yes: true });
    expect([code, printed]).toEqual([1, expect.stringContaining('somebody else’s integration has the command')]);
    expect(site.mm.command(other.id)).toMatchObject({ url: 'https://other.example.com/hook', token: other.token });
    expect(site.held('mattermost-token')).toMatch(/^[a-z0-9]{26}$/);
    expect(existsSync(site.file('mattermost-command-acme'))).toBe(false);
  });

  test('a token that the server refuses is never replaced by itself', async () => {
    await site.run({ yes: true });
    site.mm.revoke(site.held('mattermost-token'));
    const { code, printed } = await site.run({ yes: true });
    expect([code, printed]).toEqual([1, expect.stringContaining('move that file away')]);
    rmSync(site.file('mattermost-token'));
    expect((await site.run({ yes: true })).code).toBe(0);
  });

  test('a step that fails is told, with the others done; run again, it goes on', async () => {
    site.mm.fail('POST /commands', 500);
    const first = await site.run({ yes: true });
    expect([first.code, first.printed]).toEqual([1, expect.stringContaining('1 of 4 could not be done')]);
    expect(site.held('mattermost-token')).toMatch(/^[a-z0-9]{26}$/);
    const second = await site.run({ yes: true });
    expect([second.code, second.printed]).toEqual([0, expect.stringContaining('1 thing would be done')]);
  });

  test('a command that was made while its answer got lost is ours, and gets a token that we know', async () => {
    site.mm.fail('POST /commands', 'cutAfter');
    expect((await site.run({ yes: true })).code).toBe(1);
    expect((await site.run({ yes: true })).code).toBe(0);
    expect(await site.commandsOf()).toMatchObject([{ token: site.held('mattermost-command-acme') }]);
  });

  test('a file where the folder should be stops it before a token is made', async () => {
    writeFileSync(join(site.dir, 'secrets'), '');
    const { code } = await site.run({ yes: true });
    expect([code, site.changes()]).toEqual([1, []]);
  });
});
