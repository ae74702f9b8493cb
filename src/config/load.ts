import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { closest, distance } from 'fastest-levenshtein';
import { isMap, isNode, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { EdgeError, messageOf } from '../errors.js';
import { absoluteOutside } from './rotation.js';
import { Config, type Endpoint, placeOf } from './schema.js';

/** One fault of a configuration file. */
export interface Fault {
  /** Dotted path: `instances.0.gitlab.url`. */
  key: string;
  /** 1-based; the nearest line that exists when the key itself is missing. */
  line: number;
  /** What is wrong and what would be right. */
  message: string;
}

/**
 * Parses and validates registrar.yaml. Pure. Gives every fault at once; never throws.
 *
 * The value at fault is not repeated: a secret pasted in the wrong place must not reach a log.
 */
export function parseConfig(text: string): { config: Config } | { faults: Fault[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  if (document.errors.length > 0) {
    return {
      faults: document.errors.map((error) => ({
        key: '',
        line: error.linePos?.[0].line ?? 1,
        message: notYaml(error),
      })),
    };
  }
  let value: unknown;
  try {
    value = document.toJS() ?? {};
  } catch (error) {
    // Aliases are resolved only now: to an anchor that isn't there, or far too many.
    return { faults: [{ key: '', line: 1, message: notYaml(error) }] };
  }
  const result = Config.safeParse(value);
  if (result.success) return { config: result.data };
  const faults = result.error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => faultAt([...issue.path, key], noSuchKey(key, placeOf(issue.path).keys)));
    }
    return [faultAt(issue.path, wording(issue))];
  });
  return { faults: faults.sort((a, b) => a.line - b.line) };

  function faultAt(path: readonly PropertyKey[], message: string): Fault {
    return { key: path.map(String).join('.'), line: lineOf(path), message };
  }

  function lineOf(path: readonly PropertyKey[]): number {
    for (let length = path.length; length >= 0; length--) {
      const parent = length > 0 ? document.getIn(path.slice(0, length - 1), true) : undefined;
      const pair = isMap(parent)
        ? parent.items.find((item) => String(item.key) === String(path[length - 1]))
        : undefined;
      const node = pair !== undefined && isNode(pair.key) ? pair.key : document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
    }
    return 1;
  }
}

/** The first line without what follows its colon or backslash: there the parser repeats the text at fault. */
function notYaml(error: unknown): string {
  const [first = ''] = messageOf(error).split('\n');
  return `not YAML: ${first.replace(/ at line \d+.*$/, '').replace(/(?::| \\).*$/, '')}`;
}

function noSuchKey(key: string, known: readonly string[]): string {
  const near = known.length === 0 ? key : closest(key, known);
  return near !== key && distance(near, key) <= 2
    ? `no such key: did you mean ${near}?`
    : `no such key: here may stand ${known.join(', ') || 'none'}`;
}

const IN_WORDS: Record<string, string> = {
  array: 'a list',
  object: 'keys and values',
  boolean: 'true or false',
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
};

function wording(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'invalid_type' && issue.code !== 'invalid_union') return issue.message;
  const expected = issue.code === 'invalid_type' ? (IN_WORDS[issue.expected] ?? issue.expected) : undefined;
  const isMissing = /received undefined/.test(JSON.stringify(issue));
  const { description } = placeOf(issue.path);
  const right = [expected, description].filter((words) => words !== undefined).join(': ');
  return `${isMissing ? 'missing' : 'of another kind'}; it takes ${right}`;
}

/** Reads the file; paths inside it that are not absolute are relative to it. Errors: `config-invalid` with every fault. */
export function loadConfig(path: string): Config {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new EdgeError({
      part: 'config',
      code: 'config-invalid',
      cause: error,
      forPerson: {
        what: `the configuration ${path} can't be read`,
        why: messageOf(error),
        next: '`registrar init` asks and writes it; or name the file with --config',
      },
    });
  }
  const parsed = parseConfig(text);
  if ('faults' in parsed) {
    const list = parsed.faults.map(
      ({ key, line, message }) => `${path}:${line}: ${key === '' ? '' : `${key}: `}${message}`,
    );
    throw new EdgeError({
      part: 'config',
      code: 'config-invalid',
      forPerson: {
        what: `the configuration has ${list.length} fault${list.length === 1 ? '' : 's'}`,
        why: list.join('\n'),
        next: `mend ${path}; \`registrar config schema\` prints what it may hold`,
      },
    });
  }
  return absolutePaths(parsed.config, dirname(resolve(path)));
}

function absolutePaths(config: Config, base: string): Config {
  const absolute = (path: string) => resolve(base, path);
  const secret = <T extends string>(reference: T): T =>
    reference.startsWith('file:') ? (`file:${absolute(reference.slice(5))}` as T) : reference;
  const hook = (one: NonNullable<Config['instances'][number]['hook']>) => ({
    ...one,
    ...(one.secret === undefined ? {} : { secret: secret(one.secret) }),
    ...(one.signingKey === undefined ? {} : { signingKey: secret(one.signingKey) }),
  });
  const endpoint = ({ key, passphrase, agent, knownHosts }: Endpoint): Partial<Endpoint> => ({
    ...(key === undefined ? {} : { key: secret(key) }),
    ...(passphrase === undefined ? {} : { passphrase: secret(passphrase) }),
    ...(typeof agent === 'string' ? { agent: absolute(agent) } : {}),
    ...(knownHosts === undefined ? {} : { knownHosts: absolute(knownHosts) }),
  });
  const { slack, mattermost } = config.chat;
  return {
    ...config,
    dataDir: absolute(config.dataDir),
    notes: config.notes.map((note) => ({ ...note, file: absolute(note.file) })),
    ...(config.sealingKey === undefined ? {} : { sealingKey: secret(config.sealingKey) }),
    ...(config.redis === undefined ? {} : { redis: { url: secret(config.redis.url) } }),
    chat: {
      ...config.chat,
      ...(slack === undefined
        ? {}
        : {
            slack: {
              ...slack,
              botToken: secret(slack.botToken),
              ...(slack.appToken === undefined ? {} : { appToken: secret(slack.appToken) }),
              ...(slack.signingSecret === undefined ? {} : { signingSecret: secret(slack.signingSecret) }),
            },
          }),
      ...(mattermost === undefined
        ? {}
        : {
            mattermost: {
              ...mattermost,
              token: secret(mattermost.token),
              commands: Object.fromEntries(
                Object.entries(mattermost.commands).map(([team, token]) => [team, secret(token)]),
              ),
              ...(mattermost.ca === undefined ? {} : { ca: absolute(mattermost.ca) }),
            },
          }),
    },
    instances: config.instances.map((instance) => ({
      ...instance,
      gitlab: {
        ...instance.gitlab,
        token: secret(instance.gitlab.token),
        ...(instance.gitlab.signIn?.secret === undefined
          ? {}
          : { signIn: { ...instance.gitlab.signIn, secret: secret(instance.gitlab.signIn.secret) } }),
      },
      ...(instance.ca === undefined ? {} : { ca: absolute(instance.ca) }),
      ...(instance.hook === undefined ? {} : { hook: hook(instance.hook) }),
      rotation: {
        ...instance.rotation,
        outside: instance.rotation.outside.map((one) => absoluteOutside(one, absolute, secret)),
      },
      hosts: instance.hosts.map((host) => ({
        ...host,
        ...endpoint(host),
        ...(host.jump === undefined ? {} : { jump: { ...host.jump, ...endpoint(host.jump) } }),
      })),
    })),
  };
}
