import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, realpath, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseGitlabRb, type Setting } from '../../../src/host/gitlab-rb.js';
import { type Authority, createAuthority } from './certificates.js';
import { gitlabCtl } from './gitlab-ctl.js';
import { nginxConf } from './nginx-conf.js';
import { type ProbeAnswer, type ProbeOptions, probe } from './probe.js';
import { type Daemon, freePort, mustRun, type Output, run, startDaemon, waitFor } from './process.js';
import { reconfigureCli } from './project.js';
import { enableService, layout, registryUser } from './services.js';
import { type SshAccess, type Sshd, startSshd } from './sshd.js';

export type HostOptions = {
  /** Data folder; the host's root becomes `<dir>/host`. */
  dir: string;
  gitlabUrl: string;
  issuer: string;
  /** Certificate whose key signs GitLab's tokens; the registry's rootcertbundle. */
  certificatePem: string;
  /** The key itself, which GitLab's own files hold; left out, this host is the registry's alone. */
  signingKeyPem?: string;
  registryUrlScheme: 'http' | 'https';
  /** Lines for the end of gitlab.rb. */
  extraSettings?: string;
  /** Package version whose files reconfigure writes. */
  version?: string;
  /** The compiled reconfigure-cli.js. */
  reconfigureCli?: string;
  /** False where the settings are such that the registry cannot answer. */
  waitUntilHealthy?: boolean;
};

export type Host = {
  root: string;
  /** Public address by gitlab.rb, served by nginx. */
  readonly registryUrl: string;
  /** host:port where the registry itself listens. */
  backendAddr: string;
  ca: Authority;
  ssh: SshAccess;
  sshd: Sshd;
  files: ReturnType<typeof layout>;
  ctl(args: readonly string[]): Promise<Output>;
  /** Runs `gitlab-ctl reconfigure`, which must succeed. */
  reconfigure(): Promise<void>;
  readSettings(): Promise<Setting[]>;
  /** Changes gitlab.rb, nothing else. */
  writeGitlabRb(edit: (source: string) => string): Promise<void>;
  /** Asks the registry at its public address; a path such as /v2/. */
  probe(pathname?: string, options?: ProbeOptions): Promise<ProbeAnswer>;
  waitUntilHealthy(): Promise<void>;
  stop(): Promise<void>;
};

export const LAB_VERSION = '18.11';

const gitlabRb = (root: string, options: HostOptions, port: number, backendAddr: string): string => {
  const at = layout(root);
  const tls = `registry_nginx['ssl_certificate'] = '${at.ssl}/registry.crt'
registry_nginx['ssl_certificate_key'] = '${at.ssl}/registry.key'
`;
  return `external_url '${options.gitlabUrl}'
letsencrypt['enable'] = false

registry_external_url '${options.registryUrlScheme}://127.0.0.1:${port}'
registry['registry_http_addr'] = '${backendAddr}'
registry['dir'] = '${at.registry}'
registry['log_directory'] = '${at.logs}/registry'
gitlab_rails['registry_path'] = '${at.storage}'
gitlab_rails['registry_issuer'] = '${options.issuer}'

registry_nginx['listen_addresses'] = ['127.0.0.1']
registry_nginx['log_directory'] = '${at.logs}/nginx'
${tls}${options.extraSettings === undefined ? '' : `\n${options.extraSettings}\n`}`;
};

/** Starts a host of the package's shape out of real parts: runit, nginx, the registry, sshd. */
export const startHost = async (options: HostOptions): Promise<Host> => {
  const cli = options.reconfigureCli ?? reconfigureCli;
  if (!existsSync(cli)) throw new Error(`${cli} is missing: run \`npm run build\` first`);
  await mkdir(path.join(options.dir, 'host'), { recursive: true });
  const root = await realpath(path.join(options.dir, 'host'));
  const files = layout(root);
  const version = options.version ?? LAB_VERSION;
  const backendAddr = `127.0.0.1:${await freePort()}`;
  const ca = await createAuthority(path.join(root, 'lab/ca'));
  const certificate = await ca.issue('registry', ['127.0.0.1', 'localhost']);
  await prepare(root, options, version, {
    cli,
    gitlabRb: gitlabRb(root, options, await freePort(), backendAddr),
    certificate: await readFile(certificate.cert, 'utf8'),
    key: await readFile(certificate.key, 'utf8'),
  });
  const ctl = (args: readonly string[]): Promise<Output> => run(files.ctl, args);
  const reconfigure = async (): Promise<void> => void (await mustRun(files.ctl, ['reconfigure']));
  await reconfigure();
  const supervisor = await startSupervisor(root);
  const sshd = await startSshd(path.join(root, 'lab/sshd'), root, await freePort()).catch(async (error: unknown) => {
    await stopSupervisor(root, supervisor);
    throw error;
  });
  const url = async (): Promise<string> => {
    const found = (await readSettings(files.gitlabRb)).findLast(({ path: [key] }) => key === 'registry_external_url');
    return String(found?.value);
  };
  let registryUrl = await url();
  const host: Host = {
    root,
    get registryUrl() {
      return registryUrl;
    },
    backendAddr,
    ca,
    ssh: sshd.access,
    sshd,
    files,
    ctl,
    reconfigure,
    readSettings: () => readSettings(files.gitlabRb),
    writeGitlabRb: async (edit) => {
      await writeFile(files.gitlabRb, edit(await readFile(files.gitlabRb, 'utf8')));
      registryUrl = await url();
    },
    probe: (pathname = '/v2/', more = {}) => probe(`${registryUrl}${pathname}`, { ca: ca.pem, ...more }),
    waitUntilHealthy: async () => {
      const healthy = async () => ((await host.probe()).status === 401 ? true : undefined);
      await waitFor(`a 401 of ${registryUrl}/v2/`, healthy);
    },
    stop: async () => {
      await sshd.stop();
      await stopSupervisor(root, supervisor);
    },
  };
  if (options.waitUntilHealthy !== false) {
    await host.waitUntilHealthy().catch(async (error: unknown) => {
      await host.stop();
      throw error;
    });
  }
  return host;
};

const readSettings = async (file: string): Promise<Setting[]> =>
  (await parseGitlabRb(await readFile(file, 'utf8'))).settings;

type Contents = { cli: string; gitlabRb: string; certificate: string; key: string };

const prepare = async (root: string, options: HostOptions, version: string, contents: Contents): Promise<void> => {
  const files = layout(root);
  const folders = [files.ssl, files.registry, files.storage].concat(
    [files.vhost, files.ctl, files.embeddedNginx, files.manifest].map((file) => path.dirname(file)),
  );
  for (const folder of [...folders, files.enabled, `${files.logs}/nginx`]) await mkdir(folder, { recursive: true });
  await writeFile(files.gitlabRb, contents.gitlabRb, { mode: 0o600 });
  const registry = {
    http_secret: randomBytes(64).toString('hex'),
    internal_certificate: options.certificatePem,
    ...(options.signingKeyPem === undefined ? {} : { internal_key: options.signingKeyPem }),
  };
  await writeFile(files.secrets, JSON.stringify({ registry }, undefined, 2), { mode: 0o600 });
  await writeFile(`${files.ssl}/registry.crt`, contents.certificate);
  await writeFile(`${files.ssl}/registry.key`, contents.key, { mode: 0o600 });
  await writeFile(files.ctl, gitlabCtl(root, version, contents.cli));
  await chmod(files.ctl, 0o755);
  await writeFile(`${files.nginx}/conf/nginx.conf`, nginxConf(root, process.getuid?.() === 0));
  await writeFile(files.manifest, `gitlab-ee ${version.split('.').length > 2 ? version : `${version}.0`}\n`);
  // Debian's nginx looks for its files elsewhere than the package's: this one stands in the package's place.
  const own = `-e '${files.logs}/nginx/error.log' -c '${files.nginx}/conf/nginx.conf'`;
  await writeFile(files.embeddedNginx, `#!/bin/sh\nexec /usr/sbin/nginx ${own} "$@"\n`);
  await chmod(files.embeddedNginx, 0o755);
  await enableService(root, 'nginx', `exec chpst -P nginx -p '${files.nginx}' ${own}`);
  await giveToRegistry(root, options.dir);
};

/** The registry's account gets its storage, and the way to it; the rest stays root's. */
const giveToRegistry = async (root: string, dir: string): Promise<void> => {
  const user = registryUser();
  if (user === undefined) return;
  for (const folder of [dir, root]) await chmod(folder, 0o711);
  await mustRun('chown', ['-R', `${user}:nogroup`, layout(root).storage]);
};

const startSupervisor = async (root: string): Promise<Daemon> => {
  const { enabled, supervisorPid } = layout(root);
  const log = path.join(root, 'lab/runsvdir.log');
  const supervisor = await startDaemon('runsvdir', [enabled], { log, orphanSignal: 'HUP' });
  await writeFile(supervisorPid, String(supervisor.pid));
  return supervisor;
};

/** Ends runsvdir first, which leaves its services alone, then each service and waits for its end. */
const stopSupervisor = async (root: string, supervisor: Daemon): Promise<void> => {
  await supervisor.stop('SIGTERM');
  const { definitions } = layout(root);
  const names = await readdir(definitions).catch(() => []);
  await run('sv', ['-w', '15', 'force-shutdown', ...names.map((name) => path.join(definitions, name))]);
};
