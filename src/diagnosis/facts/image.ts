import type { Event } from '../reading/reader.js';
import { landmark, type Step } from '../story.js';

/** The image that the failing operation named, as written. Pure. */
export function imageOf(event: Event, step: Step, words: readonly string[]): string | undefined {
  const text = event.text;
  const named =
    /(?:failed to push(?: to destination)?|failed to resolve source metadata for|failed to resolve reference|load metadata for|pull access denied for|Failed to pull image(?: with policy "[^"]*":(?: Error response from daemon: [a-z ]{0,40})?)?|repository does not exist with the name:|pushing image to|initializing source docker:\/\/|destination docker:\/\/)\s*"?([^\s",:]+(?::[0-9]+\/[^\s",:]+)?(?::[\w.-]+)?(?:@sha256:[0-9a-f]+)?)/i.exec(
      text,
    )?.[1] ?? /\[internal\] load metadata for (\S+)/.exec(text)?.[1];
  if (named !== undefined) return named;
  const pushOf = step.marks
    .filter((one) => one.line <= event.line)
    .map((one) => landmark(one, 'push-of')?.groups.image);
  const refers = pushOf.findLast((image) => image !== undefined);
  const argument = imageArgument(words);
  // "The push refers to repository [X]" has no tag; the command has, but perhaps as a variable.
  if (refers !== undefined) return argument?.startsWith(`${refers}:`) ? argument : refers;
  return argument;
}

function imageArgument(words: readonly string[]): string | undefined {
  const destination = words.find((word) => word.startsWith('--destination='))?.slice('--destination='.length);
  if (destination !== undefined) return destination;
  const docker = words.find((word) => word.startsWith('docker://'))?.slice('docker://'.length);
  const transports = words.filter((word) => word.startsWith('docker://'));
  if (docker !== undefined) return transports.at(-1)?.slice('docker://'.length);
  const flag = words.indexOf('--destination');
  if (flag !== -1) return words[flag + 1];
  const oci = words.find((word) => word.startsWith('oci://'));
  if (oci !== undefined) return oci.slice('oci://'.length);
  // `crane push FILE IMAGE`: the others name the image first.
  if (words[0] === 'crane' && words[1] === 'push') return words.slice(2).filter((word) => !word.startsWith('-'))[1];
  const verb = words.findIndex((word) => word === 'push' || word === 'pull' || word === 'run' || word === 'append');
  if (verb > 0) {
    const names = words
      .slice(verb + 1)
      .filter((word, at, rest) => !word.startsWith('-') && !takesValue(rest[at - 1], words[verb] === 'run'));
    // `podman push IMAGE DESTINATION`: what is sent goes to the second.
    const [name, destination] = names;
    return words[verb] === 'push' && /^(?:podman|buildah)$/.test(words[0] ?? '') && isName(destination)
      ? destination
      : name;
  }
  const tag = words.findIndex((word) => word === '-t' || word === '--tag');
  if (tag !== -1) return words[tag + 1];
  const source = words.indexOf('tag');
  return source > 0 ? words[source + 2] : undefined;
}

/** Options of `run` that stand alone; the others, unless written with `=`, take the next word. */
const ALONE =
  /^(?:-[ditPq]{1,5}|--(?:detach|interactive|tty|rm|privileged|init|quiet|read-only|publish-all|no-healthcheck|oom-kill-disable|sig-proxy|disable-content-trust|replace|tls-verify|rmi))$/;

/** Options of a push or a pull that take the next word. */
const WITH_VALUE =
  /^(?:-u|--(?:user|username|password|creds|authfile|cert-dir|platform|arch|os|variant|policy|retry|retry-delay|format|compression-format|digestfile|sign-by|local|hosts-dir|namespace|address|version|registry-config|ca-file))$/;

function takesValue(option: string | undefined, run: boolean): boolean {
  if (option?.startsWith('-') !== true || option.includes('=')) return false;
  return run ? !ALONE.test(option) : WITH_VALUE.test(option);
}

/** Not what the shell does with the output. */
function isName(word: string | undefined): word is string {
  return word !== undefined && /^[a-z0-9$"'{][\w.:/@${}-]*\/[\w.:/@${}-]+$/i.test(word);
}
