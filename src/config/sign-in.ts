import { z } from 'zod';
import { Secret } from './fields.js';

/**
 * The application that Registrar is in GitLab, by which people say who they are.
 * Source: https://docs.gitlab.com/integration/oauth_provider/
 */
export const SignIn = z.strictObject({
  applicationId: z.string().min(1).describe('Application ID of the OAuth application in GitLab, with scope read_user'),
  secret: Secret.optional().describe('its secret, where it is confidential: env:NAME or file:PATH'),
});
export type SignIn = z.infer<typeof SignIn>;

/** A sign-in begins and ends in a browser. The values may still be of any kind. */
export function requireSignInUrl(
  instances: readonly { gitlab?: { signIn?: unknown } }[],
  http: { publicUrl?: unknown } | undefined,
  context: z.core.$RefinementCtx,
): void {
  if (!instances.some((one) => one?.gitlab?.signIn !== undefined) || http?.publicUrl !== undefined) return;
  context.issues.push({
    code: 'custom',
    input: undefined,
    path: http === undefined ? ['http'] : ['http', 'publicUrl'],
    message:
      'signIn needs http.publicUrl: the address by which a browser reaches Registrar, such as https://registrar.example.com',
  });
}
