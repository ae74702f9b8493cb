import fc from 'fast-check';
import type { Diagnosis } from '../../src/diagnosis/diagnosis.js';
import type { Findings } from '../../src/diagnosis/findings.js';
import { hearWitnesses } from '../../src/diagnosis/witnesses/index.js';
import type { GitLab } from '../../src/gitlab/client.js';
import { whoLoggedIn } from '../../src/proof/who.js';

/** Whatever a log says is hostile: what of it reaches GitLab has the form of a name, and no witness stumbles. */

const facts = (more: object): Diagnosis => ({
  cause: 'insufficient-rights',
  confidence: 'likely',
  why: '',
  alternatives: [],
  ruledOut: [],
  evidence: [],
  facts: { failure: '', logins: [], layersPushed: false, near: [], fromTheStart: true, ...more },
  fix: [],
});

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: fc.constantFrom(...'ab/.%?#&= $\n{}\'"@+-_') }),
  fc.constantFrom(
    '../../users',
    '$SECRET',
    ['$', '{SECRET}'].join(''),
    'a&admin=true',
    '%2e%2e',
    'gitlab-ci-token',
    'gitlab+deploy-token-1',
  ),
);

test('only names are asked for, and a variable’s value is never told unless GitLab knows it as a user', async () => {
  const asked: string[] = [];
  const jobs: number[] = [];
  const gitlab: Partial<GitLab> = {
    url: 'https://gitlab.example.com',
    deployTokens: async () => [],
    variables: async () => [{ key: 'SECRET', value: 'hunter2hunter2' }] as never,
    user: async (name) => void asked.push(name) as undefined,
    job: async (_, id) => void jobs.push(id) as undefined,
  };
  const project = async () => ({ id: 1, path_with_namespace: 'shop/api' });
  await fc.assert(
    fc.asyncProperty(text, text, async (user, tail) => {
      const jobUrl = `https://gitlab.example.com/shop/api/-/jobs/${tail}`;
      const log = facts({ logins: [{ line: 1, user }], jobUrl });
      const who = await whoLoggedIn(log, gitlab as GitLab, project);
      if (user.startsWith('$')) expect(JSON.stringify(who)).not.toContain('hunter2');
    }),
  );
  for (const name of asked) expect(name).toMatch(/^[\w][\w.+-]*$/);
  for (const id of jobs) expect(Number.isSafeInteger(id)).toBe(true);
});

test('every witness hears every failing line', () => {
  const words = fc.array(
    fc.oneof(
      fc.string(),
      fc.constantFrom(
        'tag "',
        ' is protected',
        '/jwt/auth',
        ' 403 ',
        'insufficient_scope',
        'scope="repository:',
        'denied',
      ),
    ),
  );
  fc.assert(
    fc.property(words, (parts) => {
      const diagnosis = facts({ failure: parts.join(''), operation: 'push' });
      const findings: Findings = {
        instance: 'lab',
        notLooked: [],
        access: { path: 'p', registry: 'disabled', instanceHasOne: false, visibility: 'public', archived: true },
        image: { name: { path: 'a/b' }, registryHost: 'h' },
        rights: { project: 'p', open: 'nobody', personal: true, who: { is: 'person', username: 'bob' } },
        rules: { project: 'p', matching: [], unseen: [] },
        jobToken: { source: 's', target: 't', limited: true, open: false },
      };
      for (const { why } of hearWitnesses(findings, diagnosis)) expect(why).not.toBe('');
    }),
  );
});
