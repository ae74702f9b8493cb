import fc from 'fast-check';
import { PlannedWrite, plannedWrite, tokenWords } from '../../../src/rotation/plan/plan.js';
import { createSeal } from '../../../src/secrets/seal.js';
import { variableOf } from '../plan-of.js';

const seal = createSeal('the key of these tests');
const digest = (value: string) => seal.digest(value, 'rotation 1');

test('a planned write holds every flag, never the value, and a digest that knows it again', () => {
  const owner = { kind: 'group', id: 2, path: 'shop' } as const;
  const because = 'it stands beside REGISTRY_USER';
  fc.assert(
    fc.property(fc.stringMatching(/^gldt-[a-z]{12}$/), fc.boolean(), fc.boolean(), (value, masked, raw) => {
      const flags = { variable_type: 'file', protected: true, masked, raw, environment_scope: 'production' };
      const variable = variableOf('REGISTRY_PASSWORD', value, { ...flags, description: 'for the pipeline' });
      const write = plannedWrite({ owner, variable, carries: 'password', because }, digest);
      expect(JSON.stringify(write)).not.toContain(value);
      expect(PlannedWrite.parse(JSON.parse(JSON.stringify(write)))).toEqual(write);
      expect(write.variable).toMatchObject({ ...flags, description: 'for the pipeline' });
      expect(write.digest).toBe(digest(value));
      expect(write.digest).not.toBe(digest(`${value}.`));
    }),
  );
});

test('of a hidden variable there is nothing to compare with', () => {
  const owner = { kind: 'project', id: 1, path: 'shop/api' } as const;
  const variable = variableOf('REGISTRY_PASSWORD', null);
  expect(plannedWrite({ owner, variable, carries: 'password', because: '' }, digest).digest).toBeNull();
});

test('tokens of both kinds have numbers of their own, so the kind is said', () => {
  expect([tokenWords({ kind: 'deploy', id: 7 }), tokenWords({ kind: 'access', id: 7 })]).toEqual([
    'deploy token 7',
    'access token 7',
  ]);
});
