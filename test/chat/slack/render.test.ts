import fc from 'fast-check';
import { answer, buttons, code, text } from '../../../src/chat/answer.js';
import { escapeSlack, readButton, renderSlack } from '../../../src/chat/slack/render.js';
import { checkBlocks } from '../../lab/slack/block-kit.js';
import { anyAnswer, EVERYTHING, foreign, WORDS } from '../answers.js';

const KEY = 'slack-command-T1-1.2.abc';

/** What Slack shows each reader in their own zone, and what to whoever can't be. */
function date(seconds: number): string {
  const words = new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ');
  return `<!date^${seconds}^{date_num} {time}|${words} UTC>`;
}
/** Times are the only markup of ours. */
const TIME = /<!date\^-?\d+\^\{date_num\} \{time\}\|[^<>|]{20}>/g;

describe('renderSlack', () => {
  test('draws every part of an answer', () => {
    const { text: short, blocks } = renderSlack(EVERYTHING, KEY);
    expect(short).toBe('🔴 lab: the registry is down');
    const shown = JSON.stringify(blocks).replace(/<!date[^|]*\|([^>]*)>/g, '$1');
    for (const words of WORDS) expect(shown).toContain(words);
    expect(blocks.map(({ type }) => type)).toEqual([
      ...Array(8).fill('section'),
      'actions',
      'context',
      'actions',
      'context',
    ]);
  });

  test('says each mark as a word too: colour is never the only sign', () => {
    const rows = renderSlack(EVERYTHING, KEY).blocks[3];
    expect(rows).toMatchObject({
      text: {
        text: [
          '✘ FAILED *service* registry is stopped\n>→ `gitlab-ctl start registry`',
          '⚠ warning *storage* 93 % full',
          '• *realm* as configured',
        ].join('\n'),
      },
    });
  });

  test('says a timeline in a sentence and a row of signs, few enough for a phone', () => {
    const slots = Array.from({ length: 200 }, (_, at) => ({ mark: at === 0 ? ('fail' as const) : ('pass' as const) }));
    const part = { kind: 'timeline' as const, from: 0, to: 86_400_000, slots };
    expect(renderSlack(answer('info', 'x', part), KEY).blocks[1]).toMatchObject({
      text: {
        text:
          `${date(0)} to ${date(86_400)}: worked in 99.5 % of 200 slots; ` +
          `1 broken, the last at ${date(0)}\n❌${'🟩'.repeat(23)}`,
      },
    });
  });

  test('shows a picture in its part’s place, which is then not said in words', () => {
    const chain = EVERYTHING.parts[1];
    if (chain?.kind !== 'chain') throw new Error('no chain');
    const pictures = new Map([[chain, { fileId: 'F1', alt: `DNS ok, <!channel> ${'x'.repeat(3000)}` }]]);
    const { blocks } = renderSlack(EVERYTHING, KEY, pictures);
    expect(blocks[2]).toMatchObject({
      type: 'image',
      slack_file: { id: 'F1' },
      alt_text: expect.stringMatching(/^DNS ok, &lt;!channel&gt; x+…$/),
    });
    expect(JSON.stringify(blocks)).not.toContain('→ registry');
    checkBlocks(JSON.parse(JSON.stringify(blocks)), () => 'id');
  });

  test('is taken by Slack whatever the answer holds', () => {
    fc.assert(
      fc.property(anyAnswer, (any) => {
        const message = renderSlack(any, KEY);
        let id = 0;
        checkBlocks(JSON.parse(JSON.stringify(message.blocks)), () => `block-${++id}`);
        expect(message.text.length).toBeLessThanOrEqual(4000);
        expect(message.blocks.at(-1)).toMatchObject({ type: 'actions' });
      }),
      { numRuns: 300 },
    );
  });

  test('lets nothing foreign mention, link or leave its code block', () => {
    fc.assert(
      fc.property(anyAnswer, (any) => {
        const { text: short, blocks } = renderSlack(any, KEY);
        for (const drawn of [short, ...blocks.map((block) => JSON.stringify(block))]) {
          const shown = drawn.replace(TIME, '');
          expect(shown).not.toMatch(/[<]/);
          expect(shown.replaceAll(/&(?:amp|lt|gt);/g, '')).not.toContain('&');
          expect([1, 3]).toContain(shown.split('```').length);
        }
        expect(JSON.stringify(blocks)).not.toContain('"verbatim":false');
      }),
      { numRuns: 300 },
    );
  });

  test('cuts what is too long in sight, and says how much is missing', () => {
    const rows = Array.from({ length: 400 }, (_, n) => ({
      mark: 'fail' as const,
      name: `n${n}`,
      text: 'x'.repeat(100),
    }));
    const shown = JSON.stringify(renderSlack(answer('fail', 'many', { kind: 'rows', rows }), KEY));
    expect(shown).toMatch(/… and \d+ more/);
    const lines = JSON.stringify(renderSlack(answer('fail', 'long', code('line\n'.repeat(5000))), KEY));
    expect(lines).toMatch(/… and \d+ more lines/);
  });
});

describe('escapeSlack', () => {
  test('leaves no fence, however many backticks there are', () => {
    fc.assert(fc.property(fc.nat(50), (count) => expect(escapeSlack('`'.repeat(count))).not.toContain('```')));
  });

  test('loses no character', () => {
    fc.assert(
      fc.property(foreign, (words) => {
        const back = escapeSlack(words).replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
        expect(back.replaceAll('\u200b', '')).toBe(words.replaceAll('\u200b', ''));
      }),
    );
  });
});

describe('readButton', () => {
  test('reads what renderSlack wrote into a button', () => {
    const value = fc.string({ maxLength: 300 });
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z-]{1,40}$/), value, value, (action, own, key) => {
        const drawn = renderSlack(
          answer('info', 'x', text('y'), buttons({ label: 'Go', action, value: own, style: 'plain' })),
          key,
        ).blocks.at(-1);
        const [button] = drawn?.type === 'actions' ? drawn.elements : [];
        if (button?.type !== 'button') throw new Error('no button');
        expect(readButton(button.action_id ?? '', button.value)).toEqual({ action, key, value: own });
      }),
    );
  });

  test.each([
    ['another app’s button', 'approve', '["k","v"]'],
    ['no value', 'registrar:status-again:0', undefined],
    ['no JSON', 'registrar:status-again:0', 'lab'],
    ['JSON of another form', 'registrar:status-again:0', '{"key":"k"}'],
    ['numbers', 'registrar:status-again:0', '[1,2]'],
  ])('%s is none of ours', (_, id, value) => {
    expect(readButton(id, value)).toBeUndefined();
  });

  test('never throws', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (id, value) => {
        expect(() => readButton(id, value)).not.toThrow();
        expect(() => readButton('registrar:x:0', value)).not.toThrow();
      }),
    );
  });
});
