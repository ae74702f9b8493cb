import type { Redis } from 'ioredis';
import { parseConfig } from '../src/config/load.js';
import type { ConfigSource } from '../src/config/source.js';
import { chooseInstance, lookAtUrl, type OpenInstance, openInstance, withInstance } from '../src/instance.js';

function configOf(...names: string[]) {
  const instances = names.map(
    (name) =>
      `  - name: ${name}\n    gitlab: { url: https://${name}.example.com, token: env:TOKEN }\n    registry: { url: https://registry.${name}.example.com }\n`,
  );
  const parsed = parseConfig(`instances:\n${instances.join('')}`);
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  return parsed.config;
}

function source(...names: string[]): ConfigSource {
  return { current: () => configOf(...names), secret: () => 'glpat-x' };
}

describe('which instance', () => {
  test('the one of that name; the only one without a name', () => {
    expect(chooseInstance(configOf('one', 'two'), 'two').name).toBe('two');
    expect(chooseInstance(configOf('one')).name).toBe('one');
  });

  test('several and no name: they are listed, none is guessed', () => {
    expect(() => chooseInstance(configOf('one', 'two'))).toThrow('There are several GitLab instances');
  });

  test('a name that is not there, even where there is only one', () => {
    for (const names of [['one'], ['one', 'two']])
      expect(() => chooseInstance(configOf(...names), 'three')).toThrow('There is no instance three');
  });
});

describe('opening', () => {
  test('gives the edges of the configured addresses', async () => {
    const opened = openInstance(source('one'));
    expect([opened.config.name, opened.gitlab.url, opened.registry.url]).toEqual([
      'one',
      'https://one.example.com',
      'https://registry.one.example.com',
    ]);
    await opened.close();
  });

  test('lasts as long as the work, gives its result, and lets its failure through', async () => {
    expect(await withInstance(source('one'), undefined, async ({ config }) => config.name)).toBe('one');
    await expect(
      withInstance(source('one'), 'one', () => Promise.reject(new Error('the work failed'))),
    ).rejects.toThrow('the work failed');
  });

  test('a secret that is missing is said at once', async () => {
    const without: ConfigSource = {
      current: () => configOf('one'),
      secret: () => {
        throw new Error('secret-missing');
      },
    };
    await expect(withInstance(without, 'one', async () => 'never')).rejects.toThrow('secret-missing');
  });
});

describe('a look at the URL', () => {
  function looker(all: { id: number }[] | undefined) {
    const stored = new Map<string, string>();
    const redis = {
      get: async (key: string) => stored.get(key) ?? null,
      set: async (key: string, value: string) => void stored.set(key, value),
    } as unknown as Redis;
    const instance = {
      config: configOf('one').instances[0],
      gitlab: { allDeployTokens: async () => all },
    } as unknown as OpenInstance;
    return (seen?: { id: number }[]) => lookAtUrl(instance, redis, 1_000, seen);
  }

  test('remembers the newest deploy token of all', async () => {
    expect(await looker([{ id: 3 }, { id: 41 }, { id: 7 }])([{ id: 99 }])).toMatchObject([{ highestAtLast: 41 }]);
  });

  test('without the right to list them, of those that were seen; of none, nothing', async () => {
    expect(await looker(undefined)([{ id: 5 }, { id: 2 }])).toMatchObject([{ highestAtLast: 5 }]);
    expect(await looker(undefined)()).toMatchObject([{ url: 'https://registry.one.example.com', highestAtLast: 0 }]);
  });
});
