import { operationCommand } from '../src/operations/command.js';

/** `/registry reconfigure [INSTANCE]`: one of operations.people asks, another confirms. */
export const reconfigure = operationCommand(
  'reconfigure',
  'have the registry’s host write its files from gitlab.rb; a second person confirms',
);
