import { z } from 'zod';

/**
 * What Registrar says, without a platform's words: commands and workers make it, a renderer per platform draws it.
 * A renderer draws every part; one that can't must fail its golden test. It travels through Redis, hence the schema.
 */

export const Mark = z.enum(['pass', 'warn', 'fail', 'skipped', 'info', 'running']);
/** Shown as an icon and as a word: colour is never the only sign. */
export type Mark = z.infer<typeof Mark>;

const Text = z.object({ kind: z.literal('text'), text: z.string() });

/** The links of the chain between a client and its image, each with a mark. */
const Chain = z.object({ kind: z.literal('chain'), links: z.array(z.object({ name: z.string(), mark: Mark })) });

/** Findings, one a row. */
const Rows = z.object({
  kind: z.literal('rows'),
  rows: z.array(z.object({ mark: Mark, name: z.string(), text: z.string(), fix: z.string().optional() })),
});

/** Labelled facts: `because`, `ruled out`, … */
const Facts = z.object({ kind: z.literal('facts'), facts: z.array(z.object({ label: z.string(), text: z.string() })) });

/** Lines quoted from a log. Numbers are 1-based. */
const Evidence = z.object({
  kind: z.literal('evidence'),
  lines: z.array(z.object({ line: z.int(), text: z.string() })),
});

/** Commands or configuration to copy. */
const Code = z.object({ kind: z.literal('code'), text: z.string() });

/** A secret for the one person who may see it: sealed on its way, and opened at the moment when it is shown. */
const Secret = z.object({ kind: z.literal('secret'), sealed: z.string() });

/** A list that is too long for a message, as a file beside it. */
const File = z.object({ kind: z.literal('file'), name: z.string().max(100), text: z.string() });

/** The team's own words, in Markdown: from a file of theirs, so it is trusted as no other text is. */
const Note = z.object({ kind: z.literal('note'), markdown: z.string() });

/** An address to open, ours and nobody else's: it is shown whole. */
const Link = z.object({ kind: z.literal('link'), label: z.string().max(75), url: z.string().max(1_000) });

/** Buttons; what pressing one does is a {@link Action}. */
const Buttons = z.object({
  kind: z.literal('buttons'),
  buttons: z.array(
    z.object({
      label: z.string().max(40),
      action: z.string().max(40),
      /** A path of GitLab's may have 1024 characters. */
      value: z.string().max(1_200),
      style: z.enum(['primary', 'danger', 'plain']).default('plain'),
    }),
  ),
});

/**
 * How an instance fared over a stretch of time, slot by slot, the oldest first. `skipped`: nobody looked. `ms`: how long
 * its registry took to answer. `from` and `to` are milliseconds since the epoch.
 */
const Timeline = z.object({
  kind: z.literal('timeline'),
  from: z.int(),
  to: z.int(),
  slots: z.array(z.object({ mark: Mark, ms: z.number().optional() })).max(200),
});

/** Small print. */
const Footer = z.object({ kind: z.literal('footer'), text: z.string() });

export const AnswerPart = z.discriminatedUnion('kind', [
  Text,
  Chain,
  Rows,
  Facts,
  Evidence,
  Code,
  Secret,
  File,
  Note,
  Timeline,
  Link,
  Buttons,
  Footer,
]);
export type AnswerPart = z.infer<typeof AnswerPart>;

export const Answer = z.object({
  mark: Mark,
  /** One sentence that a tired person understands. */
  title: z.string(),
  parts: z.array(AnswerPart),
  /** Only the person who asked should see it, where the platform can. */
  quiet: z.boolean().optional(),
  /** It can't wait for the end of the quiet hours. */
  urgent: z.boolean().optional(),
});
export type Answer = z.infer<typeof Answer>;

export function answer(mark: Mark, title: string, ...parts: AnswerPart[]): Answer {
  return { mark, title, parts };
}

export const text = (words: string): AnswerPart => ({ kind: 'text', text: words });
export const footer = (words: string): AnswerPart => ({ kind: 'footer', text: words });
export const code = (words: string): AnswerPart => ({ kind: 'code', text: words });

type Button = Extract<AnswerPart, { kind: 'buttons' }>['buttons'][number];
export const buttons = (...list: Button[]): AnswerPart => ({ kind: 'buttons', buttons: list });
