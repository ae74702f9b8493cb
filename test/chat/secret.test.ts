import { answer, footer, text } from '../../src/chat/answer.js';
import { UNOPENED, withSecrets } from '../../src/chat/secret.js';
import { renderSlack } from '../../src/chat/slack/render.js';
import { renderTerminal } from '../../src/chat/terminal/render.js';
import { createSeal, SECRET_PURPOSE } from '../../src/secrets/seal.js';

const seal = createSeal('a key of these tests');
const sealed = seal.seal('gldt-secret-of-the-test', SECRET_PURPOSE);
const alone = {
  ...answer('info', 'The secret', text('before'), { kind: 'secret', sealed }, footer('after')),
  quiet: true,
};

test('what only the asker sees is opened for them', () => {
  expect(withSecrets(alone, seal).parts).toEqual([
    text('before'),
    { kind: 'code', text: 'gldt-secret-of-the-test' },
    footer('after'),
  ]);
});

test('in an answer that others see, or under another key, nothing is opened, and the renderers say so', () => {
  const others = withSecrets({ ...alone, quiet: false }, seal);
  const elsewhere = withSecrets(alone, createSeal('another key'));
  for (const closed of [others, elsewhere]) {
    const drawn = JSON.stringify([renderSlack(closed, 'key'), renderTerminal(closed, { color: false, width: 200 })]);
    expect(drawn).not.toContain('gldt-secret');
    expect(drawn.split(UNOPENED)).toHaveLength(3);
  }
});

test('a secret that was sealed for something else is not shown', () => {
  const journal = { kind: 'secret' as const, sealed: seal.seal('of a journal', 'rotation 1') };
  expect(JSON.stringify(withSecrets({ ...alone, parts: [journal] }, seal))).not.toContain('of a journal');
});
