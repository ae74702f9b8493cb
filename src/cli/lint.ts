import { readFile } from 'node:fs/promises';
import { messageOf } from '../errors.js';
import { parseGitlabRb } from '../host/gitlab-rb.js';
import type { Finding } from '../lint/finding.js';
import { lint } from '../lint/lint.js';
import { type Proposal, propose } from '../propose/propose.js';
import { edits, eitherWay, worded } from '../propose/words.js';

export interface LintOptions {
  gitlabRb: string;
  registryConfig?: string;
  nginxConf?: string;
  gitlabVersion?: string;
  json?: boolean;
  propose?: boolean;
}

/** A configuration that is larger is none. Bytes. */
const MAX_BYTES = 20 * 1024 * 1024;

/**
 * `registrar lint`: gitlab.rb and the generated files, without a host and without a network. With `--propose` it
 * prints how gitlab.rb is put right.
 *
 * Exits 0 when nothing is wrong, 1 with findings, 2 with one line on standard error per file that can't be read.
 */
export async function lintCommand(options: LintOptions): Promise<number> {
  const { gitlabRb, registryConfig, nginxConf, gitlabVersion } = options;
  if (gitlabVersion !== undefined && !/^v?\d+\.\d+/.test(gitlabVersion)) {
    process.stderr.write(`registrar: ${JSON.stringify(gitlabVersion)} is no version of GitLab, such as 18.11.2\n`);
    return 2;
  }
  const texts = await Promise.all([gitlabRb, registryConfig, nginxConf].map(textOf));
  const failed = texts.filter((one) => one !== undefined && 'why' in one);
  for (const { why } of failed) process.stderr.write(`registrar: ${why}\n`);
  if (failed.length > 0) return 2;
  const [source, config, vhost] = texts.map((one) => (one !== undefined && 'text' in one ? one.text : undefined));
  const files = {
    gitlabRb: await parseGitlabRb(source ?? ''),
    ...(config === undefined ? {} : { registryConfig: config }),
    ...(vhost === undefined ? {} : { vhost }),
    ...(gitlabVersion === undefined ? {} : { version: gitlabVersion.replace(/^v/, '') }),
  };
  const names = { 'gitlab.rb': gitlabRb, 'registry-config': registryConfig ?? '', vhost: nginxConf ?? '' };
  const { findings, notes } = lint(files, names);
  if (options.propose === true) process.stdout.write(proposed(await propose(source ?? '', files, names)));
  else
    process.stdout.write(
      options.json === true ? `${JSON.stringify({ findings, notes })}\n` : `${listed(findings, notes).join('\n')}\n`,
    );
  return findings.length === 0 ? 0 : 1;
}

type Read = { text: string } | { why: string };

async function textOf(file: string | undefined): Promise<Read | undefined> {
  if (file === undefined) return undefined;
  try {
    const bytes = await readFile(file);
    if (bytes.length > MAX_BYTES) return { why: `${file} can't be read: it has more than ${MAX_BYTES} bytes` };
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? { why: `${file} can't be read: it is no text` } : { text };
  } catch (error) {
    const invalid = messageOf(error).includes('not valid for encoding');
    const why = invalid ? 'it is not UTF-8' : messageOf(error).replace(/, (?:open|read).*/, '');
    return { why: `${file} can't be read: ${why}` };
  }
}

/** The diff for `patch`; what it does not mend stands below it, as comments. */
function proposed({ diff, choices, left }: Proposal): string {
  const rest = [
    ...choices.map((one) => `${edits(one)}\n→ ${eitherWay(one)}`),
    ...left.map((one) => `for a person: ${worded(one)}\n→ ${one.fix}`),
    ...(diff === '' && choices.length === 0 && left.length === 0 ? ['nothing is wrong'] : []),
  ];
  return (
    diff +
    rest
      .flatMap((one) => one.split('\n'))
      .map((line) => `# ${line}\n`)
      .join('')
  );
}

function listed(findings: readonly Finding[], notes: readonly string[]): string[] {
  const many = `${findings.length} finding${findings.length === 1 ? '' : 's'}`;
  return [
    ...findings.flatMap((one) => [
      `${one.file}${one.line === null ? '' : `:${one.line}`} ${one.severity} ${one.id}${one.key === '' ? '' : ` ${one.key}`}`,
      ...(one.actual === null && one.expected === null
        ? []
        : [`  is ${one.actual ?? 'missing'}${one.expected === null ? '' : `, should be ${one.expected}`}`]),
      `  ${one.why}`,
      `  → ${one.fix}`,
    ]),
    ...notes.map((note) => `note: ${note}`),
    findings.length === 0 ? '✔ nothing is wrong' : `✖ ${many}`,
  ];
}
