import type { Answer, AnswerPart } from '../answer.js';
import type { Form } from '../form.js';
import { FRENCH } from './fr/index.js';
import type { Language } from './language.js';
import { fill, match, parseTemplate, type Template } from './template.js';

/** Sentences in a sentence in a sentence: deeper than that nobody writes. */
const DEEPEST = 3;
/** What is put together of pieces is put together with one of these. */
const JOINTS = [' · ', '; ', ', '] as const;

type Translator = (text: string, depth?: number) => string;

const TRANSLATORS: Readonly<Record<Exclude<Language, 'en'>, Translator>> = { fr: translator(FRENCH) };

/** An answer in the reader's language. What has no translation stays; what is quoted is never touched. Pure. */
export function translate(answer: Answer, language: Language): Answer {
  if (language === 'en') return answer;
  const say = TRANSLATORS[language];
  return { ...answer, title: say(answer.title), parts: answer.parts.map((part) => translatePart(part, say)) };
}

/** A form in the reader's language; its choices' values stay. Pure. */
export function translateForm(form: Form, language: Language): Form {
  if (language === 'en') return form;
  const say = TRANSLATORS[language];
  return {
    ...form,
    title: say(form.title),
    submit: say(form.submit),
    fields: form.fields.map((field) => ({
      ...field,
      label: say(field.label),
      ...(field.hint === undefined ? {} : { hint: say(field.hint) }),
      ...(field.kind === 'choice'
        ? {
            groups: field.groups.map(({ label, choices }) => ({
              label: say(label),
              choices: choices.map((one) => ({ ...one, label: say(one.label) })),
            })),
          }
        : {}),
    })),
  };
}

/** Has a sentence a translation of its own, whatever fills its holes? Pure. */
export function isTranslated(text: string, language: Exclude<Language, 'en'>): boolean {
  return TRANSLATORS[language](text) !== text;
}

function translatePart(part: AnswerPart, say: Translator): AnswerPart {
  switch (part.kind) {
    case 'text':
    case 'footer':
      return { ...part, text: say(part.text) };
    case 'rows':
      return {
        ...part,
        rows: part.rows.map((row) => ({
          ...row,
          name: say(row.name),
          text: say(row.text),
          // A command to copy is none of a language's; a sentence is.
          ...(row.fix === undefined ? {} : { fix: say(row.fix) }),
        })),
      };
    case 'facts':
      return { ...part, facts: part.facts.map(({ label, text }) => ({ label: say(label), text: say(text) })) };
    case 'chain':
      return { ...part, links: part.links.map((link) => ({ ...link, name: say(link.name) })) };
    case 'link':
      return { ...part, label: say(part.label).slice(0, 75) };
    case 'buttons':
      return { ...part, buttons: part.buttons.map((one) => ({ ...one, label: say(one.label).slice(0, 40) })) };
    default:
      return part;
  }
}

function translator(sentences: Readonly<Record<string, string>>): Translator {
  const exact = new Map<string, string>();
  const templates: { from: Template; to: Template }[] = [];
  for (const [from, to] of Object.entries(sentences)) {
    const template = parseTemplate(from);
    if (template.holes.length === 0) exact.set(from, to);
    else templates.push({ from: template, to: parseTemplate(to) });
  }
  // The one that says most is the one that was meant.
  const weight = ({ from: { words } }: { from: Template }) => words.join('').length;
  templates.sort((a, b) => weight(b) - weight(a));

  const sentence = (text: string, depth: number): string | undefined => {
    const known = exact.get(text);
    if (known !== undefined) return known;
    for (const { from, to } of templates) {
      const filled = match(from, text);
      if (filled === undefined) continue;
      return fill(to, new Map([...filled].map(([hole, value]) => [hole, say(value, depth + 1)])));
    }
    return undefined;
  };
  const say = (text: string, depth = 0): string => {
    if (text === '' || depth > DEEPEST) return text;
    const whole = sentence(text, depth);
    if (whole !== undefined) return whole;
    for (const joint of ['\n', ...JOINTS]) {
      const pieces = text.split(joint);
      if (pieces.length < 2) continue;
      const said = pieces.map((piece) => sentence(piece, depth + 1));
      if (said.some((one) => one !== undefined)) return pieces.map((piece, at) => said[at] ?? piece).join(joint);
    }
    return text;
  };
  return say;
}
