import { checkBlocks, checkView } from './block-kit.js';
import { ApiError, isObj, type Obj } from './types.js';

const newId = (): string => 'id';
const plain = (text: string): Obj => ({ type: 'plain_text', text });
const mrkdwn = (text: string): Obj => ({ type: 'mrkdwn', text });
const section = (text: string): Obj => ({ type: 'section', text: mrkdwn(text) });
const button = (text: string, more: Obj = {}): Obj => ({ type: 'button', text: plain(text), ...more });
const actions = (...elements: Obj[]): Obj => ({ type: 'actions', elements });
const table = (rows = 1): Obj => ({
  type: 'table',
  rows: Array.from({ length: rows }, () => [{ type: 'raw_text', text: 'x' }]),
});
const x = (n: number): string => 'x'.repeat(n);

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const meta = isObj(error.extra.response_metadata) ? error.extra.response_metadata.messages : [];
    return [error.code, ...(Array.isArray(meta) ? meta : [])].join(' ');
  }
  return 'ok';
}

const option = (value: string): Obj => ({ text: plain(value), value });
const ok: [string, Obj[]][] = [
  ['fifty blocks', Array.from({ length: 50 }, () => section('x'))],
  ['3000 characters', [section(x(3000))]],
  ['fields', [{ type: 'section', fields: [mrkdwn('a'), plain('b')] }]],
  [
    'all kinds',
    [{ type: 'header', text: plain('h') }, { type: 'divider' }, { type: 'markdown', text: '# x' }, table()],
  ],
  ['context', [{ type: 'context', elements: [mrkdwn('a'), { type: 'image', image_url: 'https://x', alt_text: 'x' }] }]],
  ['verbatim', [{ type: 'section', text: { type: 'mrkdwn', text: 'x', verbatim: true } }]],
  ['select', [actions({ type: 'static_select', options: [option('a')], placeholder: plain('pick') })]],
  ['overflow', [{ ...section('x'), accessory: { type: 'overflow', options: [option('a')] } }]],
];
test.each(ok)('takes %s', (_, blocks) => {
  expect(refusal(() => checkBlocks(blocks, newId))).toBe('ok');
});

const tooMany = 'no more than 50 items allowed [json-pointer:/blocks]';
const bad: [string, Obj[], string][] = [
  ['51 blocks', Array.from({ length: 51 }, () => section('x')), tooMany],
  ['3001 characters', [section(x(3001))], 'must be less than 3001 characters [json-pointer:/blocks/0/text/text]'],
  ['empty text', [section('')], 'must be more than 0 characters [json-pointer:/blocks/0/text/text]'],
  ['no text', [{ type: 'section' }], 'missing required field: text [json-pointer:/blocks/0]'],
  [
    '76 in a button',
    [actions(button(x(76)))],
    'must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]',
  ],
  [
    'a button value of 2001',
    [actions(button('x', { value: x(2001) }))],
    'must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]',
  ],
  [
    'a duplicate action_id',
    [actions(button('a', { action_id: 'x' }), button('b', { action_id: 'x' }))],
    '`action_id` "x" already exists [json-pointer:/blocks/0/elements/1/action_id]',
  ],
  [
    'a duplicate block_id',
    [
      { ...section('a'), block_id: 'x' },
      { ...section('b'), block_id: 'x' },
    ],
    '`block_id` "x" already exists [json-pointer:/blocks/1/block_id]',
  ],
  [
    'a header of mrkdwn',
    [{ type: 'header', text: mrkdwn('x') }],
    'must be a valid enum value [json-pointer:/blocks/0/text/type]',
  ],
  ['an unknown block', [{ type: 'fancy' }], 'unsupported type: fancy [json-pointer:/blocks/0/type]'],
  [
    'a foreign property',
    [{ ...section('x'), colour: 1 }],
    'invalid additional property: colour [json-pointer:/blocks/0]',
  ],
  [
    'an input in actions',
    [actions({ type: 'plain_text_input' })],
    'unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]',
  ],
  ['26 buttons', [actions(...Array.from({ length: 26 }, () => button('x')))], '[json-pointer:/blocks/0/elements]'],
  [
    'eleven in a context',
    [{ type: 'context', elements: Array.from({ length: 11 }, () => mrkdwn('x')) }],
    'no more than 10 items allowed [json-pointer:/blocks/0/elements]',
  ],
  [
    'a style nobody knows',
    [actions(button('x', { style: 'loud' }))],
    'must be a valid enum value [json-pointer:/blocks/0/elements/0/style]',
  ],
  [
    'a picture with both addresses of its file',
    [{ type: 'image', slack_file: { id: 'F1', url: 'https://x' }, alt_text: 'x' }],
    'must provide either `id` or `url` [json-pointer:/blocks/0/slack_file]',
  ],
  [
    'a picture without words',
    [{ type: 'image', slack_file: { id: 'F1' } }],
    'missing required field: alt_text [json-pointer:/blocks/0]',
  ],
  ['101 rows', [table(101)], 'no more than 100 items allowed [json-pointer:/blocks/0/rows]'],
];
test.each(bad)('refuses %s', (_, blocks, message) => {
  const said = refusal(() => checkBlocks(blocks, newId));
  expect(said).toMatch(/^invalid_blocks \[ERROR\] /);
  expect(said).toContain(message);
});

test('refusals with codes of their own', () => {
  expect(refusal(() => checkBlocks('x', newId))).toBe('invalid_blocks_format');
  expect(refusal(() => checkBlocks([table(), table()], newId))).toBe(
    'invalid_attachments [ERROR] only_one_table_allowed',
  );
  const long = Array.from({ length: 5 }, () => section(x(2700)));
  expect(refusal(() => checkBlocks(long, newId))).toBe('msg_blocks_too_long');
});

test('ids are filled in', () => {
  const [block] = checkBlocks([actions(button('x'))], newId);
  expect(block).toMatchObject({ block_id: 'id', elements: [{ action_id: 'id' }] });
});

const input = { type: 'input', label: plain('l'), element: { type: 'plain_text_input' } };
const modal = (more: Obj): Obj => ({ type: 'modal', title: plain('t'), blocks: [], ...more });
const views: [string, Obj, string][] = [
  ['a good modal', modal({ submit: plain('Go'), blocks: [input] }), 'ok'],
  ['a long title', modal({ title: plain(x(25)) }), 'must be less than 25 characters [json-pointer:/view/title/text]'],
  ['an input without submit', modal({ blocks: [input] }), 'missing required field: submit [json-pointer:/view]'],
  ['much private_metadata', modal({ private_metadata: x(3001) }), '[json-pointer:/view/private_metadata]'],
  ['101 blocks', modal({ blocks: Array.from({ length: 101 }, () => ({ type: 'divider' })) }), 'no more than 100 items'],
  ['a markdown block', modal({ blocks: [{ type: 'markdown', text: 'x' }] }), 'unsupported type: markdown'],
];
test.each(views)('a view: %s', (_, view, said) => {
  expect(refusal(() => checkView(view, newId))).toContain(said);
});
