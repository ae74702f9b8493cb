import { COMMANDS } from '../../commands/index.js';
import type { Outcome } from '../../src/chat/command.js';
import { decide, decideAction } from '../../src/chat/desk.js';
import { action, request } from './requests.js';

const said = (outcome: Outcome): string => (outcome.is === 'answer' ? JSON.stringify(outcome.answer) : outcome.is);

describe('decide', () => {
  test('nothing at all is a question for help', () => {
    expect(decide(request('  '), COMMANDS)).toEqual({ is: 'help' });
  });

  test('a command’s name may be in capitals, and curled quotes still keep words together', () => {
    expect(decide(request('Rotate-Token shop/api “ci push”'), COMMANDS)).toMatchObject({
      is: 'job',
      data: { step: 'plan', project: 'shop/api', token: 'ci push' },
    });
  });

  test('an unknown word is answered with the nearest command and how it is used, to the asker only', () => {
    const outcome = decide(request('rotat-token shop/api'), COMMANDS);
    expect(outcome).toMatchObject({ is: 'answer', answer: { mark: 'warn', quiet: true } });
    expect(said(outcome)).toContain('/registry rotate-token PATH [TOKEN] [--reveal]');
    expect(said(outcome)).not.toContain('/registry status');
  });

  test('a word that is like none is answered with all commands, and shown shortened', () => {
    const outcome = decide(request('z'.repeat(5000)), COMMANDS);
    for (const { name } of COMMANDS) expect(said(outcome)).toContain(`/registry ${name}`);
    expect(said(outcome).length).toBeLessThan(1_000);
  });

  test('a log without a command’s name is diagnosed', () => {
    const log = { kind: 'text' as const, text: 'denied', leaked: [] };
    expect(decide(request('whatever it was', { log }), COMMANDS)).toMatchObject({ queue: 'diagnosis', data: { log } });
  });

  test('wrong arguments are answered with what is wrong and the usage', () => {
    const text = said(decide(request('status two words'), COMMANDS));
    expect(text).toContain('status: it takes the name of an instance at most');
    expect(text).toContain('/registry status [INSTANCE]');
  });
});

describe('decideAction', () => {
  test('a button of this version does its command’s work', () => {
    expect(decideAction(action('status-again', 'lab'), COMMANDS)).toMatchObject({
      queue: 'status',
      data: { instance: 'lab', message: 'message-1' },
    });
  });

  test('a button of another version is told, and does nothing', () => {
    expect(said(decideAction(action('drop-everything', 'lab'), COMMANDS))).toContain('another version of Registrar');
  });

  test('no two commands claim one button', () => {
    const names = COMMANDS.flatMap(({ actions }) => Object.keys(actions ?? {}));
    expect(names).toEqual([...new Set(names)]);
  });
});
