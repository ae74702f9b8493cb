import type { Dialog, DialogElement } from '@mattermost/types/integrations';
import { z } from 'zod';
import type { Seal } from '../../secrets/seal.js';
import type { Field, Form, Submission } from '../form.js';
import { type Origin, sealOrigin } from './context.js';
import { addressOf } from './receive.js';

/** The server's limits count bytes; what is over them is shown all the same, but logged as a fault. */
const TITLE_BYTES = 24;
const HELP_BYTES = 150;
/** More than a submission may have would be refused with 413 when the person presses the button. Characters. */
const TEXT_LENGTH = 60_000;

/** A form as a dialog. It has no field for a file: a file is shared in a post. Pure. */
export function dialogOf(form: Form, origin: Omit<Origin, 'form' | 'context'>, seal: Seal): Dialog {
  return {
    callback_id: 'registrar',
    title: bytes(form.title, TITLE_BYTES),
    submit_label: bytes(form.submit, TITLE_BYTES),
    notify_on_cancel: false,
    state: sealOrigin({ ...origin, form: form.id, context: form.context }, seal),
    elements: form.fields.flatMap((field) => (field.kind === 'file' ? [] : [element(field)])),
  };
}

function element(field: Exclude<Field, { kind: 'file' }>): DialogElement {
  const common = {
    name: field.id,
    display_name: bytes(field.label, TITLE_BYTES),
    help_text: bytes(
      [field.label.length > TITLE_BYTES ? field.label : '', field.hint ?? ''].filter(Boolean).join(' '),
      HELP_BYTES,
    ),
    optional: field.optional === true,
  };
  if (field.kind === 'choice') {
    const options = field.groups.flatMap(({ label, choices }) =>
      choices.map((choice) => ({ text: `${label}: ${choice.label}`, value: choice.value })),
    );
    return { ...common, type: 'select', options } as unknown as DialogElement;
  }
  const many = field.multiline === true;
  const max_length = many ? TEXT_LENGTH : Math.min(field.maxLength, 150);
  return { ...common, type: many ? 'textarea' : 'text', max_length } as unknown as DialogElement;
}

/** What the server sends of a filled-in dialog; only `user_id` is its own word. */
export const DialogSubmission = z.object({
  type: z.string(),
  state: z.string(),
  user_id: z.string(),
  cancelled: z.boolean().optional(),
  submission: z.record(z.string(), z.unknown()).nullish(),
});

/** `undefined`: it was opened for somebody else. Pure. */
export function submissionOf(
  { user_id, submission }: z.infer<typeof DialogSubmission>,
  origin: Origin,
): Submission | undefined {
  if (user_id !== origin.user) return undefined;
  const values = Object.entries(submission ?? {}).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as const] : [],
  );
  return {
    id: `mattermost-dialog-${origin.id}`,
    person: { platform: 'mattermost', id: user_id },
    replyTo: addressOf(origin.channel, user_id, origin.thread),
    form: origin.form,
    context: origin.context,
    values: Object.fromEntries(values),
  };
}

/** At most so many bytes of UTF-8, never half a character. */
function bytes(text: string, most: number): string {
  if (Buffer.byteLength(text) <= most) return text;
  let kept = '';
  for (const sign of text) {
    if (Buffer.byteLength(kept) + Buffer.byteLength(sign) > most - Buffer.byteLength('…')) break;
    kept += sign;
  }
  return `${kept}…`;
}
