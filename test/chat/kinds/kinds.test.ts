import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Answer } from '../../../src/chat/answer.js';
import { renderMattermost } from '../../../src/chat/mattermost/render.js';
import { renderSlack } from '../../../src/chat/slack/render.js';
import { renderTerminal } from '../../../src/chat/terminal/render.js';
import { checkBlocks } from '../../lab/slack/block-kit.js';
import { INSTALL } from './install.js';
import { STATUS } from './status.js';
import { TOKENS } from './tokens.js';

/** Every kind of answer as each platform gets it. A change of what people see shows in the golden file beside this. */

const KINDS = Object.entries({ ...STATUS, ...TOKENS, ...INSTALL });
/** Source: model.PostMessageMaxRunesV2 and the size of post.props of Mattermost's server. */
const MATTERMOST_MOST = { message: 16_383, props: 800_000 };

const integration = ({ action, value }: { action: string; value: string }) => ({
  url: 'http://registrar:8080/chat/mattermost/action',
  context: { sealed: `${action} ${value}` },
});

describe.each(KINDS)('%s', (_, said) => {
  test('travels through the queue as it is', () => {
    expect(Answer.parse(JSON.parse(JSON.stringify(said)))).toEqual(said);
  });

  test('Slack', () => {
    const message = renderSlack(said, 'key');
    checkBlocks(message.blocks, () => 'B1');
    expect(message.text.length).toBeLessThanOrEqual(4_000);
    expect(message).toMatchSnapshot();
  });

  test('Mattermost', () => {
    const post = renderMattermost(said, integration, 'Europe/Paris');
    expect([...post.message].length).toBeLessThanOrEqual(MATTERMOST_MOST.message);
    expect(JSON.stringify(post.props).length).toBeLessThanOrEqual(MATTERMOST_MOST.props);
    expect(post).toMatchSnapshot();
  });

  test.each([100, 40])('a terminal of %i columns', (width) => {
    const { text, offers } = renderTerminal(said, { color: false, width, zone: 'Europe/Paris' });
    expect(`\n${text}\n${offers.map(({ label }) => label).join(' | ')}\n`).toMatchSnapshot();
  });
});

test('every function that makes an answer of its own has its example', () => {
  const root = fileURLToPath(new URL('../../../src/', import.meta.url));
  const made = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .flatMap((path) =>
      [
        ...readFileSync(join(root, path), 'utf8').matchAll(
          /^export function (\w+Answer)\((?:(?!^\})[\s\S])*?\): Answer \{/gm,
        ),
      ].map(([, name = '']) => `${path}: ${name}`),
    );
  const here = fileURLToPath(new URL('.', import.meta.url));
  const examples = ['status.ts', 'tokens.ts', 'install.ts']
    .map((file) => readFileSync(join(here, file), 'utf8'))
    .join();
  const imported = (one: string) => {
    const [path = '', name = ''] = one.split(': ');
    return examples.includes(path.replace(/\.ts$/, '.js')) && examples.includes(`${name}(`);
  };
  expect(made.length).toBeGreaterThan(30);
  expect(made.filter((one) => !imported(one))).toEqual([]);
});
