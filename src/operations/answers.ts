import { type Answer, type AnswerPart, answer, buttons, code, footer, text } from '../chat/answer.js';
import type { CheckResult } from '../checks/check.js';
import { headline, statusAnswer } from '../checks/report.js';
import type { Host, Instance } from '../config/schema.js';
import type { OperationEnd, OperationJournal, OperationRequest, Seen } from './journal.js';
import { commandOn, OPERATIONS, type OperationKind } from './operation.js';

/** What a look says in a line, and what a later one is compared with. Pure. */
export function seenOf(instance: string, results: readonly CheckResult[]): Seen {
  const { mark, title } = headline(instance, results);
  return { mark, title, verdicts: Object.fromEntries(results.map(({ id, verdict }) => [id, verdict.is])) };
}

/** The configuration does not let Registrar do that. Pure. */
export function offAnswer({ name, operations }: Instance, kind: OperationKind): Answer {
  const allow = [...(operations?.allow ?? []), kind].join(', ');
  const people = operations?.people.join(', ') ?? 'USERNAME, USERNAME';
  return answer(
    'info',
    `Registrar may not ${kind} ${name}: its configuration does not allow it`,
    text('Whoever runs Registrar adds this to registrar.yaml; docs/host.md tells what the host needs.'),
    code(
      [
        'instances:',
        `  - name: ${name}`,
        '    operations:',
        `      allow: [${allow}]`,
        `      people: [${people}]   # GitLab usernames: one asks, another confirms`,
      ].join('\n'),
    ),
  );
}

/** What the registry is like now, and the question. `others`: who may confirm. Pure. */
export function requestAnswer(
  { id, kind, instance, asker }: OperationRequest,
  host: Host,
  results: readonly CheckResult[],
  others: readonly string[],
): Answer {
  const { title, parts } = statusAnswer(instance, results, { all: false, note: '' });
  return answer(
    'info',
    OPERATIONS[kind].asks(instance),
    {
      kind: 'facts',
      facts: [
        { label: 'runs', text: `${commandOn(host, kind)} on ${host.address}` },
        { label: 'effect', text: OPERATIONS[kind].effect },
        { label: 'asked by', text: asker.username },
        { label: 'now', text: title },
      ],
    },
    ...parts.filter((part) => part.kind === 'chain' || part.kind === 'rows'),
    buttons(
      { label: 'Confirm', action: `${kind}-confirm`, value: id, style: 'danger' },
      { label: 'Cancel', action: `${kind}-cancel`, value: id, style: 'plain' },
    ),
    footer(`Nothing has been done yet. Within 10 minutes, one of these confirms: ${others.join(', ')}.`),
  );
}

/** Edited in place while it is done. Pure. */
export function progressAnswer({ kind, instance }: OperationRequest, host: Host, step: 'look' | 'run'): Answer {
  const { runs, command, ms } = OPERATIONS[kind];
  const limit = ms > 60_000 ? `${ms / 60_000} minutes` : `${ms / 1000} seconds`;
  return answer(
    'running',
    runs(instance),
    text(
      step === 'look'
        ? 'Looking once more at what it is like before.'
        : `${command} runs on ${host.address}, for ${limit} at most; then I look again.`,
    ),
  );
}

/** What was done, and what it changed. `after`: left out where nothing was done. Pure. */
export function endAnswer({ request, confirmer, before, end }: Ended, after?: readonly CheckResult[]): Answer {
  const { instance, asker } = request;
  const then = after === undefined ? undefined : seenOf(instance, after);
  const { mark, title, parts } = wordsOf(request, end, then);
  return answer(
    mark,
    title,
    ...parts,
    ...(after === undefined || then === undefined ? [] : [comparison(before, then, after)]),
    {
      kind: 'facts',
      facts: [
        ...(end.is === 'ran' ? [{ label: 'exit code', text: String(end.code) }] : []),
        { label: 'asked by', text: asker.username },
        { label: 'confirmed by', text: confirmer.username },
      ],
    },
    buttons({ label: 'Status', action: 'status-show', value: instance, style: 'plain' }),
  );
}

type Ended = OperationJournal & { end: OperationEnd };

function wordsOf({ kind, instance }: OperationRequest, end: OperationEnd, after: Seen | undefined): Answer {
  const { command, ended } = OPERATIONS[kind];
  if (end.is === 'refused') {
    const because = end.why === undefined ? [] : [{ label: 'because', text: end.why }];
    const facts: AnswerPart = { kind: 'facts', facts: [...because, { label: 'do', text: end.next }] };
    return answer('fail', `${command} was not run on ${instance}: ${end.what}`, facts);
  }
  if (end.is === 'unknown') {
    return answer(
      'warn',
      `${command} was begun on ${instance}, and its end is not known`,
      { kind: 'facts', facts: [{ label: 'because', text: end.why }] },
      text('It is not run a second time. It may still be under way, so another operation is refused for a while.'),
    );
  }
  const output = end.output === '' ? [] : [code(end.output)];
  if (end.code !== 0) {
    const how = end.code === -1 ? 'ended by a signal' : `exit ${end.code}`;
    return answer('fail', `${command} failed on ${instance} (${how})`, ...output);
  }
  if (!end.done) {
    const title = `${command} ended on ${instance}, but did not say that it did anything`;
    return answer(after?.mark === 'fail' ? 'fail' : 'warn', title, ...output);
  }
  if (after?.mark === 'fail') return answer('fail', `${ended(instance)}, but something is still broken`);
  return answer(after?.mark ?? 'pass', ended(instance));
}

/** Both looks in a line each, and each check whose verdict is another now. */
function comparison(before: Seen, then: Seen, after: readonly CheckResult[]): AnswerPart {
  return {
    kind: 'rows',
    rows: [
      { mark: before.mark, name: 'before', text: before.title },
      { mark: then.mark, name: 'after', text: then.title },
      ...after
        .filter(({ id, verdict }) => before.verdicts[id] !== verdict.is)
        .map(({ id, verdict }) => ({
          mark: verdict.is,
          name: id,
          text: `${before.verdicts[id] ?? 'not looked at'} → ${verdict.is}: ${verdict.because}`,
          ...('fix' in verdict ? { fix: verdict.fix } : {}),
        })),
    ],
  };
}

/** Pure. */
export function busyAnswer({ instance }: OperationRequest): Answer {
  return answer(
    'warn',
    `Another operation is under way on ${instance}`,
    text('Wait for its answer, then press Confirm again.'),
  );
}

/** Pure. */
export function tooOldAnswer(): Answer {
  return answer(
    'warn',
    'This request is no longer valid',
    text('It can be confirmed for 10 minutes, once. Nothing was done: ask for it again.'),
  );
}
