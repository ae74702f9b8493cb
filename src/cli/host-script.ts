import { installedScript } from '../host/script.js';

/** `registrar host script`: prints the look for a key with a forced command; docs/host.md tells where it goes. */
export async function hostScriptCommand(): Promise<number> {
  process.stdout.write(installedScript());
  return 0;
}
