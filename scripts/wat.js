// `npm run wat`: assembles src/diagnosis/reading/scan.wat and writes the bytes into scan-module.ts.
// A test compares the two, so that nobody can forget it.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import wabt from 'wabt';

const folder = fileURLToPath(new URL('../src/diagnosis/reading/', import.meta.url));
const { parseWat } = await wabt();
const { buffer } = parseWat('scan.wat', readFileSync(`${folder}scan.wat`, 'utf8'), { simd: true }).toBinary({});
const lines = Buffer.from(buffer)
  .toString('base64')
  .match(/.{1,100}/g);
writeFileSync(
  `${folder}scan-module.ts`,
  `/** scan.wat, assembled by \`npm run wat\`: change that file, not this one. Base64. */
export const MODULE =
${lines.map((line) => `  '${line}'`).join(' +\n')};
`,
);
