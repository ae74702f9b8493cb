import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { z } from 'zod';
import { createHttp } from '../../../http.js';
import { Id, type MattermostApi } from '../api.js';
import { Refused } from '../errors.js';
import { hostOf, isInternal, isListed } from './internal.js';
import { type Heard, judgeWay, type Way } from './judge-way.js';
import { TRIGGER } from './wanted.js';

/** So long a look at Registrar's own address may take. Milliseconds. */
const LOOK_MS = 3_000;

const Whole = z.object({ ServiceSettings: z.object({ AllowedUntrustedInternalConnections: z.string() }) });

/**
 * Executes `/registry help` once, as the administrator, where it disturbs nobody: in their direct channel with the bot,
 * as if in the team's window. Errors: {@link Refused} where that channel can't be opened; the network's own.
 */
export async function tryWayBack(
  api: MattermostApi,
  { admin, bot, team, callbackUrl }: { admin: string; bot: string; team: string; callbackUrl: string },
): Promise<Way> {
  const { id } = await api.call(z.object({ id: Id }), 'POST', '/channels/direct', [admin, bot]);
  const said = await executed(api, id, team);
  const host = hostOf(callbackUrl);
  if (said === 'ok') return judgeWay({ said, callbackUrl, host, refusal: 'no', answersHere: true });
  const [refusal, answersHere] = await Promise.all([refusalOf(api, host), answers(callbackUrl)]);
  return judgeWay({ said, callbackUrl, host, refusal, answersHere });
}

async function executed(api: MattermostApi, channel: string, team: string): Promise<string> {
  try {
    const typed = { command: `/${TRIGGER} help`, channel_id: channel, team_id: team };
    await api.call(z.unknown(), 'POST', '/commands/execute', typed);
    return 'ok';
  } catch (error) {
    if (error instanceof Refused) return error.id ?? error.message;
    // The server waits for longer than we do: an address that swallows everything looks like this.
    if (error instanceof Error && error.name === 'TimeoutError') return 'silent';
    throw error;
  }
}

async function refusalOf(api: MattermostApi, host: string): Promise<Heard['refusal']> {
  const addresses = isIP(host) === 0 ? await addressesOf(host) : [host];
  if (addresses.length === 0) return 'unknown';
  if (!addresses.some(isInternal)) return 'no';
  try {
    const { ServiceSettings: settings } = await api.call(Whole, 'GET', '/config');
    return isListed(settings.AllowedUntrustedInternalConnections, host, addresses) ? 'no' : 'yes';
  } catch {
    // Not every administrator may read it.
    return 'unknown';
  }
}

async function addressesOf(host: string): Promise<string[]> {
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch {
    return [];
  }
}

async function answers(callbackUrl: string): Promise<boolean> {
  const http = createHttp();
  try {
    await http(`${callbackUrl}/healthz`, { timeoutMs: LOOK_MS });
    return true;
  } catch (error) {
    // Something is there, with a certificate that this machine does not know.
    return error instanceof Error && /certificate|self.signed/i.test(error.message);
  } finally {
    await http.close();
  }
}
