import type { Form } from '../../../src/chat/form.js';
import { openOrigin } from '../../../src/chat/mattermost/context.js';
import { dialogOf, submissionOf } from '../../../src/chat/mattermost/dialog.js';
import { createSeal } from '../../../src/secrets/seal.js';

const seal = createSeal('a key');
const id = (letter: string) => letter.repeat(26);
const ORIGIN = { channel: id('c'), thread: id('r'), user: id('u'), id: 'x', until: 9 };
const FORM: Form = {
  id: 'log',
  title: 'Quelle est la cause véritable ?',
  submit: 'Diagnose',
  context: 'about this',
  fields: [
    {
      kind: 'text',
      id: 'text',
      label: 'The log, from the failing command to its end',
      multiline: true,
      maxLength: 3000,
      optional: true,
    },
    {
      kind: 'choice',
      id: 'cause',
      label: 'Cause',
      groups: [{ label: 'Rights', choices: [{ value: 'a', label: 'A' }] }],
    },
    { kind: 'file', id: 'file', label: 'or a file' },
  ],
};

test('a form becomes a dialog within the server’s limits, which count bytes', () => {
  const { title, elements = [], ...rest } = dialogOf(FORM, ORIGIN, seal);
  expect(rest).toMatchObject({ callback_id: 'registrar', submit_label: 'Diagnose', notify_on_cancel: false });
  expect(Buffer.byteLength(title)).toBeLessThanOrEqual(24);
  expect(title).toMatch(/^Quelle est la cause .*…$/);
  expect(elements).toMatchObject([
    { name: 'text', type: 'textarea', optional: true, max_length: 60_000 },
    { name: 'cause', type: 'select', options: [{ text: 'Rights: A', value: 'a' }] },
  ]);
  for (const { display_name, help_text } of elements) {
    expect(Buffer.byteLength(display_name)).toBeLessThanOrEqual(24);
    expect(Buffer.byteLength(help_text)).toBeLessThanOrEqual(150);
  }
});

test('what is filled in leads back to where it was asked for', () => {
  const origin = openOrigin(dialogOf(FORM, ORIGIN, seal).state, seal, 0);
  if (origin === undefined) throw new Error('not opened');
  const sent = {
    type: 'dialog_submission',
    state: '',
    user_id: id('u'),
    submission: { text: 'denied', more: 7, none: null },
  };
  expect(submissionOf(sent, origin)).toEqual({
    id: 'mattermost-dialog-x',
    person: { platform: 'mattermost', id: id('u') },
    replyTo: { platform: 'mattermost', channel: id('c'), person: id('u'), thread: id('r') },
    form: 'log',
    context: 'about this',
    values: { text: 'denied' },
  });
  expect(submissionOf({ ...sent, user_id: id('z') }, origin)).toBeUndefined();
});
