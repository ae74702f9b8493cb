import { existsSync } from 'node:fs';

/** Registrar's own folder: the nearest one above with a package.json, for this file runs from src/ and from dist/. */
export function packageFolder(): URL {
  let folder = new URL('.', import.meta.url);
  for (;;) {
    const parent = new URL('..', folder);
    if (existsSync(new URL('package.json', folder)) || parent.href === folder.href) return folder;
    folder = parent;
  }
}
