import fc from 'fast-check';
import { answer, code, text } from '../../../src/chat/answer.js';
import { renderMattermost } from '../../../src/chat/mattermost/render.js';
import { anyAnswer, EVERYTHING, WORDS } from '../answers.js';

const integration = ({ action, value }: { action: string; value: string }) => ({
  url: 'http://registrar.internal:8080/chat/mattermost/action',
  context: { sealed: `${action} ${value}` },
});
const render = (...given: Parameters<typeof renderMattermost> extends [infer A, ...unknown[]] ? [A] : never) =>
  renderMattermost(given[0], integration);

test('draws every part of an answer', () => {
  const { message, props } = render(EVERYTHING);
  const shown = message.replaceAll('\\', '').replaceAll('\u200b', '') + JSON.stringify(props);
  for (const words of WORDS) expect(shown).toContain(words);
});

test('says each mark as a word too: colour is never the only sign', () => {
  expect(render(EVERYTHING).message).toContain(
    [
      '- ✘ FAILED **service** registry is stopped',
      '  → `gitlab-ctl start registry`',
      '- ⚠ warning **storage** 93 % full',
      '- **realm** as configured',
    ].join('\n'),
  );
});

test('a button carries what it does, sealed by whoever sends it; its id is letters and digits', () => {
  expect(render(EVERYTHING).props.attachments).toEqual([
    {
      fallback: 'Re-check, Details',
      actions: [
        {
          id: 'a0',
          type: 'button',
          name: 'Re-check',
          style: 'primary',
          integration: integration({ action: 'status-again', value: 'lab' }),
        },
        {
          id: 'a1',
          type: 'button',
          name: 'Details',
          style: 'default',
          integration: integration({ action: 'status-details', value: 'lab' }),
        },
      ],
    },
  ]);
  expect(render(answer('info', 'x')).props).toEqual({ attachments: [] });
});

test('whatever the answer holds: the server takes it, and nobody is pinged', () => {
  fc.assert(
    fc.property(anyAnswer, (any) => {
      const { message } = render(any);
      expect([...message].length).toBeLessThanOrEqual(16_383);
      const outside = message.replace(/(`{3,})\n[\s\S]*?\n\1/g, '').replace(/`[^`\n]*`/g, '');
      expect(outside).not.toMatch(/@[a-z]/i);
    }),
    { numRuns: 300 },
  );
});

test('cuts what is too long in sight, and says how much is missing', () => {
  const rows = Array.from({ length: 400 }, (_, n) => ({ mark: 'fail' as const, name: `n${n}`, text: 'x'.repeat(100) }));
  expect(render(answer('fail', 'many', { kind: 'rows', rows })).message).toMatch(/… and \d+ more/);
  expect(render(answer('fail', 'long', code('line\n'.repeat(5000)))).message).toMatch(/… and \d+ more\n```/);
});

test('a link of ours is one, with whatever address', () => {
  const link = { kind: 'link' as const, label: 'Sign in', url: 'https://r.example.com/link/a)b' };
  expect(render(answer('info', 'x', link, text('y'))).message).toContain('[Sign in](https://r.example.com/link/a%29b)');
});
