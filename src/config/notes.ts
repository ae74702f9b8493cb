import { readFileSync } from 'node:fs';
import { messageOf } from '../errors.js';
import type { Logger } from '../log.js';
import type { Config } from './schema.js';

/** A note longer than this is cut: it stands under a diagnosis, and a person reads it in a hurry. Characters. */
const NOTE_LIMIT = 2_500;

/**
 * The team's own words for a cause in a project, as Markdown; the more special ones first. A file that can't be read
 * is logged and left out: the diagnosis stands without it.
 */
export function notesFor({ notes }: Config, cause: string, project: string | undefined, log: Logger): string[] {
  const path = project?.toLowerCase() ?? '';
  return notes
    .filter((note) => note.cause === undefined || note.cause === cause)
    .filter(
      ({ project: of }) => of === undefined || path === of.toLowerCase() || path.startsWith(`${of.toLowerCase()}/`),
    )
    .sort((a, b) => (b.project?.length ?? 0) - (a.project?.length ?? 0))
    .flatMap(({ file }) => {
      try {
        const text = readFileSync(file, 'utf8').trim();
        return text === '' ? [] : [text.length > NOTE_LIMIT ? `${text.slice(0, NOTE_LIMIT)}…` : text];
      } catch (error) {
        log.warn({ part: 'config', file, error: messageOf(error) }, 'a note can’t be read');
        return [];
      }
    });
}
