import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text as textOf } from 'node:stream/consumers';
import { answer, buttons } from '../../../src/chat/answer.js';
import type { Form, Submission } from '../../../src/chat/form.js';
import type { Handlers } from '../../../src/chat/port.js';
import type { ChatAction, ChatRequest } from '../../../src/chat/request.js';
import { TerminalChat } from '../../../src/chat/terminal/chat.js';

const dir = mkdtempSync(join(tmpdir(), 'registrar-terminal-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const FORM: Form = {
  id: 'log',
  title: 'Diagnose',
  submit: 'Go',
  context: 'about',
  fields: [
    {
      id: 'cause',
      kind: 'choice',
      label: 'Which',
      groups: [{ label: 'network', choices: [{ value: 'dns-failure', label: 'no address' }] }],
    },
    { id: 'text', kind: 'text', label: 'The log', multiline: true, maxLength: 3000 },
    { id: 'file', kind: 'file', label: 'Or a file', optional: true },
  ],
};

/** A conversation: what is typed, what reaches the desk, what is printed. The desk answers by itself. */
async function converse(...lines: string[]) {
  const input = new PassThrough();
  const output = new PassThrough();
  const chat = new TerminalChat({ input, output, interactive: false, color: false, person: 'ana', words: ['status'] });
  const requests: ChatRequest[] = [];
  const actions: ChatAction[] = [];
  const submissions: Submission[] = [];
  let sequence = 0;
  const deliver = (key: string, said: string, offers = false) =>
    chat.deliver({
      address: { platform: 'terminal', channel: chat.session, person: 'ana' },
      key,
      sequence: ++sequence,
      answer: answer(
        'pass',
        said,
        ...(offers ? [buttons({ label: 'Rotate', action: 'rotate-run', value: 'plan-1', style: 'danger' })] : []),
      ),
    });
  const handlers: Handlers = {
    async request(request) {
      requests.push(request);
      if (request.text === 'help') await chat.tell(request.replyTo, answer('info', 'what can be asked'));
      else if (request.text === 'diagnose' && request.log === undefined) return FORM;
      else await deliver(request.id, `answer to ${request.text}`, request.text === 'plan');
      return 'done';
    },
    async action(action) {
      actions.push(action);
      await deliver(action.message, `${action.action} done`);
      return 'done';
    },
    submit: (submission) => ({
      async carryOut() {
        submissions.push(submission);
        await deliver(submission.id, `took ${submission.form}`);
        return 'done';
      },
    }),
  };
  input.end(lines.map((line) => `${line}\n`).join(''));
  await chat.converse(handlers);
  await chat.stop();
  output.end();
  return { requests, actions, submissions, printed: await textOf(output) };
}

describe('a conversation in the terminal', () => {
  test('takes each line as a command, with or without /registry, and prints each answer', async () => {
    const { requests, printed } = await converse('status', '', '/registry status lab', 'help', 'exit', 'never read');
    expect(requests.map(({ text }) => text)).toEqual(['status', 'status lab', 'help']);
    expect(requests[0]).toMatchObject({ person: { platform: 'terminal', id: 'ana' } });
    expect(printed).toBe('✔ answer to status\n\n✔ answer to status lab\n\n· what can be asked\n\n');
  });

  test('asks a form’s questions one by one; a text of several lines ends with a dot alone', async () => {
    const { requests, submissions, printed } = await converse(
      'diagnose',
      'dns-failure',
      'denied',
      '',
      'x',
      '.',
      'status',
    );
    expect(printed).toContain('Which.\n  network: dns-failure\n');
    expect(printed).toContain('The log. A line with . alone ends it.\n');
    expect(printed).toContain('✔ took log');
    expect(submissions).toMatchObject([
      { form: 'log', context: 'about', values: { cause: 'dns-failure', text: 'denied\n\nx' }, person: { id: 'ana' } },
    ]);
    expect(requests.map(({ text }) => text)).toEqual(['diagnose', 'status']);
  });

  test('reads a log from a file; of a long one the beginning and the end', async () => {
    const path = join(dir, 'job.log');
    writeFileSync(path, `first line\n${'x'.repeat(3_000_000)}\nlast line\n`);
    const { requests } = await converse(`diagnose ${path}`);
    const log = requests[0]?.log;
    const text = log?.kind === 'text' ? log.text : '';
    expect(text).toMatch(/^first line\n[x\n]+\nlast line\n$/);
    expect(text.length).toBeLessThan(1_500_000);
  });

  test('takes a path that is no file as the log itself', async () => {
    const { requests } = await converse('diagnose denied: access forbidden', `diagnose ${dir}`);
    expect(requests.map(({ text, log }) => ({ text, log }))).toEqual([
      { text: 'diagnose denied: access forbidden', log: undefined },
      { text: `diagnose ${dir}`, log: undefined },
    ]);
  });

  test.each([['1'], ['rotate'], ['Rotate']])('presses a button by its number or its label: %s', async (typed) => {
    const { actions, printed } = await converse('plan', typed);
    expect(actions).toMatchObject([{ action: 'rotate-run', value: 'plan-1', person: { id: 'ana' } }]);
    expect(printed).toContain('✔ rotate-run done');
  });

  test('a button can be pressed until its message has changed', async () => {
    const { actions, requests } = await converse('plan', 'Rotate', 'Rotate');
    expect(actions).toHaveLength(1);
    expect(requests.at(-1)?.text).toBe('Rotate');
  });
});

describe('an answer', () => {
  test('that comes late never overwrites a later one', async () => {
    const output = new PassThrough();
    const chat = new TerminalChat({
      input: new PassThrough(),
      output,
      interactive: false,
      color: false,
      person: 'ana',
      words: [],
    });
    const address = { platform: 'terminal', channel: chat.session, person: 'ana' } as const;
    await chat.deliver({ address, key: 'k', sequence: 2, answer: answer('pass', 'final') });
    await chat.deliver({ address, key: 'k', sequence: 1, answer: answer('pass', 'late') });
    output.end();
    expect(await textOf(output)).toBe('✔ final\n\n');
  });
});
