import picocolors from 'picocolors';
import type { Answer } from '../src/chat/answer.js';
import { pastedLog } from '../src/chat/log.js';
import type { RunningTerminal } from '../src/terminal.js';
import { type Client, jobLog } from '../test/lab/client.js';
import type { Lab } from '../test/lab/lab.js';

export interface TourContext {
  lab: Lab;
  client: Client;
  terminal: RunningTerminal;
  print(line: string): void;
  color: boolean;
}

/**
 * Plays the main job on real parts, and checks every step. Resolves with the steps that did not show what they
 * should; an empty list is success.
 */
export async function tour(context: TourContext): Promise<string[]> {
  const { lab, client, terminal, print } = context;
  const colors = picocolors.createColors(context.color);
  const failures: string[] = [];
  const host = () => new URL(lab.host.registryUrl).host;
  const variable = (key: string) => lab.gitlab.findVariable(lab.project, key)?.value ?? '';

  const heading = (words: string) => print(`\n${colors.bold(colors.inverse(` ${words} `))}\n`);
  const expect = (holds: boolean, what: string) => {
    print(`${holds ? colors.green('✔ as expected:') : colors.red('✘ NOT as expected:')} ${what}`);
    if (!holds) failures.push(what);
  };
  const say = async (line: string, log?: string): Promise<Answer> => {
    print(colors.bold(`/registry ${line}`));
    const final = await terminal.say(line, log === undefined ? undefined : pastedLog(log));
    if (final === undefined) throw new Error(`no answer to ${line}`);
    return final;
  };
  const diagnose = async (log: string): Promise<Answer> => {
    for (const line of log.trimEnd().split('\n')) print(colors.dim(`  | ${line}`));
    return say('diagnose', log);
  };

  heading('1 · A healthy registry');
  const healthy = await say('status');
  expect(healthy.mark === 'pass', 'every link of the chain works');

  heading('2 · Somebody stops the registry');
  const repair = await lab.break('registry-stopped');
  const broken = await say('status');
  expect(
    broken.mark === 'fail' && mentions(broken, 'gitlab-ctl start registry'),
    'the stopped service is named, with the command that starts it',
  );
  await repair();
  expect((await say('status')).mark === 'pass', 'started again, everything works');

  heading(`3 · The three errors that eat most of the time, by ${client.name}`);
  const wrong = await client.login(host(), lab.token.username, 'not-the-password');
  expect(!wrong.ok, `${client.name} refuses a wrong password`);
  expect(
    footerOf(await diagnose(jobLog('shop/api', wrong))).startsWith('credentials-rejected'),
    'wrong user or token: credentials-rejected',
  );

  const reader = lab.gitlab.addDeployToken(lab.project, { name: 'code only', scopes: ['read_repository'] });
  const forbidden = await client.login(host(), reader.username, reader.token);
  expect(!forbidden.ok, `${client.name} refuses a token without registry scopes`);
  expect(
    footerOf(await diagnose(jobLog('shop/api', forbidden))).startsWith('insufficient-rights'),
    'no rights: insufficient-rights',
  );

  const good = await client.login(host(), variable('REGISTRY_USER'), variable('REGISTRY_PASSWORD'));
  expect(good.ok, 'the project’s deploy token logs in');
  const outside = await client.push(`${host()}/shop/web:1`);
  expect(!outside.ok, 'a push into another project is refused');
  expect(
    footerOf(await diagnose(jobLog('shop/api', good, outside))).startsWith('image-outside-project'),
    'name outside the project: image-outside-project',
  );

  heading('4 · The registry’s URL changes, and the deploy token goes stale');
  const before = lab.host.registryUrl;
  const after = await lab.changeUrl();
  print(`registry_external_url: ${before} → ${after}, gitlab-ctl reconfigure\n`);
  const stale = await client.login(host(), variable('REGISTRY_USER'), variable('REGISTRY_PASSWORD'));
  expect(!stale.ok, 'the login that worked a moment ago is refused');
  const verdict = await diagnose(jobLog('shop/api', stale));
  expect(
    footerOf(verdict).startsWith('token-stale-after-url-change · confirmed'),
    'told apart from a wrong password, and proven: token-stale-after-url-change (confirmed)',
  );

  heading('5 · The token is rotated');
  const plan = await say(`rotate-token shop/api ${lab.token.id}`);
  expect(mentions(plan, 'REGISTRY_PASSWORD'), 'the plan names the variables that carry the token');
  const done = await say('Rotate');
  expect(
    done.mark === 'pass' && mentions(done, 'was refused'),
    'the new token is proven, the variables are rewritten, the old token is revoked and refused',
  );

  heading('6 · A push that works again');
  const again = await client.login(host(), variable('REGISTRY_USER'), variable('REGISTRY_PASSWORD'));
  const pushed = await client.push(`${host()}/shop/api:1`);
  for (const line of `${again.log}${pushed.log}`.trimEnd().split('\n')) print(colors.dim(`  | ${line}`));
  expect(again.ok && pushed.ok, `${client.name} logs in and pushes with what the variables hold now`);
  return failures;
}

function mentions(answer: Answer, words: string): boolean {
  return JSON.stringify(answer).includes(words);
}

/** The small print of a diagnosis begins with the cause's id and how sure it is. */
function footerOf(answer: Answer): string {
  const footer = answer.parts.findLast((part) => part.kind === 'footer');
  return footer?.kind === 'footer' ? footer.text : '';
}
