import { z } from 'zod';

const Clock = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'a time of the day as 20:00');

/** When nobody is to be woken by what nobody asked for. */
export const QuietHours = z
  .strictObject({
    from: Clock.describe('20:00'),
    to: Clock.describe('07:00; earlier than from: of the next day'),
    zone: z
      .string()
      .refine(isZone, 'a time zone by its name, such as Europe/Paris')
      .default('UTC')
      .describe('a time zone, such as Europe/Paris'),
  })
  .refine(({ from, to }) => from !== to, 'from and to are the same: nothing would ever be told');
export type QuietHours = z.infer<typeof QuietHours>;

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
