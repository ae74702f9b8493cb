import type { Command } from '../src/chat/command.js';
import { alias } from './alias.js';
import { audit } from './audit.js';
import { config } from './config.js';
import { diagnose } from './diagnose.js';
import { doctor } from './doctor.js';
import { help } from './help.js';
import { history } from './history.js';
import { jobs } from './jobs.js';
import { link } from './link.js';
import { maintenance } from './maintenance.js';
import { reconfigure } from './reconfigure.js';
import { restart } from './restart.js';
import { rotateToken } from './rotate-token.js';
import { rotateTokens } from './rotate-tokens.js';
import { run } from './run.js';
import { status } from './status.js';
import { unlink } from './unlink.js';
import { why } from './why.js';

/**
 * Every subcommand of /registry, in the order in which help shows them. Each has arguments of its own type; the list
 * forgets it, and the desk gives a command only what its own `args` made.
 */
export const COMMANDS: readonly Command[] = [
  status,
  config,
  history,
  maintenance,
  restart,
  reconfigure,
  diagnose,
  rotateToken,
  rotateTokens,
  audit,
  doctor,
  why,
  jobs,
  run,
  alias,
  link,
  unlink,
  help,
] as readonly Command[];
