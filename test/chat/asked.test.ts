import { COMMANDS } from '../../commands/index.js';
import { ASKED_MOST, askedBy } from '../../src/chat/asked.js';
import { action, request } from './requests.js';

const asked = (text: string) => askedBy(request(text), COMMANDS);

test('a command is remembered as it was typed', () => {
  expect(asked(' rotate-token   shop/api “ci push” ')).toBe('rotate-token shop/api "ci push"');
});

test('a log is not remembered, wherever it stands', () => {
  expect(asked('diagnose denied: access forbidden')).toBe('diagnose');
  expect(asked('denied: access forbidden')).toBe('diagnose');
  const log = { kind: 'text' as const, text: 'denied', leaked: [] };
  expect(askedBy(request('status', { log }), COMMANDS)).toBe('diagnose');
});

test('what looks like a secret is taken out', () => {
  expect(asked('status glpat-abcdefghijklmnopqrst')).not.toContain('glpat-abcdefghij');
});

test('a pressed button is remembered as the command it belongs to', () => {
  expect(askedBy(action('status-again', 'lab'), COMMANDS)).toBe('status');
  expect(askedBy(action('of-another-version', 'lab'), COMMANDS)).toBe('');
});

test('no more is remembered than a job takes', () => {
  expect(asked(`status ${'x'.repeat(10_000)}`)).toHaveLength(ASKED_MOST);
});
