import { type End, violationsOf } from '../../bench/chaos/judge.js';
import { addSubject, type Subject, variablesOf, withLogin } from '../../bench/chaos/subject.js';
import type { Journal } from '../../src/rotation/journal.js';
import { type DeployToken, type GitLabDouble, startGitLab } from '../lab/gitlab/double.js';
import { makeSigningPair } from '../lab/gitlab/keys.js';
import type { Lab } from '../lab/lab.js';

let gitlab: GitLabDouble;
let lab: Lab;
let subject: Subject;

beforeAll(async () => {
  const { keyPem, certificatePem } = await makeSigningPair();
  gitlab = await startGitLab({ signingKeyPem: keyPem, certificatePem });
  gitlab.addUser({ username: 'registrar-bot' });
  const ana = gitlab.addUser({ username: 'ana' });
  lab = { gitlab, people: { ana, bob: ana }, host: { registryUrl: 'https://registry:5050' } } as unknown as Lab;
});

afterAll(() => gitlab.stop());

const SCOPES = ['read_registry', 'write_registry'];
const ENDS: Record<End, Journal['end']> = {
  rotated: { is: 'done', refused: '' },
  undone: { is: 'failed', why: 'w', next: '', undone: [], left: [], oldToken: 'in force' },
  left: { is: 'failed', why: 'w', next: '', undone: [], left: ['something'], oldToken: 'in force' },
};

/** What a rotation leaves that does everything right. */
function rotateWell(): DeployToken {
  subject = addSubject(lab, 'both');
  const { project, old } = subject;
  const fresh = gitlab.addDeployToken(project, {
    ...{ name: 'ci push (registrar 0123abcd)', username: old.username, scopes: SCOPES },
  });
  write(fresh);
  remove(old);
  return fresh;
}

function write(fresh: DeployToken): void {
  const { project, old } = subject;
  const [from, to] = [old, fresh].map(({ username, token }) => ({ username, password: token }));
  for (const variable of gitlab.variables)
    if (variable.holder === project && from !== undefined && to !== undefined)
      variable.value = withLogin(variable.value, from, to);
}

function remove(token: DeployToken): void {
  gitlab.deployTokens.splice(gitlab.deployTokens.indexOf(token), 1);
}

function judge(end: End, created?: { id: number }, expected: End = end, more: object = {}): string {
  const journal = { end: ENDS[end], ...(created === undefined ? {} : { created }), ...more } as Journal;
  return violationsOf(subject, expected, lab, journal).join('; ');
}

test('a rotation, and one that was undone, are as promised', () => {
  expect(judge('rotated', rotateWell())).toBe('');
  subject = addSubject(lab, 'both');
  expect(judge('undone')).toBe('');
});

test('another end than the expected one is told, with its reason', () => {
  subject = addSubject(lab, 'pair');
  expect(judge('undone', undefined, 'rotated')).toContain('it ended undone instead of rotated (w)');
});

test.each<[string, (fresh: DeployToken) => void, string]>([
  ['an orphan', ({ name }) => gitlab.addDeployToken(subject.project, { name, scopes: SCOPES }), 'is an orphan'],
  ['no token at all', remove, 'no live token is left'],
  ['the old one beside the new', () => gitlab.deployTokens.push(subject.old), '2 live tokens'],
  [
    'a variable with the old token',
    () => {
      const variable = gitlab.findVariable(subject.project, 'DOCKER_AUTH_CONFIG', 'production');
      if (variable !== undefined) variable.value = subject.before.find(({ key }) => key === variable.key)?.value ?? '';
    },
    'DOCKER_AUTH_CONFIG (production) is not what it should be',
  ],
  [
    'a variable without a flag',
    () => {
      const variable = gitlab.findVariable(subject.project, 'REGISTRY_PASSWORD');
      if (variable !== undefined) variable.protected = false;
    },
    'REGISTRY_PASSWORD (*) is not what it should be',
  ],
])('%s is a violation', (_, spoil, words) => {
  const fresh = rotateWell();
  spoil(fresh);
  expect(judge('rotated', fresh)).toContain(words);
});

test('what was undone has the old token alone, everywhere', () => {
  subject = addSubject(lab, 'pair');
  const fresh = gitlab.addDeployToken(subject.project, { name: 'ci push (registrar 0123abcd)', scopes: SCOPES });
  expect(judge('undone', fresh)).toContain('2 live tokens');
  write(fresh);
  expect(variablesOf(lab, subject.project)).not.toEqual(subject.before);
  expect(judge('undone', fresh)).toContain('REGISTRY_PASSWORD (*) is not what it should be');
});

test('what a person has to do is told', () => {
  subject = addSubject(lab, 'pair');
  const fresh = gitlab.addDeployToken(subject.project, { name: 'ci push (registrar 0123abcd)', scopes: SCOPES });
  expect(judge('left', fresh)).toContain(`a person is not told of the new token ${fresh.id}`);
});

test('a sealed secret stays in no journal', () => {
  const fresh = rotateWell();
  expect(judge('rotated', { ...fresh, secret: 'v1.key.text' } as DeployToken)).toContain('a sealed secret');
});
