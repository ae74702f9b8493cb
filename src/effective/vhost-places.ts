import { identity, meaning, told } from '../host/compare/nginx-words.js';
import { type Directive, directives } from '../host/nginx.js';
import type { SettingsTree } from '../host/render/settings.js';
import { isSecret } from '../secrets/keys.js';
import { always, ofNginx, type Place, type Reading } from './place.js';

/** Headers by which the registry knows under which address it is reached, and by whom. */
const HEADERS = ['X-Forwarded-Proto', 'Host', 'X-Forwarded-For'];

/** What of the registry's vhost an administrator wants to see, in the order in which it is told. */
export const VHOST_PLACES: readonly Place<readonly Directive[]>[] = [
  { setting: always('registry_external_url'), at: 'server_name', read: externalUrl },
  { setting: ofNginx('listen_port'), at: 'listen', read: listen },
  { setting: ofNginx('redirect_http_to_https'), at: 'return', absent: 'off', read: redirect },
  directive('ssl_certificate'),
  directive('ssl_certificate_key'),
  directive('ssl_protocols'),
  { setting: always('registry', 'registry_http_addr'), at: 'proxy_pass', read: upstream },
  ...HEADERS.map(
    (name): Place<readonly Directive[]> => ({
      setting: (tree: SettingsTree, version) => [...ofNginx('proxy_set_headers')(tree, version), name],
      at: `proxy_set_header ${name}`,
      read: (file) => header(file, name),
    }),
  ),
  directive('client_max_body_size', ({ text }) => (/^0[kmg]?$/i.test(text) ? '0, which is no limit' : text)),
  directive('proxy_read_timeout'),
];

function directive(name: string, worded = ({ text }: Reading) => text): Place<readonly Directive[]> {
  return {
    setting: ofNginx(name),
    at: name,
    read(file) {
      const [found] = directives(main(file), name);
      if (found === undefined) return undefined;
      const text = found.args.join(' ');
      const reading = { text, means: meaning(found).join(' '), lines: [found.line], made: text };
      return { ...reading, text: worded(reading) };
    },
  };
}

/** The registry's own server; another one redirects to it. */
function main(file: readonly Directive[]): readonly Directive[] {
  return servers(file, 'server')[0]?.children ?? [];
}

function servers(file: readonly Directive[], kind: 'server' | 'server that redirects'): Directive[] {
  return file.filter((one) => one.name === 'server' && identity(one) === kind);
}

function externalUrl(file: readonly Directive[], urlPort: string | undefined): Reading | undefined {
  const [name] = directives(main(file), 'server_name');
  if (name === undefined) return undefined;
  const [first] = directives(main(file), 'listen');
  const said = header(file, 'X-Forwarded-Proto')?.text;
  const scheme = said === 'http' || said === 'https' ? said : first?.args.includes('ssl') ? 'https' : 'http';
  const port = urlPort ?? portOf(first) ?? '';
  const usual = port === '' || port === (scheme === 'https' ? '443' : '80');
  return { text: `${scheme}://${name.args[0] ?? ''}${usual ? '' : `:${port}`}`, lines: [name.line] };
}

function listen(file: readonly Directive[]): Reading | undefined {
  const all = directives(main(file), 'listen');
  const [first] = all;
  if (first === undefined) return undefined;
  const ports = new Set(all.map(portOf));
  const port = portOf(first);
  return {
    text: all.map(({ args }) => args.join(' ')).join(', '),
    means: all.map((one) => meaning(one).join(' ')).join(', '),
    lines: all.map(({ line }) => line),
    ...(ports.size === 1 && port !== undefined ? { made: Number(port) } : {}),
  };
}

function portOf(one: Directive | undefined): string | undefined {
  const [address = ''] = one === undefined ? [] : meaning(one);
  return /:(\d+)$/.exec(address)?.[1];
}

function redirect(file: readonly Directive[]): Reading | undefined {
  const [server] = servers(file, 'server that redirects');
  if (server === undefined) return undefined;
  const [to] = directives(server.children ?? [], 'return');
  const [from] = directives(server.children ?? [], 'listen');
  if (to === undefined) return undefined;
  return { text: `from port ${portOf(from) ?? '?'} to ${to.args.at(-1) ?? ''}`, lines: [to.line] };
}

function upstream(file: readonly Directive[]): Reading | undefined {
  const [found] = directives(main(file), 'proxy_pass');
  if (found === undefined) return undefined;
  const text = found.args.join(' ');
  const address = /^http:\/\/([^/]+)$/.exec(text)?.[1];
  const made = address === undefined ? {} : { made: address };
  return { text: `nginx passes on to ${text}`, means: text, lines: [found.line], ...made };
}

function header(file: readonly Directive[], name: string): Reading | undefined {
  const found = directives(main(file), 'proxy_set_header').find(
    ({ args }) => args[0]?.toLowerCase() === name.toLowerCase(),
  );
  if (found === undefined) return undefined;
  const { value } = told(found);
  return isSecret(name) ? { text: '***', lines: [found.line] } : { text: value, lines: [found.line], made: value };
}
