import type { RbValue, Setting } from './gitlab-rb.js';
import type { HostFacts } from './render/exposure.js';
import { type Assume, spelled, UNKNOWN } from './render/settings.js';

/** What is taken for granted of that which the files don't tell; what is not in it has its usual value. */
export type World = Map<string, Option>;
type Option = { version: string } | { facts: HostFacts } | { value: RbValue | undefined };

/** One version of each way in which the two files are rendered, the newest first. Source: omnibus-gitlab's history. */
export const VERSIONS = [
  ...['19.3', '19.1', '19.0', '18.11', '18.10', '18.9', '18.6', '18.2', '17.10', '17.0', '16.9', '16.3'],
] as const;

/** Of Let's Encrypt: both certificate files are there, none is, or one of the two. */
const CERTIFICATES: readonly HostFacts[] = [
  { gitlabCertificate: () => false, registryCertificate: () => false },
  { gitlabCertificate: () => false, registryCertificate: () => true },
  { gitlabCertificate: () => true, registryCertificate: () => false },
];
const USUAL: HostFacts = { gitlabCertificate: () => true, registryCertificate: () => true };

/** So many computed settings are tried; nobody computes more of them. */
const MAX_COMPUTED = 12;

/** What may be taken one way or the other, with the ways besides the usual one. */
export function choices(settings: readonly Setting[], version: string | undefined): Map<string, readonly Option[]> {
  const open = new Map<string, readonly Option[]>();
  if (version === undefined)
    open.set(
      'version',
      VERSIONS.slice(1).map((one) => ({ version: one })),
    );
  open.set(
    'certificates',
    CERTIFICATES.map((facts) => ({ facts })),
  );
  const computed = new Set(settings.filter(({ value }) => value === undefined).map(({ path }) => spelled(path)));
  for (const name of [...computed].slice(0, MAX_COMPUTED)) {
    const isUrl = /^(?:registry_)?external_url$/.test(name);
    open.set(name, [{ value: isUrl ? `http://${UNKNOWN}` : false }, { value: undefined }]);
  }
  return open;
}

/** What `generate` needs, as that world has it. */
export function worldOf(
  world: World,
  given: string | undefined,
): { version: string; facts: HostFacts; assume: Assume } {
  const version = world.get('version');
  const certificates = world.get('certificates');
  return {
    version: given ?? (version !== undefined && 'version' in version ? version.version : VERSIONS[0]),
    facts: certificates !== undefined && 'facts' in certificates ? certificates.facts : USUAL,
    assume: (path) => {
      const option = world.get(spelled(path));
      return option !== undefined && 'value' in option ? option.value : UNKNOWN;
    },
  };
}
