import { join } from 'node:path';
import { isSecretReference, type SecretReference } from '../secrets/reference.js';
import type { Question } from './asker.js';
import { absolute, portable } from './paths.js';
import type { Setting } from './setting.js';
import { untilRight, WrongAnswer } from './until-right.js';

/** A secret that passed its test. */
export interface SecretAnswer<T> {
  /** As registrar.yaml has it. */
  reference: SecretReference;
  value: string;
  found: T;
}

/**
 * Asks for a secret: typed without echo, or told by where it is, env:NAME or file:PATH. One that was typed is put down
 * for the file secrets/NAME.
 */
export function secretAnswer<T>(
  setting: Setting,
  question: Omit<Question, 'secret' | 'fallback'>,
  name: string,
  given: string | undefined,
  test: (value: string) => Promise<T>,
): Promise<SecretAnswer<T>> {
  return untilRight(setting.asker, { ...question, secret: true }, given, async (answer) => {
    if (isSecretReference(answer)) {
      const [resolved, reference] = placed(answer, setting);
      const value = setting.secret(resolved);
      return { reference, value, found: await test(sound(value)) };
    }
    // An option never takes a secret: every process of the machine can read arguments.
    if (answer === given) throw new WrongAnswer('it takes env:NAME or file:PATH, never the secret itself');
    const found = await test(sound(answer));
    const path = join(setting.folder, 'secrets', name);
    const held = setting.read(path)?.trim();
    if (held !== undefined && held !== answer)
      throw new WrongAnswer(`${path} is there already and holds another one: move it away, or answer file:${path}`);
    if (held === undefined) setting.typed.push({ path, value: answer });
    return { reference: `file:secrets/${name}` as const, value: answer, found };
  });
}

/** For this process, and for registrar.yaml. */
function placed(reference: SecretReference, setting: Setting): [SecretReference, SecretReference] {
  if (reference.startsWith('env:')) return [reference, reference];
  const path = absolute(reference.slice('file:'.length), setting);
  return [`file:${path}`, `file:${portable(path, setting)}`];
}

/** It becomes a header: what can't stand in one would be an error that might repeat it. */
function sound(value: string): string {
  if (/^[\x21-\x7e]+$/.test(value)) return value;
  throw new WrongAnswer('a token has neither white space nor letters outside ASCII: something else was copied');
}
