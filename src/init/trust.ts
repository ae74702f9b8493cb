import { messageOf } from '../errors.js';
import { absolute } from './paths.js';
import type { Setting } from './setting.js';
import { untilRight, WrongAnswer } from './until-right.js';

/** OpenSSL's codes for a chain that does not end at an authority it knows. */
const UNKNOWN_AUTHORITY = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
]);

/**
 * The path of the file by which the certificate of that address is accepted: the one that is there already, or one that
 * is asked for. Errors: `WrongAnswer` about the address.
 */
export async function trusted(setting: Setting, url: URL, known: string | undefined): Promise<string | undefined> {
  const { asker, world, given } = setting;
  if (url.protocol === 'http:') {
    asker.say(`  mind: ${url.origin} is plain http, and whoever is on the way reads what goes there`);
    return known;
  }
  const facts = await world.certificate(url, known).catch((error: unknown) => {
    throw new WrongAnswer(`no TLS with ${url.host}: ${messageOf(error)}`);
  });
  if (facts.error === undefined) return known;
  if (!UNKNOWN_AUTHORITY.has(facts.error))
    throw new WrongAnswer(`the certificate of ${url.host} (${facts.subject}) does not hold: ${facts.error}`);
  asker.say(`  ${url.host} has a certificate that no known authority signed:
    subject     ${facts.subject}
    issuer      ${facts.issuer}
    SHA-256     ${facts.fingerprint}`);
  return untilRight(
    asker,
    {
      option: '--ca',
      ask: 'Path of the authority’s certificate (PEM)',
      why: `It is trusted beside the public ones${known === undefined ? '' : `; one file may hold several, and ${known} does not do`}. On an Omnibus host: /etc/gitlab/ssl, or ask who signed it.`,
    },
    known === undefined ? given.ca : undefined,
    async (answer) => {
      const path = absolute(answer, setting);
      const pem = setting.read(path);
      if (pem === undefined) throw new WrongAnswer(`${path} can’t be read`);
      if (!pem.includes('-----BEGIN CERTIFICATE-----')) throw new WrongAnswer(`${path} holds no certificate in PEM`);
      const { error } = await world.certificate(url, path).catch((error: unknown) => ({ error: messageOf(error) }));
      if (error !== undefined) throw new WrongAnswer(`with ${path} it is not accepted either: ${error}`);
      asker.say(`✔ with ${path} it is accepted`);
      return path;
    },
  );
}
