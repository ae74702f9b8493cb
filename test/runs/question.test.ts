import type { AnyJob } from '../../src/queue/jobs.js';
import { questionOf } from '../../src/runs/question.js';

const person = (id: string) => ({
  requestId: `of ${id}`,
  person: { platform: 'slack' as const, id },
  replyTo: { platform: 'slack' as const, channel: `C ${id}`, person: id },
  useBy: id.length,
  asked: `of ${id}`,
});
const look = (id: string, more = {}): AnyJob => ({ ...person(id), task: 'look', ...more }) as AnyJob;

test('the same question has one name, whoever asks it, and whichever lines they want of it', () => {
  expect(questionOf('status', look('ana', { instance: 'lab', all: true }))).toBe(
    questionOf('status', look('bob', { all: true, instance: 'lab', lines: 'tls' })),
  );
});

test('another question has another', () => {
  const all = [
    questionOf('status', look('ana')),
    questionOf('status', look('ana', { instance: 'lab' })),
    questionOf('status', look('ana', { instance: 'lab', all: true })),
    questionOf('config', look('ana', { instance: 'lab' })),
  ];
  expect(new Set(all).size).toBe(all.length);
});

test('what is shown by the rights of who asks, changes something, or edits one message, is asked by each alone', () => {
  expect(questionOf('audit', look('ana'))).toBeUndefined();
  expect(questionOf('rotation', { ...person('ana'), step: 'plan', project: 'shop/api' } as AnyJob)).toBeUndefined();
  expect(questionOf('doctor', { ...person('ana'), task: 'repair', message: 'm' } as AnyJob)).toBeUndefined();
  expect(questionOf('status', look('ana', { message: 'the message' }))).toBeUndefined();
});
