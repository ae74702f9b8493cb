// `npm run docs`: writes the pages that follow from the catalogues and the configuration's schema.
// With --check it only compares: a page that lags behind its source is a failing test.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const root = fileURLToPath(new URL('..', import.meta.url));
const load = (path) => import(`../dist/${path}`);
const { CAUSES } = await load('src/diagnosis/causes/index.js');
const { CHECKS } = await load('src/checks/index.js');
const { COMMANDS } = await load('commands/index.js');
const { Config } = await load('src/config/schema.js');

const GENERATED = '<!-- Written by `npm run docs`: change the catalogue, not this page. -->';
const NO_FACTS = { failure: '', logins: [], layersPushed: false, near: [], fromTheStart: false };

const pages = {
  'docs/causes.md': [
    '# Causes',
    GENERATED,
    'What a diagnosis can name. Of two causes that the same line fits equally, the one higher on this page is named.',
    ...CAUSES.flatMap(({ id, group, title, explain, signals, references, lookalikes, tell }) => [
      `## ${id}`,
      `**${title}** (${group}). ${explain(NO_FACTS)}`,
      ...(tell === undefined ? [] : [`To tell: ${tell(NO_FACTS).replaceAll('<', '\\<')}.`]),
      ...(signals.length > 0
        ? [
            `Its words: ${signals.slice(0, 6).map(words).join(', ')}${signals.length > 6 ? `, and ${signals.length - 6} more` : ''}.`,
          ]
        : []),
      ...(lookalikes.length > 0
        ? [`Looks like it, and is another: ${[...new Set(lookalikes.map((one) => one.instead))].join(', ')}.`]
        : []),
      ...references.map((url) => `- <${url}>`),
    ]),
  ],
  'docs/checks.md': [
    '# Checks',
    GENERATED,
    'What `/registry status` looks at, in the order of the chain.',
    [
      '| check | question | link |',
      '|---|---|---|',
      ...CHECKS.map(({ id, asks, link }) => `| ${id} | ${asks} | ${link ?? ''} |`),
    ].join('\n'),
  ],
  'docs/commands.md': [
    '# Commands',
    GENERATED,
    [
      '| command | |',
      '|---|---|',
      ...COMMANDS.map(({ name, usage, summary }) => `| \`${`/registry ${name} ${usage}`.trim()}\` | ${summary} |`),
    ].join('\n'),
  ],
};

const files = Object.fromEntries(
  Object.entries(pages).map(([path, paragraphs]) => [path, `${paragraphs.join('\n\n')}\n`]),
);
files['docs/registrar.schema.json'] = `${JSON.stringify(z.toJSONSchema(Config, { io: 'input' }), null, 2)}\n`;

let lagging = 0;
for (const [path, text] of Object.entries(files)) {
  if (!process.argv.includes('--check')) writeFileSync(root + path, text);
  else if (current(path) !== text) {
    process.stderr.write(`${path} lags behind its source: npm run docs\n`);
    lagging++;
  }
}
process.exit(lagging === 0 ? 0 : 1);

function words(signal) {
  return `\`${('says' in signal ? signal.says : signal.matches).replaceAll('`', "'")}\``;
}

function current(path) {
  try {
    return readFileSync(root + path, 'utf8');
  } catch {
    return undefined;
  }
}
