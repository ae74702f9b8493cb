import type { KnownBlock, ModalView } from '@slack/types';
import { z } from 'zod';
import type { Field, Form, Submission } from '../form.js';
import type { SlackFile } from './receive.js';

export const FORM_VIEW = 'registrar-form';

/** Where the form was asked for: what it leads to is said there. It travels in the view's private metadata. */
const Origin = z.object({
  form: z.string(),
  context: z.string(),
  channel: z.string(),
  thread: z.string().optional(),
});

/** A form as Slack's dialog. Slack caps a text input at 3000 characters, a title at 24, a label at 2000. */
export function formView(form: Form, channel: string, thread?: string): ModalView {
  const origin: z.infer<typeof Origin> = {
    form: form.id,
    context: form.context,
    channel,
    ...(thread === undefined ? {} : { thread }),
  };
  return {
    type: 'modal',
    callback_id: FORM_VIEW,
    private_metadata: JSON.stringify(origin),
    title: plain(form.title),
    submit: plain(form.submit),
    close: plain('Cancel'),
    blocks: form.fields.map(block),
  };
}

/** What a view's submission says, as Bolt hands it over. */
export interface SlackSubmission {
  id: string;
  hash: string;
  user: string;
  private_metadata: string;
  values: Readonly<Record<string, Readonly<Record<string, SlackValue>>>>;
}

interface SlackValue {
  value?: string | null;
  selected_option?: { value: string } | null;
  files?: readonly SlackFile[];
}

/** A filled-in dialog. `undefined`: it is none of ours. Pure. */
export function submissionOf({
  id,
  hash,
  user,
  private_metadata: metadata,
  values,
}: SlackSubmission): Submission | undefined {
  const origin = originOf(metadata);
  if (origin === undefined) return undefined;
  const { form, context, channel, thread } = origin;
  const given = Object.entries(values).map(([name, inputs]) => [name, inputs[name]] as const);
  const texts = given.map(([name, input]) => [name, input?.selected_option?.value ?? input?.value ?? '']);
  const file = given.map(([, input]) => input?.files?.[0]).find((one) => one?.id !== undefined);
  return {
    id: `slack-view-${id}-${hash}`,
    person: { platform: 'slack', id: user },
    replyTo: { platform: 'slack', channel, person: user, ...(thread === undefined ? {} : { thread }) },
    form,
    context,
    values: Object.fromEntries(texts) as Record<string, string>,
    ...(file?.id === undefined ? {} : { file: { id: file.id, name: (file.name ?? 'file').slice(0, 200) } }),
  };
}

function originOf(metadata: string): z.infer<typeof Origin> | undefined {
  try {
    return Origin.safeParse(JSON.parse(metadata)).data;
  } catch {
    return undefined;
  }
}

function block(field: Field): KnownBlock {
  return {
    type: 'input',
    block_id: field.id,
    optional: field.optional === true,
    label: plain(field.label),
    ...(field.hint === undefined ? {} : { hint: plain(field.hint) }),
    element: element(field),
  };
}

function element(field: Field): Extract<KnownBlock, { type: 'input' }>['element'] {
  const { id: action_id } = field;
  switch (field.kind) {
    case 'text': {
      const multiline = field.multiline === true;
      return { type: 'plain_text_input', action_id, multiline, max_length: field.maxLength };
    }
    case 'file':
      return { type: 'file_input', action_id, max_files: 1 };
    case 'choice': {
      const option_groups = field.groups.map(({ label, choices }) => ({
        label: plain(label.slice(0, 75)),
        options: choices.map(({ label: text, value }) => ({ text: plain(text.slice(0, 75)), value })),
      }));
      return { type: 'static_select', action_id, option_groups };
    }
  }
}

const plain = (text: string) => ({ type: 'plain_text' as const, text });
