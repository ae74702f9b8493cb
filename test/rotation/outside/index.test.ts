import { parseConfig } from '../../../src/config/load.js';
import { declaredConsumers, outsideConsumers } from '../../../src/rotation/outside/index.js';

const parsed = parseConfig(`instances:
  - name: main
    gitlab: { url: https://gitlab.example.com, token: env:T }
    registry: { url: https://registry.example.com:5050 }
    rotation:
      outside:
        - path: shop/api
          kubernetes: { server: https://k8s.example.com:6443, token: env:K, namespace: shop, secret: regcred }
        - path: Shop/API
          token: ci
          gitlab: { url: https://other.example.com, token: env:O, project: a/b, username: U, password: P, scope: prod }
        - path: shop
          command: { run: [vault-put] }
        - { path: shop/api, token: deploy, command: { run: [tell, jenkins] } }
        - { path: shop/api, token: ci, command: { run: [tell, jenkins] } }
        - { path: shop/api, token: ci, command: { run: [tell, nexus] } }
`);
if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
const [instance] = parsed.config.instances;
if (instance === undefined) throw new Error('no instance');

const secret = () => {
  throw new Error('no secret is needed yet');
};
const names = (path: string, token: string) => outsideConsumers(instance, path, token, secret).map(({ name }) => name);

test('the consumers of a token, in the file’s order; a path is exact, and its case does not count', () => {
  expect(names('shop/api', 'other')).toEqual(['the pull secret regcred of namespace shop at k8s.example.com:6443']);
  expect(names('SHOP/api', 'ci')).toEqual([
    'the pull secret regcred of namespace shop at k8s.example.com:6443',
    'U, P of a/b at other.example.com (scope prod)',
    'the command tell (number 2)',
    'the command tell (number 3)',
  ]);
  expect(names('shop', 'ci')).toEqual(['the command vault-put']);
  expect(names('shop/api/sub', 'ci')).toEqual([]);
});

test('each has a name of its own', () => {
  const all = declaredConsumers(instance, secret).map(({ consumer }) => consumer.name);
  expect(all).toHaveLength(6);
  expect(new Set(all).size).toBe(6);
});
