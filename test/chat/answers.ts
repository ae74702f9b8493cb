import fc from 'fast-check';
import { type Answer, type AnswerPart, answer, buttons, code, footer, text } from '../../src/chat/answer.js';

/** One answer with every kind of part: what a renderer must not lose. */
export const EVERYTHING: Answer = answer(
  'fail',
  'lab: the registry is down',
  text('first line\nsecond line'),
  {
    kind: 'chain',
    links: [
      { name: 'DNS', mark: 'pass' },
      { name: 'registry', mark: 'fail' },
      { name: 'storage', mark: 'skipped' },
    ],
  },
  {
    kind: 'rows',
    rows: [
      { mark: 'fail', name: 'service', text: 'registry is stopped', fix: 'gitlab-ctl start registry' },
      { mark: 'warn', name: 'storage', text: '93 % full' },
      { mark: 'info', name: 'realm', text: 'as configured' },
    ],
  },
  {
    kind: 'timeline',
    from: Date.UTC(2026, 2, 1, 12),
    to: Date.UTC(2026, 2, 1, 13),
    slots: [
      { mark: 'pass', ms: 100 },
      { mark: 'warn', ms: 800 },
      { mark: 'skipped' },
      { mark: 'fail' },
      { mark: 'fail' },
      { mark: 'pass', ms: 120 },
    ],
  },
  { kind: 'facts', facts: [{ label: 'because', text: 'nothing listens' }] },
  { kind: 'evidence', lines: [{ line: 14, text: 'unauthorized: HTTP Basic: Access denied' }] },
  code('gitlab-ctl status\ngitlab-ctl tail registry'),
  { kind: 'link', label: 'Sign in at GitLab', url: 'https://registrar.example.com/link/-o_-' },
  { kind: 'file', name: 'rotation-1234.csv', text: 'kind,path\nproject,shop/api\n' },
  buttons(
    { label: 'Re-check', action: 'status-again', value: 'lab', style: 'primary' },
    { label: 'Details', action: 'status-details', value: 'lab', style: 'plain' },
  ),
  footer('checked in 0.8 s'),
);

/** Every word that a reader must find of {@link EVERYTHING}. */
export const WORDS = [
  'lab: the registry is down',
  'first line',
  'second line',
  'DNS',
  'storage',
  'registry is stopped',
  'gitlab-ctl start registry',
  '93 % full',
  'as configured',
  '2026-03-01 12:00 UTC',
  '2026-03-01 13:00 UTC',
  'worked in 60 % of 5 slots',
  '2 broken, the last at 2026-03-01 12:40 UTC',
  'answered in 120 ms (median), 800 ms at most',
  'because',
  'nothing listens',
  'line 14',
  'unauthorized: HTTP Basic: Access denied',
  'gitlab-ctl tail registry',
  'Sign in at GitLab',
  'https://registrar.example.com/link/-o_-',
  'rotation-1234.csv',
  'Re-check',
  'Details',
  'checked in 0.8 s',
];

const mark = fc.constantFrom('pass', 'warn', 'fail', 'skipped', 'info', 'running' as const);
/** What a log, a project's name or GitLab may put into an answer. */
export const foreign = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '<!channel>',
        '<@U024BE7LH>',
        '```',
        '``',
        '*',
        '_',
        '\u001b[2J',
        '\r',
        '\n',
        '\0',
        '&lt;',
        '@here',
      ),
      fc.integer({ min: 0, max: 5000 }).map((length) => '<'.repeat(length)),
      fc.integer({ min: 0, max: 5000 }).map((length) => '&*'.repeat(length)),
    ),
    { maxLength: 4 },
  )
  .map((parts) => parts.join(''));
const name = fc.oneof(foreign, fc.constant('service'));

export const anyChain = fc.record({
  kind: fc.constant('chain' as const),
  links: fc.array(fc.record({ name, mark }), { minLength: 1, maxLength: 8 }),
});
export const anyTimeline = fc.record({
  kind: fc.constant('timeline' as const),
  from: fc.maxSafeInteger(),
  to: fc.maxSafeInteger(),
  slots: fc.array(
    fc.record({ mark, ms: fc.double({ noNaN: true, noDefaultInfinity: true }) }, { requiredKeys: ['mark'] }),
    { maxLength: 200 },
  ),
});

const part: fc.Arbitrary<AnswerPart> = fc.oneof(
  foreign.map(text),
  foreign.map(code),
  foreign.map(footer),
  anyChain,
  anyTimeline,
  fc
    .array(fc.record({ mark, name, text: foreign, fix: foreign }), { maxLength: 20 })
    .map((rows): AnswerPart => ({ kind: 'rows', rows })),
  fc
    .array(fc.record({ label: name, text: foreign }), { maxLength: 6 })
    .map((facts): AnswerPart => ({ kind: 'facts', facts })),
  fc
    .array(fc.record({ line: fc.nat(), text: foreign }), { maxLength: 20 })
    .map((lines): AnswerPart => ({ kind: 'evidence', lines })),
  fc.record({ kind: fc.constant('file' as const), name, text: foreign }),
);

/** Any answer, as hostile as the logs it quotes; its buttons are our own words. */
export const anyAnswer: fc.Arbitrary<Answer> = fc
  .tuple(mark, foreign, fc.array(part, { maxLength: 8 }))
  .map(([mark, title, parts]) =>
    answer(mark, title, ...parts, buttons({ label: 'Go', action: 'status-again', value: 'lab', style: 'plain' })),
  );
