import type { Answer } from '../../src/chat/answer.js';

/** Parts of a diagnosis' answer, for tests. */

export function footerOf({ parts }: Answer): string {
  return parts.flatMap((part) => (part.kind === 'footer' ? [part.text] : [])).join();
}

export function actionsOf({ parts }: Answer): string[] {
  return parts.flatMap((part) =>
    part.kind === 'buttons' ? part.buttons.map(({ action, value }) => `${action} ${value}`) : [],
  );
}
