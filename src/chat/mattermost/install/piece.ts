import { stringify } from 'yaml';
import { BOT_TOKEN_FILE, commandTokenFile } from './wanted.js';

/** The piece of registrar.yaml that an installation needs. Pure. */
export function configPiece(site: { url: string; callbackUrl: string; teams: readonly string[]; ca?: string }): string {
  const { url, callbackUrl, teams, ca } = site;
  return stringify(
    {
      http: { port: portOf(callbackUrl) },
      chat: {
        mattermost: {
          url,
          token: `file:${BOT_TOKEN_FILE}`,
          callbackUrl,
          commands: Object.fromEntries(teams.map((team) => [team, `file:${commandTokenFile(team)}`])),
          ...(ca === undefined ? {} : { ca }),
        },
      },
    },
    { lineWidth: 0 },
  ).trimEnd();
}

/** Behind a proxy it is another one, which nobody here can know: then the usual one. */
function portOf(callbackUrl: string): number {
  const [, port] = /^http:\/\/(?:\[[^\]]+\]|[^/:]+):(\d+)/i.exec(callbackUrl) ?? [];
  return port === undefined ? 8080 : Number(port);
}
