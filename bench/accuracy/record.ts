import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diagnose } from '../../src/diagnosis/diagnose.js';
import { type Lab, startLab } from '../../test/lab/lab.js';
import { type RecordedClient, recordedClients } from './clients.js';
import type { Labelled } from './labelled.js';

/**
 * `npm run accuracy:record`: breaks the lab in every way that its real clients can meet, and keeps what they print as
 * labelled logs. The cause is known because it was made, not because somebody read the log.
 */

interface Scene {
  id: string;
  want: string[];
  /** Of what a client can't reach here. */
  only?: (client: RecordedClient) => boolean;
  play(client: RecordedClient, stage: Stage): Promise<string[]>;
}

interface Stage {
  lab: Lab;
  /** Host and port of the registry. */
  host: string;
}

const login = (client: RecordedClient, { lab, host }: Stage) => client.login(host, lab.token.username, lab.token.token);

const SCENES: readonly Scene[] = [
  {
    id: 'wrong-password',
    want: ['credentials-rejected'],
    play: async (client, { lab, host }) => [await client.login(host, lab.token.username, 'not-the-password')],
  },
  {
    id: 'no-login',
    want: ['credentials-missing'],
    play: async (client, { host }) => [await client.push(`${host}/shop/api:1`)],
  },
  {
    id: 'read-only-token',
    want: ['insufficient-rights'],
    play: async (client, { lab, host }) => {
      const { username, token } = lab.gitlab.addDeployToken(lab.project, { name: 'reader', scopes: ['read_registry'] });
      return [await client.login(host, username, token), await client.push(`${host}/shop/api:1`)];
    },
  },
  {
    id: 'other-project',
    want: ['image-outside-project'],
    play: async (client, stage) => [await login(client, stage), await client.push(`${stage.host}/shop/web:1`)],
  },
  {
    id: 'unknown-tag',
    want: ['manifest-unknown'],
    play: async (client, stage) => [
      await login(client, stage),
      await client.push(`${stage.host}/shop/api:there`),
      await client.pull(`${stage.host}/shop/api:not-there`),
    ],
  },
  {
    id: 'upper-case',
    want: ['invalid-image-reference'],
    play: async (client, stage) => [await login(client, stage), await client.pushMissing(`${stage.host}/Shop/API:1`)],
  },
  {
    id: 'empty-variable',
    want: ['invalid-image-reference'],
    play: async (client, stage) => [await login(client, stage), await client.pushMissing(`${stage.host}/shop/api:`)],
  },
  {
    id: 'no-image',
    want: ['image-not-found-locally'],
    only: ({ name }) => name !== 'skopeo',
    play: async (client, stage) => [
      await login(client, stage),
      await client.pushMissing(`${stage.host}/shop/api:never-built`),
    ],
  },
  {
    id: 'no-such-host',
    want: ['dns-failure'],
    play: async (client) => [await client.pull('registry.nowhere.invalid/shop/api:1')],
  },
  {
    id: 'nobody-listens',
    want: ['connection-refused'],
    play: async (client) => [await client.pull('127.0.0.1:1/shop/api:1')],
  },
  broken('registry-stopped', ['gateway-error']),
  broken('nginx-stopped', ['connection-refused']),
  broken('certificate-expired', ['tls-expired'], ({ verifies }) => verifies),
  broken('certificate-of-other-name', ['tls-name-mismatch'], ({ verifies }) => verifies),
];

function broken(fault: string, want: string[], only?: Scene['only']): Scene {
  return {
    id: fault,
    want,
    ...(only === undefined ? {} : { only }),
    play: async (client, stage) => {
      const repair = await stage.lab.break(fault);
      try {
        return [await login(client, stage), await client.push(`${stage.host}/shop/api:1`)];
      } finally {
        await repair();
      }
    },
  };
}

async function main(): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'registrar-record-'));
  const logs: Labelled[] = [];
  const versions = new Set<string>();
  const record = async (scheme: 'https' | 'http', trusted: boolean, scenes: readonly Scene[]) => {
    const home = join(dir, `${scheme}-${trusted}`);
    const lab = await startLab({ dir: home, scheme });
    // Podman takes no run root of more than 50 characters, and makes an image's name of its path: no capitals.
    const short = join(tmpdir(), `r-${process.pid}-${scheme}-${trusted}`);
    const clients = await recordedClients(short, trusted ? lab.host.ca.trustDir : undefined);
    try {
      const stage = { lab, host: new URL(lab.host.registryUrl).host };
      for (const scene of scenes) {
        for (const client of clients.filter((one) => scene.only?.(one) ?? true)) {
          versions.add(client.version);
          const log = jobLog(await scene.play(client, stage), [dir, short, lab.token.token]);
          logs.push({ id: `lab-${client.name}-${scene.id}`, want: scene.want, alt: [], log });
          const { cause } = diagnose(log);
          process.stdout.write(`${scene.want.includes(cause) ? '✔' : '✘'} ${client.name} ${scene.id}: ${cause}\n`);
        }
      }
    } finally {
      for (const client of clients) await client.stop();
      await lab.stop();
      await rm(short, { recursive: true, force: true });
    }
  };
  try {
    await record('https', true, SCENES);
    const first = async (client: RecordedClient, stage: Stage) => [await login(client, stage)];
    await record('https', false, [
      { id: 'unknown-authority', want: ['tls-unknown-authority'], only: ({ verifies }) => verifies, play: first },
    ]);
    await record('http', true, [
      { id: 'plain-http', want: ['http-https-mismatch'], only: ({ verifies }) => verifies, play: first },
    ]);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
  const provenance = `Printed by real clients against the lab, broken on purpose: ${[...versions].sort().join('; ')}.`;
  await writeFile('test/diagnosis/logs/lab.json', `${JSON.stringify({ provenance, heldOut: false, logs }, null, 1)}\n`);
}

/** As GitLab Runner writes it around what the clients printed, without the paths and secrets of this machine. */
function jobLog(spoken: readonly string[], private_: readonly string[]): string {
  const said = private_.reduce((text, word) => text.replaceAll(word, '…'), spoken.join('\n'));
  return [
    'Running with gitlab-runner 18.11.0 (abcdef12)',
    'Reinitialized existing Git repository in /builds/shop/api/.git/',
    said,
    'Cleaning up project directory and file based variables',
    'ERROR: Job failed: exit code 1',
    '',
  ].join('\n');
}

await main();
