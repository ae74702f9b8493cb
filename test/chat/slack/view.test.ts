import { diagnose } from '../../../commands/diagnose.js';
import type { Form } from '../../../src/chat/form.js';
import { formView, submissionOf } from '../../../src/chat/slack/view.js';
import { checkView } from '../../lab/slack/block-kit.js';

function formOf(outcome: ReturnType<typeof diagnose.run>): Form {
  if (outcome.is !== 'ask') throw new Error(outcome.is);
  return outcome.form;
}

const log = formOf(
  diagnose.run([], {
    id: 'r',
    person: { platform: 'slack', id: 'U1' },
    replyTo: { platform: 'slack', channel: 'C1', person: 'U1' },
    text: 'diagnose',
  }),
);
const correction = formOf(
  diagnose.actions['diagnosis-wrong']({
    id: 'a',
    person: { platform: 'slack', id: 'U1' },
    replyTo: { platform: 'slack', channel: 'C1', person: 'U1' },
    action: 'diagnosis-wrong',
    value: 'd1',
    message: 'm',
  }),
);

const checked = (form: Form) => checkView(JSON.parse(JSON.stringify(formView(form, 'C1', '1.2'))), () => 'id');

/** A view's submission as Slack sends it. */
function submitted(form: Form, values: Record<string, object>) {
  const view = formView(form, 'C1', '1.2');
  return submissionOf({
    id: 'V1',
    hash: 'h',
    user: 'U1',
    private_metadata: view.private_metadata ?? '',
    values: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { [name]: value }])),
  });
}

test.each([
  ['asks for a log', log],
  ['asks what it was', correction],
])('the form that %s is a dialog that Slack takes', (_, form) => {
  expect(checked(form)).toMatchObject({ type: 'modal', title: { text: form.title } });
});

test('it comes back to the place where it was asked for, with its context', () => {
  expect(
    submitted(correction, { cause: { selected_option: { value: 'dns-failure' } }, words: { value: null } }),
  ).toEqual({
    id: 'slack-view-V1-h',
    person: { platform: 'slack', id: 'U1' },
    replyTo: { platform: 'slack', channel: 'C1', thread: '1.2', person: 'U1' },
    form: 'diagnosis-correction',
    context: 'd1',
    values: { cause: 'dns-failure', words: '' },
  });
});

test('a file comes as its id, its name cut', () => {
  const file = { id: 'F1', name: 'x'.repeat(300) };
  expect(submitted(log, { text: { value: null }, file: { files: [file] } })).toMatchObject({
    file: { id: 'F1', name: 'x'.repeat(200) },
  });
});

test.each(['', '{}', 'C1', '[', '{"form":1}'])('a view that is none of ours is none: %j', (metadata) => {
  expect(submissionOf({ id: 'V1', hash: 'h', user: 'U1', private_metadata: metadata, values: {} })).toBeUndefined();
});
