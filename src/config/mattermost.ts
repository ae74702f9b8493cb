import { z } from 'zod';
import { HttpUrl, Secret } from './fields.js';

/** How Registrar talks with a Mattermost server. */
export const Mattermost = z.strictObject({
  url: HttpUrl.describe('the server’s SiteURL, with its path where it has one'),
  token: Secret.describe('the bot account’s access token'),
  commands: z
    .record(z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'a team’s name as in its address: acme'), Secret)
    .refine((teams) => Object.keys(teams).length > 0, 'at least one team')
    .describe(
      'by team, as in its address: the token of its command /registry, which `registrar install mattermost` makes',
    ),
  callbackUrl: HttpUrl.describe('where the Mattermost server reaches Registrar’s http: http://registrar.internal:8080'),
  ca: z
    .string()
    .min(1)
    .optional()
    .describe('path of a PEM file with the authority that signed the server’s certificate, or with the certificate'),
});
export type MattermostConfig = z.infer<typeof Mattermost>;
