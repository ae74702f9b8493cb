// Draws a terminal's output (ANSI on standard input) as an SVG on standard output: the README's picture is real.
//   FORCE_COLOR=1 npm run demo -- --tour < /dev/null | node scripts/picture.js FROM TO > docs/demo.svg
// FROM and TO are texts: the picture begins at the first line that has FROM and ends before the first later one that has TO.
const COLORS = { 31: '#ff6b6b', 32: '#5fd38d', 33: '#f0c674', 34: '#7aa2f7', 36: '#7dcfff' };
const COLUMNS = 104;
const WIDTH = 8.4;
const HEIGHT = 19;
const PAD = 16;

const [from = '', to = ''] = process.argv.slice(2);
const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const lines = Buffer.concat(chunks)
  .toString('utf8')
  .replaceAll('\r', '')
  .replace(/\u001b\[[0-9;?]*[A-HJKSThl]/g, '')
  .split('\n');
const begin = Math.max(
  0,
  lines.findIndex((line) => line.includes(from)),
);
const end = to === '' ? lines.length : lines.findIndex((line, index) => index > begin && line.includes(to));
const shown = lines.slice(begin, end === -1 ? undefined : end).map(cut);
while (shown.at(-1)?.trim() === '') shown.pop();

const rows = shown.map((line, row) => {
  let style = { fill: '#d8dee9', bold: false, dim: false, inverse: false };
  let column = 0;
  const spans = [];
  for (const part of line.split(/(\u001b\[[0-9;]*m)/)) {
    const code = /^\u001b\[([0-9;]*)m$/.exec(part)?.[1];
    if (code !== undefined) for (const number of code.split(';').map(Number)) style = next(style, number);
    else if (part !== '') {
      spans.push(span(part, column, row, style));
      column += [...part].length;
    }
  }
  return spans.join('');
});

const columns = Math.max(...shown.map((line) => [...plain(line)].length));
const width = columns * WIDTH + 2 * PAD;
const height = shown.length * HEIGHT + 2 * PAD;
process.stdout.write(
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="Registrar in a terminal">` +
    `<rect width="100%" height="100%" rx="8" fill="#1d2129"/>` +
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" xml:space="preserve">${rows.join('\n')}</g></svg>\n`,
);

function next(style, number) {
  if (number === 0) return { fill: '#d8dee9', bold: false, dim: false, inverse: false };
  if (number === 1) return { ...style, bold: true };
  if (number === 2) return { ...style, dim: true };
  if (number === 22) return { ...style, bold: false, dim: false };
  if (number === 7) return { ...style, inverse: true };
  if (number === 27) return { ...style, inverse: false };
  if (number === 39) return { ...style, fill: '#d8dee9' };
  return COLORS[number] === undefined ? style : { ...style, fill: COLORS[number] };
}

function span(text, column, row, { fill, bold, dim, inverse }) {
  const x = PAD + column * WIDTH;
  const y = PAD + row * HEIGHT + 14;
  const box = inverse
    ? `<rect x="${x}" y="${y - 14}" width="${[...text].length * WIDTH}" height="${HEIGHT}" fill="${fill}"/>`
    : '';
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `${box}<text x="${x}" y="${y}" textLength="${[...text].length * WIDTH}" fill="${inverse ? '#1d2129' : fill}"${bold ? ' font-weight="bold"' : ''}${dim ? ' opacity="0.65"' : ''}>${escaped}</text>`;
}

/** A line that is wider than the picture: only logs are, and they have no colours inside. */
function cut(line) {
  const tooLong = plain(line).length - COLUMNS;
  return tooLong > 0
    ? line
        .replace(/\u001b\[[0-9;]*m$/, '')
        .slice(0, -tooLong - 1)
        .concat('…\u001b[0m')
    : line;
}

function plain(line) {
  return line.replace(/\u001b\[[0-9;]*m/g, '');
}
