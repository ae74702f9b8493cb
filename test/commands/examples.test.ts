import { readdirSync } from 'node:fs';
import { COMMANDS } from '../../commands/index.js';
import type { Outcome } from '../../src/chat/command.js';
import { decide } from '../../src/chat/desk.js';
import { JOBS } from '../../src/queue/jobs.js';
import { request } from '../chat/requests.js';

describe('the commands', () => {
  test('are the files of commands/, each named after its command', () => {
    const files = readdirSync(new URL('../../commands/', import.meta.url))
      .filter((name) => name !== 'index.ts')
      .map((name) => name.replace(/\.ts$/, ''));
    expect(COMMANDS.map(({ name }) => name).sort()).toEqual(files.sort());
  });

  test.each(COMMANDS)('$name says what it is for, in one line without a full stop', ({ summary, examples }) => {
    expect(summary).toMatch(/^[^\n]{5,80}[^.\n]$/);
    expect(examples.length).toBeGreaterThan(0);
  });
});

const EXAMPLES = COMMANDS.flatMap(({ name, examples }) => examples.map((example) => ({ name, ...example })));

describe('an example', () => {
  test.each(EXAMPLES)('/registry $says', ({ says, queues, answers, asks, links, helps }) => {
    const outcome = decide(request(says), COMMANDS);
    expect(kindOf(outcome)).toEqual(
      queues !== undefined
        ? { queues }
        : asks !== undefined
          ? { asks }
          : links !== undefined
            ? { links }
            : helps !== undefined
              ? { helps }
              : { answers: expect.stringContaining(answers ?? '?') },
    );
    if (outcome.is !== 'job') return;
    const { requestId, ...common } = { requestId: 'request-1', ...request(says), useBy: 1 };
    expect(JOBS[outcome.queue].safeParse({ requestId, ...common, ...outcome.data }).error).toBeUndefined();
  });
});

function kindOf(outcome: Outcome): object {
  if (outcome.is === 'job') return { queues: outcome.queue };
  if (outcome.is === 'link' || outcome.is === 'unlink') return { links: true };
  if (outcome.is === 'help') return { helps: true };
  return outcome.is === 'answer'
    ? { answers: JSON.stringify(outcome.answer) }
    : outcome.is === 'ask'
      ? { asks: outcome.form.id }
      : { faults: outcome.faults };
}

describe('diagnose', () => {
  test('takes the secrets out of a log before it is queued, and says which kinds there were', () => {
    const outcome = decide(request('diagnose docker login -u ci -p hunter2hunter2 r.example.com: denied'), COMMANDS);
    expect(outcome).toMatchObject({ data: { log: { kind: 'text', leaked: ['password option'] } } });
    expect(JSON.stringify(outcome)).not.toContain('hunter2');
  });

  test('keeps the lines of a log as they are', () => {
    const log = `“curled” — and\n  indented\ttabs`;
    expect(decide(request(`diagnose ${log}`), COMMANDS)).toMatchObject({ data: { log: { text: log } } });
  });
});
