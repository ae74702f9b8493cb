import { elsewhere, isHeard } from '../../src/chat/channels.js';
import { request } from './requests.js';

test('where nothing is said of channels, every one is heard', () => {
  expect(isHeard(request('status'), undefined)).toBe(true);
});

test('else those that are named, direct messages, and the terminal', () => {
  expect(isHeard(request('status'), ['C1'])).toBe(true);
  expect(isHeard(request('status'), ['C2'])).toBe(false);
  expect(isHeard(request('status', { direct: true }), ['C2'])).toBe(true);
  const terminal = { platform: 'terminal', channel: 'x', person: 'ana' } as const;
  expect(isHeard(request('status', { replyTo: terminal }), ['C2'])).toBe(true);
});

test('who asks elsewhere is told so, alone', () => {
  expect(elsewhere()).toMatchObject({ mark: 'warn', quiet: true });
});
