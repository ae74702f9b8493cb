import { PassThrough } from 'node:stream';
import { type InitOptions, initCommand } from '../../src/cli/init.js';
import type { World } from '../../src/init/world.js';

/** `registrar init` in a folder, with what is piped into it. */
export async function initIn(
  cwd: string,
  lines: readonly string[],
  options: InitOptions = {},
  more: { world?: World; env?: Record<string, string> } = {},
) {
  const input = new PassThrough();
  const output = new PassThrough({ encoding: 'utf8' });
  const { env = {}, ...world } = more;
  input.end(lines.map((line) => `${line}\n`).join(''));
  let out = '';
  output.on('data', (text: string) => {
    out += text;
  });
  const code = await initCommand('registrar.yaml', options, { input, output, cwd, env, ...world });
  return { code, out };
}
