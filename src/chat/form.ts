import type { Person, ReplyAddress } from './request.js';

/** One question of a form. `label` and `hint` without markup; texts and files come back under `id`. */
export type Field = { id: string; label: string; hint?: string; optional?: true } & (
  | { kind: 'text'; multiline?: true; maxLength: number }
  | { kind: 'choice'; groups: readonly { label: string; choices: readonly { value: string; label: string }[] }[] }
  | { kind: 'file' }
);

/** What a person is asked in one go: a dialog where the platform has one, questions one by one where it has none. */
export interface Form {
  /** Names what takes the answers: a key of some command's `forms`. */
  id: string;
  title: string;
  submit: string;
  /** What the form is about; comes back with the answers. Never a secret: it travels through the platform. */
  context: string;
  fields: readonly Field[];
}

/** A form that was filled in. Whatever is in it is hostile: only the form's own choices are believed to be some. */
export interface Submission {
  /** The same for every delivery of the same submission. */
  id: string;
  person: Person;
  replyTo: ReplyAddress;
  form: string;
  context: string;
  values: Readonly<Record<string, string>>;
  file?: { id: string; name: string };
}
