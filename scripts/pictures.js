// npm run pictures: docs/pictures.md, every kind of answer as Slack, Mattermost and a terminal draw it. What is drawn is
// what is sent, photographed in headless Chromium.
//   apt-get install chromium pngquant fonts-noto-color-emoji
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { marked } from 'marked';
import { renderMattermost } from '../dist/src/chat/mattermost/render.js';
import { renderSlack } from '../dist/src/chat/slack/render.js';
import { renderTerminal } from '../dist/src/chat/terminal/render.js';
import { pictureOf } from '../dist/src/picture/picture.js';
import { INSTALL } from '../dist/test/chat/kinds/install.js';
import { STATUS } from '../dist/test/chat/kinds/status.js';
import { TOKENS } from '../dist/test/chat/kinds/tokens.js';

const WIDTH = 1560;
const FOLDER = 'docs/pictures';
const ZONE = 'Europe/Paris';
const ANSI = { 1: 'b', 2: 'dim', 4: 'u', 7: 'inverse', 31: 'red', 32: 'green', 33: 'yellow', 34: 'blue', 36: 'cyan' };

const STYLE = `
* { box-sizing: border-box } body { margin: 0; width: ${WIDTH}px; background: #e8eaee; font: 15px/1.45 'DejaVu Sans', sans-serif }
main { display: grid; grid-template-columns: 480px 480px 1fr; gap: 16px; padding: 16px; align-items: start }
section { background: #fff; border-radius: 8px; padding: 12px 16px; overflow-wrap: anywhere } h2 { margin: 0 0 8px; font-size: 12px; color: #667 }
p { margin: 0 0 8px } ul { margin: 0 0 8px; padding-left: 20px } .context, .context p { color: #616061; font-size: 13px }
code { font: 13px 'DejaVu Sans Mono', monospace; background: #f4f4f4; border: 1px solid #ddd; border-radius: 3px; padding: 0 3px; color: #c01343 }
pre { font: 12px/1.5 'DejaVu Sans Mono', monospace; background: #f8f8f8; border: 1px solid #ddd; border-radius: 4px; padding: 8px; margin: 0 0 8px; white-space: pre-wrap }
pre code { border: 0; background: none; color: inherit; padding: 0; font-size: 12px }
blockquote { margin: 0 0 4px; border-left: 4px solid #ddd; padding-left: 8px } svg, img { max-width: 100% ; height: auto }
button { font: inherit; font-size: 14px; font-weight: bold; border: 1px solid #bbb; border-radius: 4px; background: #fff; padding: 4px 10px; margin: 0 8px 8px 0; color: #1d1c1d }
button.primary { background: #007a5a; border-color: #007a5a; color: #fff } button.danger { color: #d40e0d; border-color: #d40e0d }
.mattermost button { border-color: #1c58d9; color: #1c58d9 } .mattermost button.primary { background: #1c58d9; color: #fff } .mattermost button.danger { background: #d24b4e; border-color: #d24b4e; color: #fff }
.terminal { background: #1a1b26; color: #d8dee9 } .terminal h2 { color: #9aa } .terminal pre { background: none; border: 0; padding: 0; margin: 0 }
.b { font-weight: bold } .dim { opacity: .65 } .u { text-decoration: underline } .inverse { background: #d8dee9; color: #1a1b26 }
.red { color: #ff6b6b } .green { color: #5fd38d } .yellow { color: #f0c674 } .blue { color: #7aa2f7 } .cyan { color: #7dcfff }`;

const shown = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Slack's mrkdwn, escaped as it is sent: as much of it as answers use. */
function mrkdwn(text) {
  return text
    .split(/\s*(```[\s\S]*?```)\s*/)
    .filter((piece) => piece !== '')
    .map((piece) => {
      if (piece.startsWith('```')) return `<pre>${piece.slice(3, -3).trim()}</pre>`;
      return piece
        .replace(/<!date\^(\d+)\^[^|>]*\|[^>]*>/g, (_, seconds) => slackDate(Number(seconds)))
        .replace(/<(https?:[^|>]+)\|([^>]*)>/g, '<a href="$1">$2</a>')
        .split(/(`[^`\n]+`)/)
        .map((one) =>
          one.startsWith('`')
            ? `<code>${one.slice(1, -1)}</code>`
            : one.replace(/(^|[\s(])\*([^*\n]+)\*/g, '$1<b>$2</b>').replace(/(^|\s)_([^_\n]+)_/g, '$1<i>$2</i>'),
        )
        .join('')
        .split('\n')
        .map((line) =>
          /^(?:>|&gt;)/.test(line) ? `<blockquote>${line.replace(/^(?:>|&gt;)/, '')}</blockquote>` : `${line}<br>`,
        )
        .join('');
    })
    .join('');
}

function slackDate(seconds) {
  const at = new Intl.DateTimeFormat('en-CA', {
    timeZone: ZONE,
    dateStyle: 'short',
    timeStyle: 'short',
    hourCycle: 'h23',
  });
  return at.format(seconds * 1000).replace(',', '');
}

function slackBlock(block, pictures) {
  switch (block.type) {
    case 'section':
      return `<p>${mrkdwn(block.text.text)}</p>`;
    case 'context':
      return `<div class="context">${block.elements.map(({ text }) => `<p>${mrkdwn(text)}</p>`).join('')}</div>`;
    case 'actions':
      return block.elements.map(({ text, style }) => button(text.text, style)).join('');
    case 'markdown':
      return marked.parse(block.text, { breaks: true });
    case 'image':
      return pictures.get(block.slack_file.id);
    default:
      throw new Error(`a block of the type ${block.type} has no preview`);
  }
}

const button = (label, style = 'default') => `<button class="${style}">${shown(label)}</button>`;

const image = ({ svg, alt }) =>
  `<img alt="${shown(alt)}" src="data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}">`;

function slack(said) {
  const pictures = new Map();
  const files = new Map();
  for (const [at, part] of said.parts.entries()) {
    const drawn = pictureOf(part);
    if (drawn === undefined) continue;
    files.set(part, { fileId: `F${at}`, alt: drawn.alt });
    pictures.set(`F${at}`, image(drawn));
  }
  return renderSlack(said, 'key', files)
    .blocks.map((block) => slackBlock(block, pictures))
    .join('');
}

function mattermost(said) {
  const { message, props } = renderMattermost(said, () => ({ url: '', context: {} }), ZONE);
  const actions = props.attachments.flatMap(({ actions }) => actions);
  const pictures = said.parts.map(pictureOf).filter((one) => one !== undefined);
  return (
    marked.parse(message, { breaks: true }) +
    actions.map(({ name, style }) => button(name, style)).join('') +
    pictures.map(image).join('')
  );
}

function terminal(said) {
  const { text } = renderTerminal(said, { color: true, width: 64, zone: ZONE });
  let open = [];
  const html = text.split(/(\u001b\[[0-9;]*m)/).map((piece) => {
    const code = /^\u001b\[([0-9]*)m$/.exec(piece)?.[1];
    if (code === undefined) return piece === '' ? '' : `<span class="${open.join(' ')}">${shown(piece)}</span>`;
    if (ANSI[code] !== undefined) open = [...open, ANSI[code]];
    else if (code === '22') open = open.filter((one) => one !== 'b' && one !== 'dim');
    else if (code === '24') open = open.filter((one) => one !== 'u');
    else if (code === '27') open = open.filter((one) => one !== 'inverse');
    else if (code === '39') open = open.filter((one) => ['b', 'dim', 'u', 'inverse'].includes(one));
    return '';
  });
  return `<pre>${html.join('')}</pre>`;
}

function drawn(said) {
  const draw = (name, html) => `<section class="${name.toLowerCase()}"><h2>${name}</h2>${html}</section>`;
  return `<main>${draw('Slack', slack(said))}${draw('Mattermost', mattermost(said))}${draw('Terminal', terminal(said))}</main>`;
}

const page = (...mains) => `<!doctype html><meta charset="utf-8"><style>${STYLE}</style>${mains.join('')}`;

const chromium = (...words) =>
  execFileSync('chromium', ['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', ...words], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });

const slug = (name) => name.replaceAll(/[^a-z0-9]+/g, '-');

rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER, { recursive: true });
const dir = mkdtempSync(join(tmpdir(), 'registrar-pictures-'));
const lines = [
  '# Every kind of answer',
  '',
  'As Slack, Mattermost and a terminal show it: the very blocks, post and text that are sent, drawn by `npm run pictures`. The examples are those of the golden tests (`test/chat/kinds/`).',
  '',
];
const kinds = Object.entries({ ...STATUS, ...TOKENS, ...INSTALL });
const html = join(dir, 'page.html');
const HEIGHTS = "document.title = [...document.querySelectorAll('main')].map((one) => Math.ceil(one.offsetHeight))";
writeFileSync(html, `${page(...kinds.map(([, said]) => drawn(said)))}<script>${HEIGHTS}</script>`);
const told = /<title>([\d,]+)<\/title>/.exec(
  chromium(`--window-size=${WIDTH},100`, '--dump-dom', `file://${html}`),
)?.[1];
if (told === undefined) throw new Error('the pages did not tell their heights');
const heights = told.split(',');
for (const [at, [name, said]] of kinds.entries()) {
  writeFileSync(html, page(drawn(said)));
  const file = join(FOLDER, `${slug(name)}.png`);
  chromium(`--window-size=${WIDTH},${heights[at]}`, `--screenshot=${file}`, `file://${html}`);
  execFileSync('pngquant', ['--force', '--ext', '.png', '32', file]);
  const alt = `${said.title.replaceAll(/[[\]]/g, '')}: in Slack, Mattermost and a terminal`;
  lines.push(`## ${name}`, '', `![${alt}](pictures/${slug(name)}.png)`, '');
}
rmSync(dir, { recursive: true });
writeFileSync('docs/pictures.md', lines.join('\n'));
process.stdout.write(`${readdirSync(FOLDER).length} pictures in ${FOLDER}\n`);
