import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig, parseConfig } from '../../src/config/load.js';

const BASE = `instances:
  - name: main
    gitlab: { url: https://gitlab.example.com, token: env:T }
    registry: { url: https://registry.example.com:5050 }
    rotation:
      outside:
`;
const KUBERNETES = 'kubernetes: { server: https://k8s:6443, token: env:K, namespace: shop, secret: regcred }';
const GITLAB = 'gitlab: { url: https://other, token: env:O, project: a/b, password: P }';
const COMMAND = 'command: { run: [bin/tell, jenkins] }';

const withConsumers = (...consumers: string[]) => BASE + consumers.map((one) => `        - { ${one} }\n`).join('');
function faults(...consumers: string[]): string[] {
  const parsed = parseConfig(withConsumers(...consumers));
  return 'faults' in parsed ? parsed.faults.map(({ key, message }) => `${key}: ${message}`) : [];
}

test('nobody outside is declared unless somebody is', () => {
  expect(parseConfig(BASE.slice(0, BASE.indexOf('    rotation:')))).toMatchObject({
    config: { instances: [{ rotation: { outside: [] } }] },
  });
});

test('each kind, for every token or for one; the variables’ scope is * where none is named', () => {
  expect(faults(`path: shop/api, ${KUBERNETES}`, `path: shop, token: ci, ${GITLAB}`, `path: a, ${COMMAND}`)).toEqual(
    [],
  );
  expect(parseConfig(withConsumers(`path: shop, ${GITLAB}`))).toMatchObject({
    config: { instances: [{ rotation: { outside: [{ gitlab: { scope: '*' } }] } }] },
  });
});

test.each([
  [`path: shop`, ': exactly one of kubernetes, gitlab, command'],
  [`path: shop, ${KUBERNETES}, ${COMMAND}`, ': exactly one of kubernetes, gitlab, command'],
  [KUBERNETES, '.path: missing'],
  [`path: ../x, ${KUBERNETES}`, '.path: not a GitLab path'],
  [`path: a, ${KUBERNETES.replace('https:', 'http:')}`, '.kubernetes.server: https://…: a token is sent there'],
  [
    `path: a, ${KUBERNETES.replace('env:K', 'eyJhbGciOi')}`,
    '.kubernetes.token: a secret stands here by reference only',
  ],
  [`path: a, ${KUBERNETES.replace('shop', 'Shop')}`, '.kubernetes.namespace: the name of a namespace'],
  [`path: a, ${KUBERNETES.replace('regcred', 'a/b')}`, '.kubernetes.secret: the name of a secret'],
  [`path: a, ${GITLAB.replace('project: a/b, ', '')}`, '.gitlab: exactly one of project and group'],
  [`path: a, ${GITLAB.replace('password: P', 'group: c, password: P')}`, '.gitlab: exactly one of project and group'],
  [`path: a, ${GITLAB.replace(', password: P', '')}`, '.gitlab: at least one of username, password and dockerConfig'],
  [`path: a, ${GITLAB.replace('password: P', 'password: "A B"')}`, '.gitlab.password: the key of a variable'],
  ['path: a, command: { run: [] }', '.command.run: the program, and what it is given'],
  ['path: a, command: { run: [""] }', '.command.run: the program has a name'],
  ['path: a, command: { run: tell jenkins }', '.command.run: of another kind; it takes a list'],
  ['path: a, command: { run: ["a", "b\\0c"] }', '.command.run.1: a text without a null byte'],
])('%s', (consumer, fault) => {
  expect(faults(consumer)).toContainEqual(expect.stringContaining(`instances.0.rotation.outside.0${fault}`));
});

test('paths are relative to the file; a program’s name alone is looked for', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'config-'));
  try {
    const path = join(dir, 'registrar.yaml');
    await writeFile(
      path,
      withConsumers(
        `path: a, ${KUBERNETES.replace('env:K', 'file:k8s, ca: ca.pem')}`,
        `path: a, ${GITLAB.replace('env:O', 'file:/o, ca: /ca.pem')}`,
        `path: a, ${COMMAND}`,
        'path: a, command: { run: [vault, put/x], check: [./check] }',
      ),
    );
    expect(loadConfig(path).instances[0]?.rotation.outside).toMatchObject([
      { kubernetes: { token: `file:${dir}/k8s`, ca: join(dir, 'ca.pem') } },
      { gitlab: { token: 'file:/o', ca: '/ca.pem' } },
      { command: { run: [join(dir, 'bin/tell'), 'jenkins'] } },
      { command: { run: ['vault', 'put/x'], check: [join(dir, 'check')] } },
    ]);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});

const policies = (...all: string[]) =>
  parseConfig(BASE.replace('outside:', 'policies:') + all.map((one) => `        - { ${one} }\n`).join(''));

test('a policy is announced a week before, unless another time is said', () => {
  expect(policies('path: shop, everyDays: 90, slack: C024BE91L')).toMatchObject({
    config: { instances: [{ rotation: { policies: [{ path: 'shop', everyDays: 90, notifyDays: 7 }] } }] },
  });
  expect(policies('path: shop, name: ci, everyDays: 1, notifyDays: 0, slack: C024BE91L')).toHaveProperty('config');
});

test.each([
  ['path: shop, everyDays: 7, slack: C024BE91L', '.0.notifyDays: fewer days than everyDays'],
  ['path: shop, everyDays: 30, notifyDays: 30, slack: C024BE91L', '.0.notifyDays: fewer days than everyDays'],
  ['path: shop, everyDays: 0, slack: C024BE91L', '.0.everyDays: '],
  ['path: shop, everyDays: 366, slack: C024BE91L', '.0.everyDays: '],
  ['path: ../shop, everyDays: 30, slack: C024BE91L', '.0.path: not a GitLab path'],
  ['path: shop, everyDays: 30, slack: "#shop"', '.0.slack: a Slack channel id'],
  ['path: shop, everyDays: 30', '.0: exactly one of slack and mattermost'],
  ['path: shop, everyDays: 30, slack: C024BE91L, mattermost: abcdefghijklmnopqrstuvwxyz', '.0: exactly one of'],
  ['path: shop, everyDays: 30, mattermost: town-square', '.0.mattermost: a Mattermost channel id'],
])('a policy: %s', (policy, fault) => {
  const parsed = policies(policy);
  const said = 'faults' in parsed ? parsed.faults.map(({ key, message }) => `${key}: ${message}`) : [];
  expect(said).toContainEqual(expect.stringContaining(`instances.0.rotation.policies${fault}`));
});

test('two policies for the same tokens are one too many, whatever the case', () => {
  const one = 'path: shop, everyDays: 90, slack: C024BE91L';
  const parsed = policies(one, one.replace('shop', 'Shop').replace('90', '60'));
  expect(parsed).toMatchObject({ faults: [{ key: 'instances.0.rotation.policies' }] });
  expect(policies(one, `${one}, name: ci`)).toHaveProperty('config');
});
