import { Agent, fetch as undiciFetch } from 'undici';
import { makeSigningPair } from '../gitlab/keys.js';
import { integration } from './client.js';
import { type MattermostDouble, startMattermost } from './double.js';

let mm: MattermostDouble;
let tls: { key: string; cert: string };

beforeAll(async () => {
  const { keyPem, certificatePem } = await makeSigningPair('127.0.0.1');
  tls = { key: keyPem, cert: certificatePem };
});
afterEach(() => mm.stop());

test('a server with a certificate of its own is reached by whoever trusts it', async () => {
  mm = await startMattermost({ tls });
  expect(mm.url).toMatch(/^https:/);
  await expect(fetch(`${mm.url}/api/v4/system/ping`)).rejects.toThrow('fetch failed');
  const dispatcher = new Agent({ connect: { ca: tls.cert, checkServerIdentity: () => undefined } });
  const got = await undiciFetch(`${mm.url}/api/v4/system/ping`, { dispatcher });
  expect(await got.json()).toEqual({ status: 'OK' });
  await dispatcher.close();
});

test('an integration with one is refused, unless the server was told not to mind', async () => {
  mm = await startMattermost({ settings: { AllowedUntrustedInternalConnections: '127.0.0.1' } });
  const app = await integration(() => ({ body: { text: 'hi' } }), tls);
  const team = mm.addTeam('platform');
  const ops = mm.addChannel(team, 'ops');
  const anna = mm.addUser({ username: 'anna' });
  mm.join(anna, ops);
  mm.addCommand(team, 'registry', `${app.url}/command`);
  expect(await anna.runs('/registry', ops)).toMatchObject({ status: 500 });
  expect(mm.deliveries[0]?.error).toContain('self-signed');
  mm.settings.EnableInsecureOutgoingConnections = true;
  expect(await anna.runs('/registry', ops)).toMatchObject({ status: 200 });
  await app.stop();
});
