import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { stringify } from 'yaml';

export interface RealRegistry {
  readonly url: string;
  stop(): Promise<void>;
}

/** The distribution registry of the system, with token authentication, on a free loopback port. */
export async function startRealRegistry(options: {
  readonly realm: string;
  readonly issuer: string;
  readonly certificatePem: string;
  readonly service?: string;
  /** Takes no writes, as for a garbage collection. */
  readonly readOnly?: boolean;
}): Promise<RealRegistry> {
  const directory = await mkdtemp(join(tmpdir(), 'registry-'));
  const address = `127.0.0.1:${await freePort()}`;
  const rootcertbundle = join(directory, 'certificate.pem');
  const configuration = join(directory, 'config.yml');
  const { realm, issuer, service = 'container_registry', readOnly = false } = options;
  await writeFile(rootcertbundle, options.certificatePem);
  await writeFile(
    configuration,
    stringify({
      version: 0.1,
      log: { level: 'info' },
      storage: {
        filesystem: { rootdirectory: join(directory, 'data') },
        delete: { enabled: true },
        maintenance: { readonly: { enabled: readOnly } },
      },
      http: { addr: address },
      auth: { token: { realm, service, issuer, rootcertbundle } },
    }),
  );
  const child = spawn('docker-registry', ['serve', configuration], { stdio: ['ignore', 'ignore', 'pipe'] });
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await listening(child);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `http://${address}`, stop };
}

/** The registry says so in its log. */
function listening(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    if (!child.stderr) return reject(new Error('No log of the registry'));
    const lines: string[] = [];
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (line.includes('listening on')) resolve();
      else if (lines.length < 50) lines.push(line);
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`The registry ended with ${code}:\n${lines.join('\n')}`)));
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('No port');
  return address.port;
}
