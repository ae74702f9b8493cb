import { z } from 'zod';

/** What people read. */
export const Language = z.enum(['en', 'fr']);
export type Language = z.infer<typeof Language>;

/** The language of a locale, such as fr-CA or fr_FR.UTF-8; `undefined`: none of ours. Pure. */
export function languageOf(locale: string | undefined): Language | undefined {
  return Language.safeParse(locale?.toLowerCase().split(/[-_.@]/)[0]).data;
}
