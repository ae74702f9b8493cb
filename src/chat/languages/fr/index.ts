import { COMMANDS } from './commands.js';
import { DESK } from './desk.js';
import { DIAGNOSIS } from './diagnosis.js';
import { ROTATION } from './rotation.js';
import { STATUS } from './status.js';

/** The sentences of Registrar in French, by the English ones; {holes} are filled alike. A sentence that is not here stays English. */
export const FRENCH: Readonly<Record<string, string>> = { ...COMMANDS, ...DESK, ...STATUS, ...ROTATION, ...DIAGNOSIS };
