import { z } from 'zod';
import { notGitLab } from './requester.js';

/** Reads an answer; rejects with `gitlab-rejected` what GitLab does not answer. */
export type Parse = <T extends z.ZodType>(schema: T, body: unknown) => z.output<T>;

export function parserFor(url: string): Parse {
  return (schema, body) => {
    const parsed = schema.safeParse(body);
    if (parsed.success) return parsed.data;
    throw notGitLab(url, z.prettifyError(parsed.error));
  };
}

/** `undefined` where GitLab answers 404. */
export async function absent<T>(call: () => Promise<T>): Promise<T | undefined> {
  return unless(404, call);
}

/** `undefined` where GitLab answers 403. */
export async function refused<T>(call: () => Promise<T>): Promise<T | undefined> {
  return unless(403, call);
}

/** `undefined` where GitLab answers that status. */
export async function unless<T>(status: number, call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof Error && 'status' in error && error.status === status) return undefined;
    throw error;
  }
}
