import { z } from 'zod';
import { ProjectPath } from '../gitlab/path.js';

/** How an instance's tokens are replaced. */
export const Rotation = z.strictObject({
  quietHours: z
    .number()
    .min(0)
    .max(720)
    .default(24)
    .describe('the old token is revoked when nobody used it for so long; 0: as soon as the new one is everywhere'),
  push: z
    .boolean()
    .default(false)
    .describe('prove a new token also by a tiny image, pushed to PROJECT/registrar-canary and pulled'),
  variables: z
    .array(
      z.strictObject({
        path: ProjectPath.describe('the project or group that owns the token'),
        token: z.string().min(1).optional().describe('its name; left out: every registry token there'),
        keys: z.array(z.string().min(1)).min(1).describe('CI/CD variables that hold its secret'),
      }),
    )
    .default([])
    .describe('variables that hold a token and that no convention finds (X_USER beside X_PASSWORD is found)'),
});
export type Rotation = z.infer<typeof Rotation>;
