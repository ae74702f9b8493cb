import { diagnose } from '../../../src/diagnosis/diagnose.js';
import type { Diagnosis } from '../../../src/diagnosis/diagnosis.js';
import type { Findings } from '../../../src/diagnosis/findings.js';
import { weigh } from '../../../src/diagnosis/weigh.js';

/** Reading is the slow part, and a table asks for the same log many times. */
const read = new Map<string, Diagnosis>();

/** What the text alone says of it. */
export function fromText(log: string): Diagnosis {
  const diagnosis = read.get(log) ?? diagnose(log);
  read.set(log, diagnosis);
  return diagnosis;
}

/** `cause confidence`, as the findings leave it. */
export function verdict(diagnosis: Diagnosis, found: Partial<Findings>): string {
  const { cause, confidence } = weigh(diagnosis, { instance: 'lab', notLooked: [], ...found });
  return `${cause} ${confidence}`;
}

/** What is told as the state of now. */
export function remarks(diagnosis: Diagnosis, found: Partial<Findings>): string[] {
  return weigh(diagnosis, { instance: 'lab', notLooked: [], ...found }).remarks ?? [];
}

/** A login that fails with these words behind the registry's URL. */
export function loginTo(words: string, url = 'https://registry.example.com:5050'): string {
  const authority = url.replace(/^https?:\/\//, '');
  return [
    `$ docker login -u ana --password-stdin ${authority}`,
    `Error response from daemon: Get "${url}/v2/": ${words}`,
  ].join('\n');
}

/** A push that fails with this line. */
export function pushOf(image: string, line: string): string {
  const [repository] = image.split(/:(?=[^/]*$)/);
  return [`$ docker push ${image}`, `The push refers to repository [${repository}]`, line].join('\n');
}
