import { EdgeError } from '../errors.js';
import type { GitLab } from '../gitlab/client.js';
import type { OwnToken, User } from '../gitlab/schema.js';
import { freshExpiry } from '../rotation/plan/token.js';
import type { Seal } from '../secrets/seal.js';
import type { OwnJournal, OwnJournalFile } from './journal.js';
import type { TokenFile } from './token-file.js';

/** What the rotation of Registrar's own token acts on. */
export interface OwnContext {
  instance: string;
  /** GitLab, as whoever has that token. */
  gitlab(token: string): GitLab;
  file: TokenFile;
  journal: Pick<OwnJournalFile, 'path' | 'load' | 'save' | 'remove'>;
  seal: Seal;
  /** The token by the configuration as it is loaded anew. */
  configured(): string;
  /** Jobs that took the old token before the file changed come to their end. */
  letJobsEnd(): Promise<void>;
  progress(words: string): void;
  now(): number;
}

/** GitLab does not let the old token make another one. */
export interface Refused {
  is: 'refused';
  why: string;
}

/**
 * Makes a second token, proves it, puts it into the file, proves the configuration, and only then revokes the first one:
 * at no moment does the file hold a token that does not work. The journal says what is about to be done; called again
 * after a crash it goes on. What fails before the revocation is undone.
 *
 * Errors: those of {@link GitLab} and {@link TokenFile}; `stopped-halfway` when it can't go on by itself.
 */
export async function rotateOwnToken(
  context: OwnContext,
  begin: () => Promise<{ own: OwnToken; user: User }>,
): Promise<{ is: 'done'; oldId: number; freshId: number } | Refused> {
  const { file, journal: store, seal, progress } = context;
  await file.mustBeReplaceable();
  const journal = store.load() ?? (await begun(await begin(), context));
  const old = seal.open(journal.old.secret, purposeOf(context));
  const asOld = context.gitlab(old);
  await mustBeOurs(journal, old, context);
  const made = journal.fresh ?? (await make(journal, asOld, context));
  if ('why' in made) return made;
  const fresh = seal.open(made.secret, purposeOf(context));
  const asFresh = context.gitlab(fresh);
  try {
    await prove(journal, made.id, fresh, asFresh);
    progress(`token ${made.id} works: the same user, the same scopes`);
    if ((await file.read()) !== fresh) await file.write(fresh);
    if (context.configured() !== fresh) throw odd('the configuration gives another token than its file holds');
    await asFresh.version();
    progress(`${file.path} holds it, and the configuration works with it`);
  } catch (error) {
    if (!(error instanceof EdgeError) || error.retry !== 'never') throw error;
    await undo(journal, made.id, old, asOld, context);
    throw error;
  }
  await context.letJobsEnd();
  await asFresh.deletePersonalToken(journal.old.id);
  if ((await asOld.whose(old)) !== undefined) throw stillAccepted(journal.old.id, store.path);
  // After a refusal a success: GitLab may count the former against the address.
  await asFresh.whose(fresh);
  store.remove();
  return { is: 'done', oldId: journal.old.id, freshId: made.id };
}

async function begun({ own, user }: { own: OwnToken; user: User }, context: OwnContext): Promise<OwnJournal> {
  const { seal, file, journal: store, now } = context;
  const { id, name, scopes, created_at, expires_at } = own;
  const token = await file.read();
  const known = await context.gitlab(token).personalTokens(user.id);
  const journal: OwnJournal = {
    old: { id, secret: seal.seal(token, purposeOf(context)) },
    ...{ userId: user.id, name, scopes },
    ...(expires_at == null ? {} : { expiresAt: freshExpiry({ created_at, expires_at }, now()) }),
    knownIds: known.map((one) => one.id),
  };
  await store.save(journal);
  return journal;
}

/** The secret is on the disk, sealed, before anything is done with it. */
async function make(
  journal: OwnJournal,
  asOld: GitLab,
  context: OwnContext,
): Promise<NonNullable<OwnJournal['fresh']> | Refused> {
  const { name, scopes, userId, knownIds, expiresAt } = journal;
  // One whose answer was lost is known to nobody, and was never used.
  for (const one of await asOld.personalTokens(userId))
    if (one.name === name && one.last_used_at == null && !knownIds.includes(one.id))
      await asOld.deletePersonalToken(one.id);
  try {
    const wanted = { name, scopes, ...(expiresAt === undefined ? {} : { expires_at: expiresAt }) };
    const made = await asOld.createPersonalToken(userId, wanted);
    const fresh = { id: made.id, secret: context.seal.seal(made.token, purposeOf(context)) };
    journal.fresh = fresh;
    await context.journal.save(journal);
    context.progress(`token ${made.id} is made`);
    return fresh;
  } catch (error) {
    if (!(error instanceof EdgeError) || error.retry !== 'never') throw error;
    context.journal.remove();
    if (error.code !== 'gitlab-forbidden') throw error;
    return { is: 'refused', why: error.forPerson.why ?? '' };
  }
}

/** Errors: `stopped-halfway` when the new token is not what it was made for. */
async function prove({ userId, scopes }: OwnJournal, id: number, fresh: string, asFresh: GitLab): Promise<void> {
  const own = await asFresh.whose(fresh);
  if (own === undefined) throw odd('GitLab refuses the new token');
  const user = await asFresh.ownUser();
  if (own.id !== id || own.user_id !== userId || user.id !== userId) throw odd('the new token is another user’s');
  if (scopes.some((scope) => !own.scopes.includes(scope))) throw odd('the new token lacks scopes of the old one');
}

/** Errors: `stopped-halfway` when somebody put a third token into the file since the rotation began. */
async function mustBeOurs(journal: OwnJournal, old: string, { file, journal: store, seal, instance }: OwnContext) {
  const present = await file.read();
  const fresh = journal.fresh === undefined ? undefined : seal.open(journal.fresh.secret, purposeOf({ instance }));
  if (present === old || present === fresh) return;
  const left = journal.fresh === undefined ? '' : `revoke token ${journal.fresh.id} in GitLab, and `;
  throw new EdgeError({
    part: 'config',
    code: 'stopped-halfway',
    forPerson: {
      what: `${file.path} holds neither the token that the interrupted rotation began with nor the one that it made`,
      why: 'somebody has put another one there meanwhile',
      next: `if that one is right: ${left}remove ${store.path}`,
    },
  });
}

/** The old token is in its place before the new one goes; one that is revoked already is put nowhere any more. */
async function undo({ old: { id } }: OwnJournal, freshId: number, old: string, asOld: GitLab, context: OwnContext) {
  const { file, journal: store } = context;
  if ((await asOld.whose(old)) === undefined) return;
  if ((await file.read()) !== old) await file.write(old);
  await asOld.deletePersonalToken(freshId);
  store.remove();
  context.progress(`undone: token ${id} is in force as before`);
}

function purposeOf({ instance }: Pick<OwnContext, 'instance'>): string {
  return `own token of ${instance}`;
}

function odd(what: string): EdgeError {
  return new EdgeError({
    part: 'gitlab',
    code: 'stopped-halfway',
    forPerson: { what, next: 'the old token stays in force; look at it in GitLab, and run this again' },
  });
}

function stillAccepted(id: number, path: string): EdgeError {
  return new EdgeError({
    part: 'gitlab',
    code: 'stopped-halfway',
    forPerson: {
      what: `GitLab still accepts the old token ${id}, which it was told to revoke`,
      next: `Registrar uses the new one; revoke the old one in GitLab, then remove ${path}, or run this again`,
    },
  });
}
