import { setFlagsFromString } from 'node:v8';
import { Command, CommanderError, Option } from 'commander';
import type { DoctorOptions } from './cli/doctor.js';
import type { InitOptions } from './cli/init.js';
import type { InstallMattermostOptions } from './cli/install-mattermost.js';
import type { LintOptions } from './cli/lint.js';
import { EdgeError, messageOf } from './errors.js';

/**
 * The one executable. Each subcommand's module is loaded when it is asked for: `diagnose` starts without chat or
 * queue modules.
 */
export async function main(argv: readonly string[]): Promise<number> {
  let code = 0;
  const program = new Command('registrar')
    .description(
      'Looks after the container registry of a self-managed GitLab: from Slack, Mattermost or this terminal.',
    )
    .option('-c, --config <file>', 'the configuration', 'registrar.yaml')
    .exitOverride();
  const configPath = () => program.opts<{ config: string }>().config;
  const does = (work: () => Promise<number>) => async () => {
    code = await work();
  };

  program
    .command('init')
    .description('asks for GitLab, the registry and the rest, tries each answer, and writes the configuration')
    .option('--output <file>', 'instead of the file that --config names; what is there is never overwritten')
    .option('--gitlab-url <url>', 'external_url of gitlab.rb')
    .option('--ca <file>', 'the authority of the certificates, where no public one signed them')
    .addOption(new Option('--token-file <file>', 'where GitLab’s access token is').conflicts('tokenEnv'))
    .option('--token-env <name>', 'the environment variable that holds it')
    .option('--registry-url <url>', 'registry_external_url of gitlab.rb')
    .option('--ssh-address <host>', 'the GitLab host by SSH, or none')
    .option('--ssh-port <port>', 'where sshd listens')
    .option('--ssh-user <name>', 'the account there')
    .option('--ssh-key <file>', 'a private key, or agent')
    .option('--ssh-host-key <fingerprint>', 'SHA256:…, compared instead of asked for')
    .option('--person <username>', 'who you are in GitLab')
    .addOption(new Option('--chat <chat>', 'where people ask').choices(['none', 'slack', 'mattermost']))
    .addOption(new Option('--slack-mode <mode>', 'Slack’s way in').choices(['socket', 'http']))
    .option('--slack-bot-token <reference>', 'env:NAME or file:PATH')
    .option('--slack-app-token <reference>', 'env:NAME or file:PATH, for mode socket')
    .option('--slack-signing-secret <reference>', 'env:NAME or file:PATH, for mode http')
    .option('--slack-member <id>', 'your Slack member ID, or none')
    .option('--slack-api-url <url>', 'https://slack-gov.com/api for GovSlack')
    .action(async (options: InitOptions) => {
      code = await (await import('./cli/init.js')).initCommand(configPath(), options);
    });
  program
    .command('app')
    .description('the chat side: receives, queues, answers')
    .action(does(async () => (await import('./cli/serve.js')).serveCommand(configPath(), ['app'])));
  program
    .command('worker')
    .description('does the jobs; as many as wanted may run')
    .action(does(async () => (await import('./cli/serve.js')).serveCommand(configPath(), ['worker'])));
  program
    .command('all')
    .description('app and worker in one process')
    .action(does(async () => (await import('./cli/serve.js')).serveCommand(configPath(), ['app', 'worker'])));
  program
    .command('chat')
    .description('the chat in this terminal')
    .action(does(async () => (await import('./cli/chat.js')).chatCommand(configPath())));
  program
    .command('diagnose [files...]')
    .description('names the cause of failed logs; - is standard input; a job’s address is fetched from GitLab')
    .option('--json', 'one JSON object per log, one line each')
    .option('--jobs <file.csv>', 'addresses of jobs, one a row')
    .action(async (files: string[], options: { json?: boolean; jobs?: string }) => {
      // A long log leaves garbage and little else: the heap's young generation would grow to be most of the memory.
      setFlagsFromString('--semi-space-growth-factor=1');
      code = await (await import('./cli/diagnose.js')).diagnoseCommand(files, options, configPath());
    });
  program
    .command('lint')
    .description('checks gitlab.rb, and the files that reconfigure made of it, without a host; exits 1 with findings')
    .requiredOption('--gitlab-rb <file>', 'what somebody wrote')
    .option('--registry-config <file>', 'the generated registry/config.yml')
    .option('--nginx-conf <file>', 'the generated gitlab-registry.conf')
    .option('--gitlab-version <version>', 'whose rules count; without it, what the files show, else the newest')
    .option('--json', 'one JSON object')
    .addOption(new Option('--propose', 'prints a diff with the right lines of gitlab.rb').conflicts('json'))
    .action(async (options: LintOptions) => {
      code = await (await import('./cli/lint.js')).lintCommand(options);
    });
  program
    .command('corrections')
    .description('prints what people said a diagnosis should have been, as labelled logs')
    .action(does(async () => (await import('./cli/corrections.js')).correctionsCommand(configPath())));
  program
    .command('status [instance]')
    .description('looks at every link of the chain; exits 1 when one is broken')
    .action(async (instance: string | undefined) => {
      code = await (await import('./cli/status.js')).statusCommand(configPath(), instance);
    });
  program
    .command('doctor')
    .description('looks at Registrar itself: what is wrong, why, and the command that repairs it; exits 1 with faults')
    .option('--json', 'one JSON object')
    .option('--repair', 'does what is safe: webhooks on again, what was missed queued, failed jobs tried once more')
    .action(async (options: DoctorOptions) => {
      code = await (await import('./cli/doctor.js')).doctorCommand(configPath(), options);
    });
  program
    .command('audit')
    .description('the trail of every attempt')
    .command('verify')
    .description('finds what was changed, removed or inserted afterwards; exits 1 when something was')
    .option('--file <file>', 'instead of the one in the data folder; needs no configuration')
    .action(async ({ file }: { file?: string }) => {
      code = await (await import('./cli/audit.js')).auditVerifyCommand(configPath(), file);
    });
  program
    .command('rotate-own-token [instance]')
    .description('replaces the token that Registrar itself uses, without a moment without one')
    .option('--yes', 'does it; otherwise it says what it would do')
    .action(async (instance: string | undefined, options: { yes?: boolean }) => {
      code = await (await import('./cli/rotate-own-token.js')).rotateOwnTokenCommand(configPath(), instance, options);
    });
  program
    .command('host')
    .description('the GitLab host')
    .command('script')
    .description('prints the look at a host, for a key that can do nothing else')
    .action(does(async () => (await import('./cli/host-script.js')).hostScriptCommand()));
  const install = program.command('install').description('sets up the chat side');
  install
    .command('mattermost')
    .description('bot account, its token, its teams and the command /registry, on a Mattermost server')
    .requiredOption('--url <siteurl>', 'the server’s SiteURL, with its path where it has one')
    .requiredOption('--team <names...>', 'teams that get the command, by their names in addresses')
    .requiredOption('--callback-url <url>', 'where the server reaches Registrar: http://registrar.internal:8080')
    .option('--ca <file>', 'PEM file of the authority that signed the server’s certificate')
    .option('--username <name>', 'of the bot account', 'registrar')
    .option('--yes', 'does it; otherwise it says what it would do, and a terminal asks')
    .addHelpText(
      'after',
      `
The token of a system administrator is taken from the environment variable MATTERMOST_ADMIN_TOKEN, and from nowhere
else: it is used for this one run, and never stored or printed. The tokens that are made are written beside
registrar.yaml, to secrets/, readable for you alone. Run again, it changes nothing that is right already.`,
    )
    .action(async (options: InstallMattermostOptions) => {
      code = await (await import('./cli/install-mattermost.js')).installMattermostCommand(configPath(), options);
    });
  install
    .command('slack')
    .description('prints the app’s manifest for the configured mode; checks the scopes where a token is configured')
    .action(does(async () => (await import('./cli/install-slack.js')).installSlackCommand(configPath())));
  const config = program.command('config').description('the configuration');
  config
    .command('check')
    .description('validates it and tries each connection')
    .action(does(async () => (await import('./cli/config-check.js')).configCheckCommand(configPath())));
  config
    .command('show [instance]')
    .description('the registry’s settings in force, and what decides each; exits 1 with findings')
    .option('--propose', 'a diff with the right lines of gitlab.rb instead')
    .action(async (instance: string | undefined, { propose }: { propose?: boolean }) => {
      code = await (await import('./cli/config-show.js')).configShowCommand(configPath(), instance, propose === true);
    });
  config
    .command('schema')
    .description('prints its JSON Schema, for editors')
    .action(does(async () => (await import('./cli/config-schema.js')).configSchemaCommand()));

  try {
    await program.parseAsync(argv as string[], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    process.stderr.write(`${worded(error)}\n`);
    return 2;
  }
}

function worded(error: unknown): string {
  if (!(error instanceof EdgeError))
    return `registrar: ${error instanceof Error ? (error.stack ?? error.message) : messageOf(error)}`;
  const { what, why, next } = error.forPerson;
  return [`registrar: ${what}`, ...(why === undefined ? [] : [why]), `→ ${next}`].join('\n');
}
