import { operationCommand } from '../src/operations/command.js';

/** `/registry restart [INSTANCE]`: one of operations.people asks, another confirms. */
export const restart = operationCommand('restart', 'restart the registry’s service; a second person confirms');
