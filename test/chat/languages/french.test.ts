import { COMMANDS } from '../../../commands/index.js';
import { answer } from '../../../src/chat/answer.js';
import { FRENCH } from '../../../src/chat/languages/fr/index.js';
import { parseTemplate } from '../../../src/chat/languages/template.js';
import { isTranslated, translate } from '../../../src/chat/languages/translate.js';
import { welcome } from '../../../src/chat/welcome.js';
import { CAUSES } from '../../../src/diagnosis/causes/index.js';
import { jobsAnswer } from '../../../src/runs/report.js';

test('every sentence has the holes of its English one', () => {
  for (const [from, to] of Object.entries(FRENCH))
    expect({ from, holes: parseTemplate(to).holes.toSorted() }).toEqual({
      from,
      holes: parseTemplate(from).holes.toSorted(),
    });
});

test('a mark that stands off has a space that breaks no line, and quotes are French', () => {
  for (const to of Object.values(FRENCH)) {
    expect(to).not.toMatch(/[^\u00a0][!?;](?:\s|$)/);
    expect(to).not.toMatch(/[^\u00a0]:(?:\s|$)/);
    expect(to).not.toMatch(/[“”]/);
  }
});

test('what every command is for is said in French', () => {
  expect(COMMANDS.filter(({ summary }) => !isTranslated(summary, 'fr')).map(({ summary }) => summary)).toEqual([]);
});

test('what every cause is called is said in French', () => {
  expect(CAUSES.filter(({ title }) => !isTranslated(title, 'fr')).map(({ title }) => title)).toEqual([]);
});

test('help, made for a person', () => {
  const reader = {
    username: 'ana',
    canLink: true,
    instances: [{ name: 'main', operates: false, watched: true }],
  };
  const said = translate(welcome(reader, COMMANDS), 'fr');
  expect(said.title).toBe('Je veille sur le registre de conteneurs de GitLab');
  expect(JSON.stringify(said.parts)).toContain('Vous êtes ana dans GitLab');
  expect(JSON.stringify(said.parts)).toContain('Pas encore pour vous\u00a0: restart, reconfigure');
});

test('what is under way', () => {
  expect(translate(jobsAnswer([], 1), 'fr').title).toBe('Rien n’est en cours');
});

test('a diagnosis: its cause within its title', () => {
  expect(translate(answer('fail', 'The image name is outside the project (confirmed)'), 'fr').title).toBe(
    'Le nom de l’image est hors du projet (confirmé)',
  );
});
