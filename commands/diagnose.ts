import { z } from 'zod';
import type { Command, Outcome } from '../src/chat/command.js';
import type { Form } from '../src/chat/form.js';
import { fileLog, pastedLog } from '../src/chat/log.js';
import type { Log } from '../src/chat/request.js';
import { CAUSES } from '../src/diagnosis/causes/index.js';
import { redact } from '../src/secrets/redact.js';

const USE_BY_MS = 3_600_000;

const Args = z.array(z.string());

/**
 * `/registry diagnose`: names the cause of a failed log. Alone it asks for the log; text behind it is the log, or the
 * address of a job in GitLab.
 * Anybody may ask; what GitLab knows of the project is told to its members only.
 */
export const diagnose = {
  name: 'diagnose',
  usage: '[LOG|JOB-URL|--stats]',
  summary: 'why did this login, push or pull fail: paste the log, or a job’s address',
  args: Args,
  run([first], { text, log }): Outcome {
    const pasted = text.replace(/^\s*diagnose\b\s*/i, '');
    if (log !== undefined) return job(log);
    if (first === '--stats') return { is: 'job', queue: 'feedback', data: { task: 'stats' }, useByMs: USE_BY_MS };
    if (pasted.trim() === '') return { is: 'ask', form: LOG_FORM };
    return job(pastedLog(pasted));
  },
  actions: {
    /** "That was it": counted, so that `--stats` can tell how often a cause was right. */
    'diagnosis-right': ({ value }) => verdict(value, { right: true }),
    'diagnosis-wrong': ({ value }) => ({ is: 'ask', form: correctionForm(value) }),
    /** The log is not kept whole: what is looked at again is the outside world. */
    'diagnosis-again': ({ value, message }) => ({
      is: 'job',
      queue: 'diagnosis',
      data: { task: 'again', id: value, message },
      useByMs: USE_BY_MS,
    }),
  },
  forms: {
    log({ person, values: { text = '' }, file }): Outcome {
      if (file !== undefined) return job(fileLog(person.platform, file.id, file.name));
      if (text.trim() === '') return { is: 'again', faults: { text: 'Paste the log here, or upload it below.' } };
      return job(pastedLog(text));
    },
    'diagnosis-correction'({ context, values: { cause = '', words = '' } }): Outcome {
      if (!CAUSES.some(({ id }) => id === cause)) return { is: 'again', faults: { cause: 'Choose one of the list.' } };
      return verdict(context, { right: false, cause, words: redact(words).text.slice(0, 1_000) });
    },
  },
  examples: [
    { says: 'diagnose', asks: 'log' },
    { says: 'diagnose denied: access forbidden', queues: 'diagnosis' },
    { says: 'diagnose https://gitlab.example.com/shop/api/-/jobs/4711', queues: 'diagnosis' },
    { says: 'diagnose --stats', queues: 'feedback' },
  ],
} as const satisfies Command<typeof Args>;

function job(log: Log): Outcome {
  return { is: 'job', queue: 'diagnosis', data: { task: 'log', log }, useByMs: USE_BY_MS };
}

function verdict(id: string, said: { right: true } | { right: false; cause: string; words: string }): Outcome {
  return {
    is: 'job',
    queue: 'feedback',
    data: { task: 'verdict', id, said },
    useByMs: USE_BY_MS,
  };
}

const LOG_FORM: Form = {
  id: 'log',
  title: 'Diagnose a log',
  submit: 'Diagnose',
  context: '',
  fields: [
    {
      id: 'text',
      kind: 'text',
      label: 'The log, its last lines, or the address of a GitLab job',
      hint: 'From the command that failed to the end of the job says most.',
      multiline: true,
      maxLength: 3000,
      optional: true,
    },
    { id: 'file', kind: 'file', label: 'Or the whole log as a file', optional: true },
  ],
};

function correctionForm(id: string): Form {
  const groups = new Map<string, { value: string; label: string }[]>();
  for (const { id: cause, group, title } of CAUSES) {
    const choices = groups.get(group) ?? [];
    choices.push({ value: cause, label: title });
    groups.set(group, choices);
  }
  return {
    id: 'diagnosis-correction',
    title: 'What was it?',
    submit: 'Tell',
    context: id,
    fields: [
      {
        id: 'cause',
        kind: 'choice',
        label: 'The true cause',
        groups: [...groups].map(([group, choices]) => ({
          label: group === 'none' ? 'something else' : group,
          choices,
        })),
      },
      {
        id: 'words',
        kind: 'text',
        label: 'How did it show?',
        hint: 'The log, without its secrets, is kept with your answer, so that Registrar learns from it.',
        multiline: true,
        maxLength: 1000,
        optional: true,
      },
    ],
  };
}
