import type { Host } from '../config/schema.js';
import type { ForPerson } from '../errors.js';
import { boundaryOf } from '../host/snapshot.js';
import { OPERATIONS, type OperationKind } from './operation.js';

/** Source of the words: sudo(8) and its plugin sudoers, without a terminal. */
const SUDO =
  /^sudo: .*(?:password is required|terminal is required|must have a tty)|is not allowed to execute|may not run sudo|is not in the sudoers file/im;
const NO_COMMAND = /gitlab-ctl: (?:command )?not found/;
/** Source: runit's sv, and whatever asks for root by name. */
const NOT_ROOT = /^(?:fail|warning): .*access denied|\b(?:must|needs?|please)\b.{0,60}\broot\b/im;

/** Who refuses says so and nothing else; in the output of a command that ran, the same words may be about anything. */
const BRIEF_LINES = 12;

/** Why the command was not run although there was a login, and what to do about it; nothing when it was. Pure. */
export function whyNotRun(
  { stdout, stderr, code }: { stdout: string; stderr: string; code: number },
  host: Host,
  kind: OperationKind,
): ForPerson | undefined {
  // Printed by the script of a forced command, which the host runs in the stead of whatever is asked for.
  if (boundaryOf(stdout) !== undefined) {
    return {
      what: `Registrar’s key for ${host.address} can only look`,
      why: 'its line in authorized_keys has a forced command, which ran instead',
      next: 'let that command do this, too, or give Registrar another key: docs/host.md, “Restart and reconfigure”',
    };
  }
  const said = `${stderr}\n${stdout}`.split('\n').filter((line) => line.trim() !== '');
  if (code === 0 || said.length > BRIEF_LINES) return undefined;
  const { command } = OPERATIONS[kind];
  const lineOf = (words: RegExp) =>
    said
      .find((line) => words.test(line))
      ?.trim()
      .slice(0, 300);
  const sudoers = `on ${host.address}, as root, add to /etc/sudoers.d/registrar: ${host.user} ALL=(root) NOPASSWD: /usr/bin/${command}`;
  const sudo = lineOf(SUDO);
  if (sudo !== undefined)
    return { what: `sudo on ${host.address} does not let ${host.user} run ${command}`, why: sudo, next: sudoers };
  const missing = lineOf(NO_COMMAND);
  if (missing !== undefined) {
    return {
      what: `${host.user} finds no gitlab-ctl on ${host.address}`,
      why: missing,
      next: `see whether it is the host with the package: ssh ${host.user}@${host.address} ls -l /usr/bin/gitlab-ctl`,
    };
  }
  const denied = lineOf(NOT_ROOT);
  if (denied === undefined || host.sudo) return undefined;
  return {
    what: `${command} takes root on ${host.address}`,
    why: denied,
    next: `sudo: true for this host in registrar.yaml; then, ${sudoers}`,
  };
}
