import { PassThrough } from 'node:stream';
import { GivenUp } from '../../src/init/asker.js';
import { atTerminal } from '../../src/init/at-terminal.js';

/** What a person sees, and a way to type when they see it. */
function terminal() {
  const input = new PassThrough();
  const output = new PassThrough({ encoding: 'utf8' });
  let seen = '';
  let waits: { for: string; type: () => void } | undefined;
  output.on('data', (text: string) => {
    seen += text;
    if (waits === undefined || !seen.includes(waits.for)) return;
    const { type } = waits;
    waits = undefined;
    type();
  });
  return {
    asker: atTerminal(input, output),
    seen: () => seen,
    typeAt(words: string, keys: string) {
      // One turn later: the prompt listens when it has drawn itself.
      waits = { for: words, type: () => void setImmediate(() => input.write(keys)) };
    },
  };
}

const question = { option: '--x', ask: 'GitLab’s URL', why: 'As in gitlab.rb.' };

test('an answer is what was typed; nothing typed is the default', async () => {
  const one = terminal();
  one.typeAt('GitLab’s URL', ' https://gitlab.test \r');
  expect(await one.asker.ask(question)).toBe('https://gitlab.test');
  expect(one.seen()).toContain('As in gitlab.rb.');
  const other = terminal();
  other.typeAt('(22)', '\r');
  expect(await other.asker.ask({ ...question, fallback: '22' })).toBe('22');
});

test('a secret is not shown', async () => {
  const one = terminal();
  one.typeAt('Token', 'glpat-secret\r');
  expect(await one.asker.ask({ ...question, ask: 'Token', secret: true })).toBe('glpat-secret');
  expect(one.seen()).not.toContain('glpat');
});

test('Ctrl-C gives up', async () => {
  const one = terminal();
  one.typeAt('GitLab’s URL', '\x03');
  await expect(one.asker.ask(question)).rejects.toBeInstanceOf(GivenUp);
});
