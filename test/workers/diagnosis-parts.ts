import type { Answer } from '../../src/chat/answer.js';

export function footerOf({ parts }: Answer): string {
  return parts.flatMap((part) => (part.kind === 'footer' ? [part.text] : [])).join();
}

export function actionsOf({ parts }: Answer): string[] {
  return parts.flatMap((part) =>
    part.kind === 'buttons' ? part.buttons.map(({ action, value }) => `${action} ${value}`) : [],
  );
}

/** The log of a refused login as that of one which worked, and of a push to which nothing was granted. */
export function refusedPush(refusedLogin: string, image: string): string {
  return refusedLogin
    .replace(/Error response.*/, 'Login Succeeded')
    .replace(
      'ERROR: Job',
      `$ docker push ${image}:1\nThe push refers to repository [${image}]\ndenied: requested access to the resource is denied\nERROR: Job`,
    );
}
