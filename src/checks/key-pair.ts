import { textIn } from '../host/registry-config.js';
import { type CertificateFacts, type Check, fail, pass, skipped } from './check.js';
import { HEALTHY, sampleHost } from './sample.js';

/** Are the two halves that the host has one pair, and the two issuers one? */
export const keyPair = {
  id: 'key-pair',
  asks: 'Are GitLab’s signing key and the registry’s certificate a pair?',
  link: 'token realm',
  explains: ['signing-key', 'upload', 'image'],
  needs: ['certificates', 'host'],
  judge({ certificates: { signing }, host }) {
    if (signing === undefined) return skipped('config.yml names no rootcertbundle');
    if ('absent' in signing)
      return fail(
        `the registry's rootcertbundle ${signing.path} is ${signing.absent}: it trusts no token`,
        'gitlab-ctl reconfigure writes it anew',
      );
    const issuers = [textIn(host.registryConfig, 'auth', 'token', 'issuer'), host.gitlabYml?.issuer];
    if (issuers[0] !== undefined && issuers[1] !== undefined && issuers[0] !== issuers[1])
      return fail(
        `GitLab signs as "${issuers[1]}", the registry expects the issuer "${issuers[0]}"`,
        "set gitlab_rails['registry_issuer'] once, and gitlab-ctl reconfigure: it writes both sides",
      );
    if (signing.keyMatches === undefined) return skipped('GitLab’s signing key is not on this host');
    return signing.keyMatches
      ? pass(`${signing.path} belongs to GitLab's key`)
      : fail(
          `${signing.path} does not belong to the key that GitLab signs with`,
          'the hosts need one gitlab-secrets.json: copy it from GitLab’s host, then gitlab-ctl reconfigure and gitlab-ctl restart registry',
        );
  },
  examples: [
    { given: {}, is: 'pass', under: "belongs to GitLab's key" },
    {
      given: { certificates: { signing: { path: '/r.crt', absent: 'missing' } } },
      is: 'fail',
      under: '/r.crt is missing',
    },
    {
      given: {
        host: sampleHost({
          gitlabYml: { issuer: 'other' },
          registryConfig: { path: '/c', text: 'auth:\n  token:\n    issuer: omnibus-gitlab-issuer\n' },
        }),
      },
      is: 'fail',
      under: 'GitLab signs as "other"',
    },
    { given: { certificates: { signing: pairOf(false) } }, is: 'fail', under: 'does not belong' },
    { given: { certificates: {} }, is: 'skipped', under: 'rootcertbundle' },
  ],
} as const satisfies Check<'certificates' | 'host'>;

function pairOf(keyMatches: boolean) {
  return { ...HEALTHY.certificates.signing, keyMatches } as CertificateFacts & { path: string };
}
