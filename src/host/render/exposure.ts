import type { RbHash } from './settings.js';
import { atLeast, type Found, isHash, type Origin, type SettingsTree, spelled, truth, UNKNOWN } from './settings.js';

/** What only the host knows: Let's Encrypt depends on certificate files being there. */
export interface HostFacts {
  gitlabCertificate(path: string): boolean;
  registryCertificate(path: string): boolean;
}

/** Where users reach the registry, and what Let's Encrypt has to do with it. */
export interface Exposure {
  /** By the URL; `undefined` without one. */
  scheme: 'http' | 'https' | undefined;
  host: string;
  /** Of nginx. */
  listenPort: string;
  /** That users are told, where it is not the scheme's own: gitlab_rails['registry_port']. */
  advertisedPort: string | undefined;
  letsEncrypt: boolean;
  /** registry_external_url is set, so the exposure is not one that Let's Encrypt switched on by itself. */
  ownUrl: boolean;
  /** Name in the certificate's default path. */
  certificateHost: string;
  /** Let's Encrypt puts the registry's name into GitLab's certificate, whatever path gitlab.rb names. */
  sharesCertificate: boolean;
  origin: Origin;
}

/** A reconfigure that stops; what the package prints. */
export interface Refused {
  refused: string;
}

/** The registry's nginx settings: before 19.2 only the old spelling is read; since then the new one wins per key. */
export function nginxSettings(tree: SettingsTree, version: string): (key: string) => Found {
  const current = ['registry', 'nginx'];
  return (key) => {
    if (atLeast(version, '19.2')) {
      const value = tree.get(...current, key);
      if (value !== undefined && value !== null) return { value, origin: tree.origin(...current, key) };
    }
    return tree.find('registry_nginx', key);
  };
}

/**
 * Who reaches the registry where; `undefined` where it is switched off.
 *
 * Source: omnibus-gitlab 19.3, libraries/registry.rb and lets_encrypt.rb.
 */
export function findExposure(tree: SettingsTree, version: string, facts: HostFacts): Exposure | Refused | undefined {
  const external = urlOf(tree.text('external_url'));
  if (external === 'invalid') return { refused: refusal('GitLab', 'http://gitlab.example.com/') };
  const own = urlOf(tree.text('registry_external_url'));
  if (own === 'invalid') return { refused: refusal('GitLab Registry', 'https://registry.example.com/') };
  const letsEncrypt = usesLetsEncrypt(tree, external, facts);
  const nginx = nginxSettings(tree, version);
  const registryPort = tree.text('gitlab_rails', 'registry_port');
  const enabled = tree.get('registry', 'enable');
  if (own !== undefined) {
    if (own.path !== '' && own.path !== '/')
      return { refused: `Unsupported GitLab Registry external URL path: ${own.path}` };
    if (!truth(enabled, true)) return undefined;
    const wanted = nginx('ssl_certificate').value ?? `/etc/gitlab/ssl/${own.host}.crt`;
    const sharesCertificate = letsEncrypt && external !== undefined && !facts.registryCertificate(String(wanted));
    return {
      scheme: own.scheme,
      host: own.host,
      listenPort: String(nginx('listen_port').value ?? own.port),
      advertisedPort: isUsual(own.port) ? registryPort : own.port,
      letsEncrypt,
      ownUrl: true,
      certificateHost: sharesCertificate ? external.host : own.host,
      sharesCertificate,
      origin: tree.origin('registry_external_url'),
    };
  }
  const auto = enabled === undefined || enabled === null;
  if (auto && letsEncrypt && external !== undefined && (external.path === '' || external.path === '/')) {
    const listenPort = String(nginx('listen_port').value ?? 5050);
    return {
      scheme: external.scheme,
      host: external.host,
      listenPort,
      advertisedPort: isUsual(external.port) ? (registryPort ?? listenPort) : external.port,
      letsEncrypt,
      ownUrl: false,
      certificateHost: external.host,
      sharesCertificate: false,
      origin: tree.origin('external_url'),
    };
  }
  if (auto || !truth(enabled, false)) return undefined;
  // Switched on without a URL: the package then knows neither name nor port.
  return {
    scheme: undefined,
    host: tree.text('gitlab_rails', 'registry_host') ?? '',
    listenPort: String(nginx('listen_port').value ?? ''),
    advertisedPort: registryPort,
    letsEncrypt,
    ownUrl: false,
    certificateHost: '',
    sharesCertificate: false,
    origin: tree.origin('registry', 'enable'),
  };
}

export interface RbUrl {
  scheme: 'http' | 'https';
  host: string;
  port: string;
  path: string;
}

/** A URL as Ruby's URI takes it apart: the host keeps its case. */
export function urlOf(text: string | undefined): RbUrl | 'invalid' | undefined {
  if (text === undefined) return undefined;
  if (text.includes(UNKNOWN)) {
    const scheme = text.startsWith('http:') ? 'http' : 'https';
    return { scheme, host: UNKNOWN, port: UNKNOWN, path: '' };
  }
  const found = /^(https?):\/\/(?:[^@/?#\s]*@)?(\[[^\]\s]+\]|[^:/?#\s]+)(?::(\d*))?(\/[^?#\s]*)?(?:[?#]\S*)?$/i.exec(
    text,
  );
  if (found === null) return 'invalid';
  const scheme = found[1]?.toLowerCase() === 'https' ? 'https' : 'http';
  return { scheme, host: found[2] ?? '', port: found[3] || (scheme === 'https' ? '443' : '80'), path: found[4] ?? '' };
}

/** The nginx settings of GitLab itself, in both spellings. */
export function gitlabNginx(tree: SettingsTree, key: string): RbHash[string] | undefined {
  const current = tree.get('gitlab_rails', 'nginx');
  return (isHash(current) ? current[key] : undefined) ?? tree.get('nginx', key);
}

function usesLetsEncrypt(tree: SettingsTree, external: RbUrl | undefined, facts: HostFacts): boolean {
  const given = tree.get('letsencrypt', 'enable');
  if (given !== undefined && given !== null) return given !== false;
  if (external?.scheme !== 'https' || !tree.truth(true, 'nginx', 'enable')) return false;
  if (!truth(gitlabNginx(tree, 'listen_https'), true)) return false;
  return !facts.gitlabCertificate(
    String(gitlabNginx(tree, 'ssl_certificate') ?? `/etc/gitlab/ssl/${external.host}.crt`),
  );
}

function isUsual(port: string): boolean {
  return port === '80' || port === '443';
}

function refusal(what: string, example: string): string {
  return `${what} external URL must include a schema and FQDN, e.g. ${example}`;
}

/** `registry['nginx'][key]` or the old spelling, as gitlab.rb of that version has to write it. */
export function nginxSpelling(version: string, key: string): string {
  return spelled(atLeast(version, '19.2') ? ['registry', 'nginx', key] : ['registry_nginx', key]);
}
