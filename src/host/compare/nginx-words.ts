import type { Directive } from '../nginx.js';

/** Of these there may be several, told apart by their first word. */
const BY_FIRST_WORD = new Set([
  ...['proxy_set_header', 'add_header', 'proxy_hide_header', 'proxy_pass_header', 'set', 'ssl_conf_command'],
  ...['fastcgi_param', 'uwsgi_param', 'sub_filter', 'proxy_cookie_path', 'proxy_cookie_domain'],
]);
/** Of these, by all their words. */
const BY_ALL_WORDS = new Set(['location', 'if', 'upstream', 'error_page', 'map', 'limit_except']);

/** nginx carries these out, or tries them, one after the other: their order matters. */
const IN_ORDER = new Set(['rewrite', 'set', 'if', 'return', 'break', 'allow', 'deny']);

export function orderMatters({ name, args }: Directive): boolean {
  return IN_ORDER.has(name) || (name === 'location' && (args[0] ?? '').startsWith('~'));
}

/** The same for two directives that stand for the same thing, whatever they say of it. */
export function identity(one: Directive): string {
  const { name, args } = one;
  if (name === 'server') return holdsProxyPass(one) ? 'server' : 'server that redirects';
  if (BY_FIRST_WORD.has(name)) return `${name} ${meaning(one)[0] ?? ''}`;
  return BY_ALL_WORDS.has(name) ? `${name} ${args.join(' ')}` : name;
}

function holdsProxyPass({ children = [] }: Directive): boolean {
  return children.some((one) => one.name === 'proxy_pass' || holdsProxyPass(one));
}

/** How the directive is called where it is told, and what is left to say of it. */
export function told({ name, args, children }: Directive): { key: string; value: string } {
  const inner = children === undefined ? '' : `{ ${children.map(asText).join(' ')} }`;
  if (BY_FIRST_WORD.has(name)) return { key: `${name} ${args[0] ?? ''}`, value: args.slice(1).join(' ') };
  if (BY_ALL_WORDS.has(name)) return { key: [name, ...args].join(' '), value: inner };
  return { key: name, value: [...args, ...(inner === '' ? [] : [inner])].join(' ') };
}

function asText({ name, args, children }: Directive): string {
  const words = [name, ...args].join(' ');
  return children === undefined ? `${words};` : `${words} { ${children.map(asText).join(' ')} }`;
}

/** The words as nginx understands them: two that mean the same have the same. Source: nginx's documentation. */
export function meaning({ name, args }: Directive): string[] {
  const words = args.map((word) => (/^(?:on|off)$/i.test(word) ? word.toLowerCase() : word));
  const [first = '', ...rest] = words;
  switch (name) {
    case 'listen':
      return [address(first), ...rest.sort()];
    case 'server_name':
      return words.map((word) => word.toLowerCase()).sort();
    case 'ssl_protocols':
      return words.sort();
    case 'proxy_set_header':
    case 'add_header':
      return [first.toLowerCase(), ...rest];
    case 'client_max_body_size':
      return [measured(first, { k: 1024, m: 1024 ** 2, g: 1024 ** 3 }, 1), ...rest];
    case 'proxy_read_timeout':
    case 'proxy_send_timeout':
    case 'proxy_connect_timeout':
    case 'ssl_session_timeout':
      return [measured(first, { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 }, 1), ...rest];
    default:
      return words;
  }
}

/** `5050` and `*:5050` are one address; without a port it is 80. */
function address(word: string): string {
  if (/^\d+$/.test(word)) return `*:${word}`;
  const any = word.replace(/^0\.0\.0\.0(?=:|$)/, '*');
  return /(?::\d+|^unix:.*)$/.test(any.replace(/^\[[^\]]*\]/, '')) || any.includes('\uE000') ? any : `${any}:80`;
}

function measured(word: string, units: Record<string, number>, plain: number): string {
  const found = /^(\d+)([a-z]*)$/i.exec(word);
  const unit = found?.[2]?.toLowerCase() ?? '';
  const factor = unit === '' ? plain : units[unit];
  return found === null || factor === undefined ? word : String(Number(found[1]) * factor);
}
