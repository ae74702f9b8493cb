import type { SecretReference } from '../secrets/reference.js';
import type { TypedSecret } from './answers.js';
import type { Asker } from './asker.js';
import type { Given } from './given.js';
import type { World } from './world.js';

/** Where the questions are asked. */
export interface Setting {
  asker: Asker;
  world: World;
  given: Given;
  /** The folder that registrar.yaml goes to; absolute. */
  folder: string;
  /** Paths that are typed are relative to this one, as in any other command. */
  cwd: string;
  home: string;
  /** The operating system's name for who runs this. */
  osUser: string;
  /** Is there an ssh-agent? */
  agent: boolean;
  now: () => number;
  secret: (reference: SecretReference) => string;
  /** `undefined`: there is no such file, or it can't be read. */
  read: (path: string) => string | undefined;
  /** Added to by the questions. */
  typed: TypedSecret[];
}
