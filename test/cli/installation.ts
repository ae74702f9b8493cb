import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { jest } from '@jest/globals';
import { type InstallMattermostOptions, installMattermostCommand } from '../../src/cli/install-mattermost.js';
import { client, integration, type Says } from '../lab/mattermost/client.js';
import { type MattermostDouble, type MattermostOptions, startMattermost } from '../lab/mattermost/double.js';
import type { Team } from '../lab/mattermost/types.js';

const FREE = { EnableBotAccountCreation: true, AllowedUntrustedInternalConnections: '127.0.0.1' };

/** A server with the team acme, its administrator's token in the environment, and something in Registrar's place. */
export class Installation {
  readonly dir = mkdtempSync(join(tmpdir(), 'install-mattermost-'));
  readonly mm: MattermostDouble;
  readonly acme: Team;
  /** What stands in Registrar's place answers. */
  says: Says = { body: {} };
  #registrar: Awaited<ReturnType<typeof integration>> | undefined;

  private constructor(mm: MattermostDouble) {
    this.mm = mm;
    this.acme = mm.addTeam('acme');
    process.env.MATTERMOST_ADMIN_TOKEN = mm.addUser({ username: 'root', roles: 'system_admin' }).token;
  }

  static async start(options: MattermostOptions = {}): Promise<Installation> {
    const mm = await startMattermost({ ...options, settings: { ...FREE, ...options.settings } });
    const made = new Installation(mm);
    made.#registrar = await integration(() => made.says);
    return made;
  }

  get callbackUrl(): string {
    return this.#registrar?.url ?? '';
  }

  stopRegistrar(): Promise<unknown> | undefined {
    return this.#registrar?.stop();
  }

  async stop(): Promise<void> {
    delete process.env.MATTERMOST_ADMIN_TOKEN;
    await this.stopRegistrar();
    await this.mm.stop();
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** Words are broken at the terminal's edge: in `printed` they stand on one line. */
  async run(options: Partial<InstallMattermostOptions> = {}, ask?: () => Promise<boolean>) {
    let raw = '';
    const spies = (['stdout', 'stderr'] as const).map((stream) =>
      jest.spyOn(process[stream], 'write').mockImplementation((words) => {
        // Where CI is set, there are colours.
        raw += stripVTControlCharacters(String(words));
        return true;
      }),
    );
    const wanted = { url: this.mm.url, team: ['acme'], callbackUrl: this.callbackUrl, username: 'registrar' };
    try {
      const code = await installMattermostCommand(join(this.dir, 'registrar.yaml'), { ...wanted, ...options }, ask);
      return { code, printed: raw.replace(/\s+/g, ' '), raw };
    } finally {
      for (const spy of spies) spy.mockRestore();
    }
  }

  file(name: string): string {
    return join(this.dir, 'secrets', name);
  }

  held(name: string): string {
    return readFileSync(this.file(name), 'utf8').trim();
  }

  /** A team's commands, as its administrator sees them. */
  async commandsOf(team: Team = this.acme) {
    const api = client(this.mm.url, process.env.MATTERMOST_ADMIN_TOKEN);
    const { list } = (await api('GET', `/commands?team_id=${team.id}&custom_only=true`)).json;
    return list as { id: string; token: string; auto_complete_hint: string }[];
  }

  /** What was asked of the server that changes something; trying the way back does not count. */
  changes() {
    const tried = /\/(?:channels\/direct|execute)$/;
    return this.mm.requests.filter(({ method, path }) => method !== 'GET' && !tried.test(path));
  }
}
