import { COMMANDS } from '../../commands/index.js';
import type { Answer } from '../../src/chat/answer.js';
import { type Reader, readerOf, welcome } from '../../src/chat/welcome.js';
import type { Config } from '../../src/config/schema.js';
import { EdgeError } from '../../src/errors.js';

const instance = (name: string, operates = false) => ({ name, operates, watched: false });
const STRANGER: Reader = { canLink: true, instances: [instance('main')] };
const ANA: Reader = { ...STRANGER, username: 'ana' };

const namesOf = ({ parts }: Answer) =>
  parts.flatMap((part) => (part.kind === 'rows' ? part.rows.map(({ name }) => name.split(' ')[0]) : []));
const offered = ({ parts }: Answer) =>
  parts.flatMap((part) => (part.kind === 'buttons' ? part.buttons.map(({ value }) => value) : []));

describe('welcome', () => {
  test('who is known sees what they may ask, and what only operators may', () => {
    const said = welcome(ANA, COMMANDS);
    expect(namesOf(said)).toEqual(expect.arrayContaining(['status', 'rotate-token', 'diagnose']));
    expect(namesOf(said)).not.toContain('restart');
    expect(JSON.stringify(said)).toContain('You are ana in GitLab');
    expect(JSON.stringify(said)).toContain('Not for you so far: restart, reconfigure');
  });

  test('a stranger is told how to become known, and what works until then', () => {
    const said = welcome(STRANGER, COMMANDS);
    expect(namesOf(said)).toContain('status');
    expect(namesOf(said)).not.toContain('rotate-token');
    expect(JSON.stringify(said)).toContain('/registry link tells me');
    expect(offered(said)).toContain('link');
    expect(JSON.stringify(welcome({ ...STRANGER, canLink: false }, COMMANDS))).toContain('access.people');
  });

  test('an operator sees everything, and whose operator they are', () => {
    const said = welcome({ ...ANA, instances: [instance('main', true)] }, COMMANDS);
    expect(namesOf(said)).toHaveLength(COMMANDS.length);
    expect(JSON.stringify(said)).toContain('you operate main');
  });

  test('the examples name their own instance, and work as they are', () => {
    expect(offered(welcome(ANA, COMMANDS))).toEqual(['status main', 'config main', 'diagnose']);
    const watched = { ...ANA, instances: [{ ...instance('main'), watched: true }] };
    expect(offered(welcome(watched, COMMANDS))).toContain('history main');
  });
});

describe('readerOf', () => {
  const config = {
    instances: [
      { name: 'one', gitlab: {} },
      { name: 'two', gitlab: { signIn: {} }, watch: {}, operations: { allow: ['restart'], people: ['Ana', 'bob'] } },
    ],
  } as unknown as Config;
  const person = { platform: 'slack', id: 'UANA' } as const;

  test('knows the person by name, and puts first what they operate', async () => {
    expect(await readerOf(person, config, { nameOf: async () => 'ana' })).toEqual({
      username: 'ana',
      canLink: true,
      instances: [
        { name: 'two', operates: true, watched: true },
        { name: 'one', operates: false, watched: false },
      ],
    });
  });

  test('helps a stranger, also while Redis is away', async () => {
    const unknown = new EdgeError({ part: 'config', code: 'not-allowed', forPerson: { what: 'who?', next: 'link' } });
    for (const error of [unknown, new Error('connection is closed')])
      expect(await readerOf(person, config, { nameOf: () => Promise.reject(error) })).toMatchObject({
        instances: [{ name: 'one' }, { name: 'two', operates: false }],
      });
  });
});
