/** `reconfigure-cli.js ROOT VERSION`: what `gitlab-ctl reconfigure` runs on a host of the lab. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseGitlabRb } from '../../../src/host/gitlab-rb.js';
import { type Generated, generate } from '../../../src/host/render/reconfigure.js';
import {
  control,
  disableService,
  enableService,
  layout,
  registryUser,
  restartUnwatched,
  supervised,
  waitForRunsv,
} from './services.js';

/** What stops a reconfigure; its message is what the package prints. */
class ReconfigureError extends Error {
  override readonly name = 'ReconfigureError';
}

type SecretsFile = { registry: { http_secret: string; internal_certificate: string; internal_key?: string } };

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

let updated = 0;

/** Writes a file if it differs; says so as Chef does. */
const template = async (recipe: string, file: string, content: string | undefined): Promise<boolean> => {
  const before = await readFile(file, 'utf8').catch(() => undefined);
  if (before === content) return false;
  updated += 1;
  say(`Recipe: ${recipe}`);
  if (content === undefined) {
    say(`  * file[${file}] action delete\n    - delete file ${file}`);
    await rm(file, { force: true });
  } else {
    say(
      `  * template[${file}] action create\n    - ${before === undefined ? 'create new' : 'update content in'} file ${file}`,
    );
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
  }
  return true;
};

const start = async (root: string, name: string, changed: string | undefined): Promise<void> => {
  if (!(await supervised(root))) return;
  await waitForRunsv(root, name);
  const { stdout } = await control(root, 'status', name);
  const action = stdout.startsWith('run:') ? changed : 'start';
  if (action === undefined) return;
  updated += 1;
  say(`  * runit_service[${name}] action ${action}`);
  if (action === 'hup') await control(root, action, name);
  else await restartUnwatched(root, name);
};

const apply = async (root: string, generated: Generated & { issuer: string }, secrets: SecretsFile): Promise<void> => {
  const { enabled, registryConfig, registryConfigPath, registryDir, vhost, vhostPath } = generated;
  const vhostFile = path.join(root, vhostPath);
  if (!enabled) {
    await disableService(root, 'registry');
  } else if (registryConfig !== undefined) {
    const certificate = path.join(registryDir, 'gitlab-registry.crt');
    const changed = [
      await template('registry::enable', certificate, secrets.registry.internal_certificate),
      await template('registry::enable', registryConfigPath, registryConfig.text),
    ].some(Boolean);
    const user = registryUser();
    const as = user === undefined ? '' : `-u ${user}:nogroup `;
    const command = `cd '${registryDir}'\nexec chpst -P ${as}docker-registry serve '${registryConfigPath}'`;
    await enableService(root, 'registry', command);
    await start(root, 'registry', changed ? 'restart' : undefined);
  }
  await gitlabItself(root, generated, secrets);
  const changed = await template('gitlab::nginx', vhostFile, vhost?.text);
  await start(root, 'nginx', changed ? 'hup' : undefined);
};

/** What GitLab is told of its registry, and the key that it signs tokens with. */
const gitlabItself = async (
  root: string,
  { enabled, exposure, issuer }: Generated & { issuer: string },
  { registry }: SecretsFile,
) => {
  const files = layout(root);
  const lines = [
    `enabled: ${enabled}`,
    `host: ${exposure?.host ?? 'registry.example.com'}`,
    ...(exposure?.advertisedPort === undefined ? [] : [`port: ${exposure.advertisedPort}`]),
    `key: ${files.signingKey}`,
    `issuer: ${issuer}`,
  ];
  const text = `production: &base\n  registry:\n${lines.map((line) => `    ${line}\n`).join('')}\n  lfs:\n    enabled: true\n`;
  await template('gitlab::gitlab-rails', files.gitlabYml, text);
  if (registry.internal_key !== undefined)
    await template('gitlab::gitlab-rails', files.signingKey, registry.internal_key);
};

const main = async (root: string, version: string): Promise<void> => {
  const files = layout(root);
  say('Cinc Client, version 18.3.0\nInfra Phase starting');
  const { settings, errors } = await parseGitlabRb(await readFile(files.gitlabRb, 'utf8'));
  const [first] = errors;
  if (first !== undefined)
    throw new ReconfigureError(`${files.gitlabRb}:${first.line}: syntax error: ${first.message}`);
  const secrets = JSON.parse(await readFile(files.secrets, 'utf8')) as SecretsFile;
  const computed = settings.find(({ value }) => value === undefined);
  if (computed !== undefined)
    throw new ReconfigureError(
      `line ${computed.line}: ${computed.path.join('.')} is computed, which the lab does not do`,
    );
  const generated = generate(settings, {
    version,
    httpSecret: secrets.registry.http_secret,
    facts: { gitlabCertificate: existsSync, registryCertificate: existsSync },
  });
  if ('refused' in generated) throw new ReconfigureError(generated.refused);
  const issuer = settings.findLast(
    ({ path: [first, second] }) => first === 'gitlab_rails' && second === 'registry_issuer',
  );
  await apply(root, { ...generated, issuer: String(issuer?.value ?? 'omnibus-gitlab-issuer') }, secrets);
  say(`\nRunning handlers:\nRunning handlers complete\nInfra Phase complete, ${updated} resources updated`);
  say('gitlab Reconfigured!');
};

const [root, version] = process.argv.slice(2);
if (root === undefined || version === undefined) throw new Error('usage: reconfigure-cli.js ROOT VERSION');
main(root, version).catch((error: unknown) => {
  const known =
    error instanceof ReconfigureError ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`\nThere was an error running gitlab-ctl reconfigure:\n\n${known}\n\n`);
  say('Running handlers:\nRunning handlers complete\nInfra Phase failed.');
  process.exitCode = 1;
});
