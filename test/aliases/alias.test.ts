import { AliasName, aliasIn } from '../../src/aliases/alias.js';

test('a name has letters, digits and dashes, whatever the case', () => {
  expect(AliasName.parse('API-2')).toBe('api-2');
  for (const wrong of ['', '-a', 'a/b', 'a b', 'a'.repeat(41), '__proto__', 'a\nb'])
    expect(AliasName.safeParse(wrong).success).toBe(false);
});

test('the word that an alias may stand for is where a job has a path; a whole path is none', () => {
  expect(aliasIn({ project: 'API' })).toEqual({ field: 'project', name: 'api' });
  expect(aliasIn({ path: 'api' })).toEqual({ field: 'path', name: 'api' });
  expect(aliasIn({ subject: 'api' })).toEqual({ field: 'subject', name: 'api' });
  expect(aliasIn({ project: 'shop/api' })).toBeUndefined();
  expect(aliasIn({ instance: 'api' })).toBeUndefined();
});
