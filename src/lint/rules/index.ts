import type { Rule } from '../finding.js';
import { addrWithScheme } from './addr-with-scheme.js';
import { addrWithoutPort } from './addr-without-port.js';
import { advertisedPort } from './advertised-port.js';
import { drift } from './drift.js';
import { duplicateKey } from './duplicate-key.js';
import { filesSyntax } from './files-syntax.js';
import { ignoredSpelling } from './ignored-spelling.js';
import { localVariable } from './local-variable.js';
import { noEffect } from './no-effect.js';
import { overriddenSpelling } from './overridden-spelling.js';
import { portTakenTwice } from './port-taken-twice.js';
import { rubySyntax } from './ruby-syntax.js';
import { tooNew } from './too-new.js';
import { unknownSetting } from './unknown-setting.js';
import { urlInvalid } from './url-invalid.js';
import { urlOfGitlab } from './url-of-gitlab.js';
import { wrongType } from './wrong-type.js';

/** Every rule; of two findings at one line the one that stands first here comes first. */
export const RULES: readonly Rule[] = [
  rubySyntax,
  filesSyntax,
  urlInvalid,
  localVariable,
  addrWithScheme,
  addrWithoutPort,
  portTakenTwice,
  urlOfGitlab,
  advertisedPort,
  ignoredSpelling,
  overriddenSpelling,
  tooNew,
  unknownSetting,
  wrongType,
  duplicateKey,
  noEffect,
  drift,
];
