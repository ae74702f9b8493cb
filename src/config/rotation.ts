import { z } from 'zod';

/** How an instance's tokens are replaced. */
export const Rotation = z.strictObject({
  quietHours: z
    .number()
    .min(0)
    .max(720)
    .default(24)
    .describe('the old token is revoked when nobody used it for so long; 0: as soon as the new one is everywhere'),
});
export type Rotation = z.infer<typeof Rotation>;
