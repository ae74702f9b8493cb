import fc from 'fast-check';
import { unrewrite } from '../../../src/chat/slack/unrewrite.js';
import { escapeText } from '../../lab/slack/typing.js';

describe('unrewrite', () => {
  test.each([
    ['<https://registry.example.com/v2/>', 'https://registry.example.com/v2/'],
    ['<http://registry.example.com|registry.example.com>', 'registry.example.com'],
    ['<https://r.example.com/v2/?a=1&amp;b=2>', 'https://r.example.com/v2/?a=1&b=2'],
    ['<mailto:ana@example.com|ana@example.com>', 'ana@example.com'],
    ['<mailto:ana@example.com>', 'ana@example.com'],
    ['<@U024BE7LH|ana>', '@ana'],
    ['<@U024BE7LH>', '@U024BE7LH'],
    ['<#C024BE7LR|ops>', '#ops'],
    ['<#C024BE7LR|>', '#C024BE7LR'],
    ['<!subteam^S012|@team>', '!team'],
    ['<!here>', '!here'],
    ['a &lt;b&gt; &amp;&amp; c', 'a <b> && c'],
    ['&amp;lt;', '&lt;'],
    ['<not a link>', '<not a link>'],
  ])('%j was typed as %j', (received, typed) => {
    expect(unrewrite(received)).toBe(typed);
  });

  test('undoes Slack’s escaping of any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => expect(unrewrite(escapeText(text))).toBe(text)));
  });

  test('takes any text, also what Slack never sends', () => {
    const markup = fc.array(fc.constantFrom('<', '>', '|', '@', '#', '!', '&', 'amp;', 'https://', 'U1', ' ', '\n'));
    fc.assert(fc.property(markup, (parts) => expect(typeof unrewrite(parts.join(''))).toBe('string')));
  });
});
