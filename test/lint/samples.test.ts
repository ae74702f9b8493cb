import { eachSample, omnibusSamples, type Sample } from '../host/samples.js';
import { findingsOf, linted } from './linted.js';

const samples = omnibusSamples();

/** What the samples' README says of those that are wrong; the others are right. */
const WRONG: Record<string, string[]> = {
  '05-nginx-settings-current-spelling': [
    "gitlab.rb:8 no-effect registry['nginx']['client_max_body_size']: 250m → null",
  ],
  '07-addr-with-scheme': [
    "gitlab.rb:4 addr-with-scheme registry['registry_http_addr']: http://registry.example.com:5051 → registry.example.com:5051",
  ],
  '10-port-5000-taken-twice': [
    'gitlab.rb:3 port-taken-twice registry_external_url: gitlab.example.com:5000 → another port than 5000',
  ],
  '13-old-and-new-spelling': [
    "gitlab.rb:5 overridden-spelling registry_nginx['ssl_certificate']: /etc/gitlab/ssl/old.crt → /etc/gitlab/ssl/new.crt",
  ],
  '15-external-url-port-with-lets-encrypt': ['gitlab.rb:2 advertised-port external_url: 8443 → 5050'],
};

const wrongOf = ({ folder }: Sample) => WRONG[folder] ?? [];
const secrets = /07781a14|NotARealSecret|AKIAEXAMPLE|not-a-real|0123456789abcdef0123456789abcdef/;

eachSample('untouched, what its README says, with and without the version', samples, async (sample) => {
  expect(await findingsOf(sample)).toEqual(wrongOf(sample));
  expect(await findingsOf({ ...sample, version: undefined })).toEqual(wrongOf(sample));
});

/** Lines whose change means nothing: comments and blank lines. */
const isSilent = (line: string) => /^\s*(?:#|$)/.test(line);

/** Every way in which a line is changed here; a line that stays the same is no change. */
const CHANGES: Record<string, (line: string) => string | undefined> = {
  deleted: () => undefined,
  'last letter': (line) => line.replace(/[A-Za-z0-9](?=[^A-Za-z0-9]*(?:##.*)?$)/, (sign) => (sign === 'x' ? 'y' : 'x')),
  'last number': (line) => line.replace(/\d+(?=\D*$)/, (number) => `${Number(number) + 1}`),
  twice: (line) => `${line}\n${line}`,
  'made a comment': (line) => `# ${line}`,
  'true and false': (line) => line.replace(/\b(?:true|false)\b/, (word) => (word === 'true' ? 'false' : 'true')),
  'on and off': (line) => line.replace(/\b(?:on|off);/, (word) => (word === 'on;' ? 'off;' : 'on;')),
  'http and https': (line) => line.replace(/\bhttps?(?=:|;)/, (word) => (word === 'http' ? 'https' : 'http')),
};

/**
 * The comment behind a block's sign is none of the block's; and a secret that reconfigure threw dice for may as well
 * have come out otherwise.
 */
const MEANS_NOTHING = /^(?:last letter|last number): (?:(?:server \{|\}) ## |secret: "[0-9a-f]{128}"$)/;

const withLine = (lines: readonly string[], at: number, line: string | undefined) =>
  [...lines.slice(0, at), ...(line === undefined ? [] : [line]), ...lines.slice(at + 1)].join('\n');

describe.each(['registryConfig', 'vhost'] as const)('%s', (name) => {
  eachSample('every change of a line that means something is found', samples, async (sample) => {
    const text = sample[name];
    if (text === undefined) return;
    const untouched = wrongOf(sample).length;
    const lines = text.split('\n');
    const missed: string[] = [];
    for (const [i, line] of lines.entries()) {
      if (isSilent(line)) continue;
      for (const [how, change] of Object.entries(CHANGES)) {
        const changed = change(line);
        if (changed === line) continue;
        const { findings } = await linted({ ...sample, [name]: withLine(lines, i, changed) });
        expect(JSON.stringify(findings)).not.toMatch(secrets);
        if (findings.length <= untouched) missed.push(`${how}: ${line.trim()}`);
      }
    }
    expect(missed.filter((one) => !MEANS_NOTHING.test(one))).toEqual([]);
  });
});
