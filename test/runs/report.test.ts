import { answer, footer, text } from '../../src/chat/answer.js';
import { jobsAnswer, runAnswer, withRun } from '../../src/runs/report.js';
import type { Run } from '../../src/runs/run.js';

const RUN: Run = {
  id: '1f0c9a7e',
  queue: 'status',
  asked: 'status lab',
  people: [{ platform: 'slack', id: 'UANA' }],
  begun: Date.UTC(2026, 0, 2, 3, 4, 5),
  attempts: 1,
  calls: [],
  made: 0,
  said: [],
};

describe('the id of the run', () => {
  test('stands in the small print, behind what stood there', () => {
    expect(withRun(answer('pass', 'works', text('x'), footer('looked at 3 hosts')), '1f0c9a7e').parts).toEqual([
      text('x'),
      footer('looked at 3 hosts · run 1f0c9a7e'),
    ]);
    expect(withRun(answer('pass', 'works'), '1f0c9a7e').parts).toEqual([footer('run 1f0c9a7e')]);
  });

  test('nothing stands there where no run is', () => {
    const said = answer('pass', 'works');
    expect(withRun(said, undefined)).toBe(said);
  });
});

describe('what is under way', () => {
  test('each with its run, its state and since when; what may be given up has its button', () => {
    const said = jobsAnswer(
      [
        { run: '1f0c9a7e', asked: 'status lab', is: 'running', at: 40_000, said: 'looking', mayCancel: true },
        {
          run: '2f0c9a7e',
          asked: 'rotate-token shop/api',
          is: 'put-off',
          at: 400_000,
          mayCancel: false,
          by: 'slack U2',
        },
      ],
      100_000,
    );
    expect(said).toMatchObject({ mark: 'info', title: '2 requests under way' });
    expect(said.parts[0]).toEqual({
      kind: 'rows',
      rows: [
        { mark: 'running', name: 'status lab', text: 'run 1f0c9a7e runs since 60 s · looking' },
        {
          mark: 'skipped',
          name: 'rotate-token shop/api',
          text: 'run 2f0c9a7e is tried again in 5 min · by slack U2',
        },
      ],
    });
    const labels = said.parts.flatMap((part) =>
      part.kind === 'buttons' ? part.buttons.map(({ label }) => label) : [],
    );
    expect(labels).toEqual(['Look again', 'Cancel 1f0c9a7e: status lab']);
  });

  test('nothing is said to be nothing, with what has just happened above it', () => {
    const said = jobsAnswer([], 1, 'Run 1f0c9a7e is cancelled.');
    expect(said).toMatchObject({ mark: 'info', title: 'Nothing is under way' });
    expect(said.parts[0]).toEqual(text('Run 1f0c9a7e is cancelled.'));
  });

  test('of very many the first are shown, and the number of the others', () => {
    const many = Array.from({ length: 40 }, (_, at) => ({
      ...{ run: '1f0c9a7e', asked: 'status', is: 'waiting' as const, at, mayCancel: true },
    }));
    const said = jobsAnswer(many, 1_000);
    expect(said.parts).toContainEqual(text('and 25 more'));
  });
});

describe('a run', () => {
  test('that has ended: what was asked, how long it took, what it said, and every call', () => {
    const said = runAnswer({
      ...RUN,
      ended: RUN.begun + 1_234,
      ending: 'done',
      attempts: 2,
      said: [{ at: RUN.begun + 1_200, mark: 'pass', title: 'lab works' }],
      calls: [{ part: 'gitlab', what: 'GET /api/v4/version', came: '200', ms: 7 }],
      made: 3,
    });
    expect(said).toMatchObject({ mark: 'pass', title: 'Run 1f0c9a7e is done' });
    expect(said.parts).toEqual([
      {
        kind: 'facts',
        facts: [
          { label: 'asked', text: '/registry status lab' },
          { label: 'begun', text: '2026-01-02 03:04 UTC' },
          { label: 'took', text: '1.2 s' },
          { label: 'attempts', text: '2' },
        ],
      },
      { kind: 'rows', rows: [{ mark: 'pass', name: '2026-01-02 03:04 UTC', text: 'lab works' }] },
      text('It asked 3 things of GitLab, the registry and the hosts:'),
      {
        kind: 'file',
        name: 'run-1f0c9a7e.txt',
        text: 'gitlab         200      7 ms  GET /api/v4/version\nand 2 more\n',
      },
    ]);
  });

  test('that is under way, that asked nothing, or that ended badly, says so', () => {
    expect(runAnswer(RUN)).toMatchObject({ mark: 'running', title: 'Run 1f0c9a7e is under way' });
    expect(JSON.stringify(runAnswer(RUN))).toContain('when it has ended');
    const ended = { ...RUN, ended: RUN.begun + 1 };
    expect(JSON.stringify(runAnswer({ ...ended, ending: 'done' }))).toContain('asked nothing of the world');
    for (const [ending, words] of [
      ['failed', 'failed'],
      ['fault', 'met a fault of Registrar'],
      ['expired', 'became too old before it could be done'],
      ['cancelled', 'was cancelled'],
      ['put-off', 'waits to be tried again'],
    ] as const)
      expect(runAnswer({ ...ended, ending }).title).toBe(`Run 1f0c9a7e ${words}`);
  });
});
