import type { GitlabRb, RbValue } from './gitlab-rb.js';
import { settingOfPath } from './gitlab-rb.js';

/** One value that `gitlab-ctl reconfigure` would write, and the setting it would come from. */
export interface Expected {
  file: 'registry-config' | 'vhost';
  /** Dotted path in config.yml; directive in the vhost. */
  key: string;
  value: string;
  /** `registry['registry_http_addr']`, or the rule when it is a default. */
  from: string;
  /** Line of gitlab.rb; absent for a default. */
  line?: number;
}

/** The registry's settings as the package understands them. */
export interface Intended {
  /** `undefined` when gitlab.rb leaves it to the package (Let's Encrypt switches the registry on by itself). */
  enabled?: boolean;
  externalUrl?: string;
  registryUrl?: string;
  /** Settings that only Ruby could compute: nothing is said about what depends on them. */
  computed: { path: string; line: number }[];
  expected: Expected[];
}

/** The registry's nginx settings are read as `registry['nginx']` since 19.2 only; before, silently not. */
const NGINX_SPELLING_SINCE = [19, 2] as const;

/**
 * What reconfigure would make of gitlab.rb. Pure.
 *
 * Source: the cookbook of omnibus-gitlab (templates registry-config.yml.erb and nginx-gitlab-registry-http.conf.erb).
 * `version` decides which spelling of the nginx settings counts; unknown: both do.
 */
export function intended(file: GitlabRb, version?: string): Intended {
  const computed: Intended['computed'] = [];
  const expected: Expected[] = [];

  const external = read('external_url');
  const exposed = read('registry_external_url');
  const enable = read('registry', 'enable');
  const registryUrl = text(exposed);
  const url = registryUrl !== undefined && URL.canParse(registryUrl) ? new URL(registryUrl) : undefined;

  config('http.addr', read('registry', 'registry_http_addr'), '127.0.0.1:5000');
  const realm = read('registry', 'token_realm') ?? external;
  if (realm === undefined || realm.value !== undefined) {
    const base = text(realm);
    if (base !== undefined)
      config('auth.token.realm', realm === undefined ? undefined : { ...realm, value: `${base}/jwt/auth` });
  }
  config('auth.token.issuer', read('gitlab_rails', 'registry_issuer'), 'omnibus-gitlab-issuer');
  config('auth.token.service', undefined, 'container_registry');
  const storage = read('registry', 'storage');
  if (storage === undefined) {
    const shared = text(read('gitlab_rails', 'shared_path'));
    config(
      'storage.filesystem.rootdirectory',
      read('gitlab_rails', 'registry_path'),
      `${shared ?? '/var/opt/gitlab/gitlab-rails/shared'}/registry`,
    );
  } else if (typeof storage.value === 'object' && storage.value !== null && !Array.isArray(storage.value)) {
    for (const [key, value] of leaves(storage.value)) config(`storage.${key}`, { ...storage, value });
  }
  config('log.level', read('registry', 'log_level'), 'info');
  config('http.debug.addr', read('registry', 'debug_addr'));

  if (url !== undefined) {
    const nginxPort = nginx('listen_port');
    const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
    vhost('listen port', nginxPort ?? (exposed && { ...exposed, value: port }));
    vhost('server_name', exposed && { ...exposed, value: url.hostname });
    const address = read('registry', 'registry_http_addr');
    vhost(
      'proxy_pass',
      address && { ...address, value: address.value === undefined ? undefined : `http://${address.value}` },
      'http://127.0.0.1:5000',
    );
    const listenHttps = nginx('listen_https');
    const https = listenHttps === undefined ? url.protocol === 'https:' : listenHttps.value === true;
    if (https) {
      vhost('ssl_certificate', nginx('ssl_certificate'), undefined);
      vhost('ssl_certificate_key', nginx('ssl_certificate_key'), undefined);
    }
    // The template writes it whatever the settings say.
    vhost('client_max_body_size', undefined, '0');
    vhost('X-Forwarded-Proto', exposed && { ...exposed, value: url.protocol.slice(0, -1) });
  }

  const externalUrl = text(external);
  const enabled = typeof enable?.value === 'boolean' ? enable.value : registryUrl === undefined ? undefined : true;
  return {
    computed,
    expected,
    ...(enabled === undefined ? {} : { enabled }),
    ...(externalUrl === undefined ? {} : { externalUrl }),
    ...(registryUrl === undefined ? {} : { registryUrl }),
  };

  function read(...path: string[]) {
    const setting = settingOfPath(file, ...path);
    if (setting === undefined) return undefined;
    const name = spelled(setting.path);
    if (setting.value === undefined && !computed.some((one) => one.line === setting.line))
      computed.push({ path: name, line: setting.line });
    return { value: setting.value, line: setting.line, name };
  }

  function nginx(key: string) {
    const current = isAtLeast(version, NGINX_SPELLING_SINCE) ? read('registry', 'nginx', key) : undefined;
    return current ?? read('registry_nginx', key);
  }

  function config(key: string, setting: ReturnType<typeof read>, fallback?: string) {
    put('registry-config', key, setting, fallback);
  }

  function vhost(key: string, setting: ReturnType<typeof read>, fallback?: string) {
    put('vhost', key, setting, fallback);
  }

  function put(target: Expected['file'], key: string, setting: ReturnType<typeof read>, fallback: string | undefined) {
    if (setting === undefined) {
      if (fallback !== undefined) expected.push({ file: target, key, value: fallback, from: 'the package’s default' });
    } else if (setting.value !== undefined && setting.value !== null && setting.value !== '***') {
      expected.push({ file: target, key, value: String(setting.value), from: setting.name, line: setting.line });
    }
  }
}

function text(setting: { value: RbValue | undefined } | undefined): string | undefined {
  return typeof setting?.value === 'string' ? setting.value : undefined;
}

function spelled([first = '', ...rest]: string[]): string {
  return `${first}${rest.map((key) => `['${key}']`).join('')}`;
}

function* leaves(value: { [key: string]: RbValue }, prefix = ''): Generator<[string, RbValue]> {
  for (const [key, inner] of Object.entries(value)) {
    if (typeof inner === 'object' && inner !== null && !Array.isArray(inner)) yield* leaves(inner, `${prefix}${key}.`);
    else if (!Array.isArray(inner)) yield [`${prefix}${key}`, inner];
  }
}

/** Is `version` at least that? An unknown version counts as new. */
export function isAtLeast(version: string | undefined, [major, minor]: readonly [number, number]): boolean {
  if (version === undefined) return true;
  const [haveMajor = 0, haveMinor = 0] = version.split('.').map(Number);
  return haveMajor > major || (haveMajor === major && haveMinor >= minor);
}
