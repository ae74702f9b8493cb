import type { Identities } from '../access/identities.js';
import type { Config } from '../config/schema.js';
import { EdgeError } from '../errors.js';
import { isOperator } from '../operations/permit.js';
import { type Answer, answer, footer, text } from './answer.js';
import type { Command } from './command.js';
import type { Person } from './request.js';
import { offers } from './typed.js';

/** Whom help is made for. */
export interface Reader {
  /** Their GitLab user; left out: nobody knows who they are. */
  username?: string;
  /** Can they say who they are, by `/registry link`? */
  canLink: boolean;
  /** Instances by name, those first that they operate. */
  instances: readonly { name: string; operates: boolean; watched: boolean }[];
}

/** Nobody's help may hang on GitLab: the configuration and their links tell enough. */
export async function readerOf(
  person: Person,
  { instances }: Config,
  identities: Pick<Identities, 'nameOf'>,
): Promise<Reader> {
  const known = await Promise.all(
    instances.map(async (instance) => {
      const username = await identities.nameOf(person, instance).catch((error) => {
        // Unknown, or Redis is away: help is given all the same.
        if (error instanceof EdgeError || error instanceof Error) return undefined;
        throw error;
      });
      return {
        username,
        name: instance.name,
        operates: username !== undefined && isOperator(username, instance),
        watched: instance.watch !== undefined,
      };
    }),
  );
  const username = known.find((one) => one.username !== undefined)?.username;
  return {
    ...(username === undefined ? {} : { username }),
    canLink: instances.some(({ gitlab }) => gitlab.signIn !== undefined),
    instances: known
      .map(({ name, operates, watched }) => ({ name, operates, watched }))
      .sort((a, b) => Number(b.operates) - Number(a.operates)),
  };
}

/** `/registry` alone: what the person may ask, with examples that work as they are. Pure. */
export function welcome(reader: Reader, commands: readonly Command[]): Answer {
  const { username, instances } = reader;
  const operates = instances.some((one) => one.operates);
  const isFor = ({ needs }: Command) =>
    needs === undefined || (needs === 'operator' ? operates : username !== undefined);
  const theirs = commands.filter(isFor);
  const others = commands.filter((one) => !isFor(one));
  const [first] = instances;
  return {
    ...answer(
      'info',
      'I look after GitLab’s container registry',
      text(whoYouAre(reader)),
      {
        kind: 'rows',
        rows: theirs.map(({ name, usage, summary }) => ({
          mark: 'info',
          name: `${name} ${usage}`.trimEnd(),
          text: summary,
        })),
      },
      ...(others.length === 0 ? [] : [text(`Not for you so far: ${others.map(({ name }) => name).join(', ')}`)]),
      offers(
        ...(first === undefined
          ? ['status']
          : [`status ${first.name}`, `${first.watched ? 'history' : 'config'} ${first.name}`]),
        'diagnose',
        ...(username === undefined && reader.canLink ? ['link'] : []),
      ),
      footer(
        'A failed log can also be pasted in a direct message or beside a mention, as text or as a file. --filter WORD behind any command shows only the lines that hold it.',
      ),
    ),
    quiet: true,
  };
}

function whoYouAre({ username, canLink, instances }: Reader): string {
  if (username === undefined)
    return `I don’t know which GitLab user you are: ${
      canLink ? '/registry link tells me' : 'ask whoever runs Registrar to add you to access.people in registrar.yaml'
    }. Until then I look and diagnose for you, and change nothing.`;
  const operated = instances.filter((one) => one.operates).map(({ name }) => name);
  return `You are ${username} in GitLab, and may do here what you may do there${
    operated.length === 0 ? '' : `; you operate ${operated.join(', ')}`
  }.`;
}
