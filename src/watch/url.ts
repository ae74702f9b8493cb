import type { Exposed } from '../checks/gather/look.js';

/** Somebody who knows the registry's address tells another one than before. */
export interface UrlChange {
  by: keyof Exposed;
  from: string;
  to: string;
}

/** In people's words. */
export const TELLERS: Record<keyof Exposed, string> = {
  gitlabRb: 'registry_external_url of gitlab.rb',
  api: 'GitLab’s API',
  realm: 'the registry’s realm',
};

/** What changed between two looks. Pure. Who could not be asked in one of them has changed nothing. */
export function changesOf(before: Exposed, now: Exposed): UrlChange[] {
  return (Object.keys(TELLERS) as (keyof Exposed)[]).flatMap((by) => {
    const [from, to] = [before[by], now[by]];
    return from === undefined || to === undefined || from === to ? [] : [{ by, from, to }];
  });
}

/** What is known now, with what was known before where nobody could be asked. Pure. */
export function remembered(before: Exposed, now: Exposed): Exposed {
  return { ...before, ...now };
}
