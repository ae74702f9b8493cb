import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { INSTALL } from '../chat/kinds/install.js';
import { STATUS } from '../chat/kinds/status.js';
import { TOKENS } from '../chat/kinds/tokens.js';

const docs = new URL('../../docs/', import.meta.url);
const page = readFileSync(new URL('pictures.md', docs), 'utf8');

test('the page of pictures shows every kind of answer, each with words for who does not see it', () => {
  const shown = [...page.matchAll(/^## (.+)\n\n!\[[^\]]{10,}\]\((pictures\/[a-z0-9-]+\.png)\)$/gm)];
  expect(shown.map(([, name]) => name)).toEqual(Object.keys({ ...STATUS, ...TOKENS, ...INSTALL }));
  for (const [, , path = ''] of shown) expect(existsSync(fileURLToPath(new URL(path, docs)))).toBe(true);
});
