import { messageOf } from '../errors.js';
import type { Setting } from './setting.js';
import { trusted } from './trust.js';
import { untilRight } from './until-right.js';
import { urlOf } from './url.js';
import type { GitLabTry } from './world.js';

/** The port that Omnibus gives a registry which shares GitLab's name. */
const OMNIBUS_PORT = 5050;

/** The registry's address; the authority too, for its certificate may be the first one that nobody knows. */
export async function askRegistry(
  setting: Setting,
  at: GitLabTry,
  token: string,
): Promise<{ url: string; ca: string | undefined }> {
  const { asker, world, given } = setting;
  const fallback = given.registryUrl === undefined ? await guess(setting, at, token) : undefined;
  return untilRight(
    asker,
    { option: '--registry-url', ask: 'The registry’s URL', why: 'registry_external_url of gitlab.rb.', fallback },
    given.registryUrl,
    async (answer) => {
      const url = urlOf(answer);
      const ca = await trusted(setting, new URL(url), at.ca);
      const realm = await world.realm({ ...at, ca }, url);
      asker.say(`✔ a registry that asks for tokens of ${realm}`);
      if (!URL.canParse(realm) || new URL(realm).origin !== new URL(at.url).origin)
        asker.say(`  mind: that is not ${at.url}; Registrar sends its token only there, and status will say so`);
      return { url, ca };
    },
  );
}

/** What GitLab says of some project's images, else what Omnibus would make of its name. */
async function guess({ world }: Setting, at: GitLabTry, token: string): Promise<string> {
  const told = await world.registryOf(at, token).catch(() => undefined);
  if (told !== undefined) {
    // A prefix of images has no scheme.
    const secure = await world.certificate(new URL(`https://${told}`), at.ca).catch(messageOf);
    return `${typeof secure === 'string' ? 'http' : 'https'}://${told}`;
  }
  return `https://${new URL(at.url).hostname}:${OMNIBUS_PORT}`;
}
