import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench } from './bench.js';
import type { FarHost, Fleet } from './fleet.js';
import { timed } from './timed.js';

/** Nothing of the user's own configuration, and no key but the pinned ones. */
export function options(knownHosts: string): string {
  const values = [
    `UserKnownHostsFile=${knownHosts}`,
    'GlobalKnownHostsFile=/dev/null',
    'StrictHostKeyChecking=yes',
    'BatchMode=yes',
    'IdentitiesOnly=yes',
    'IdentityAgent=none',
    'ConnectTimeout=30',
  ];
  return `-F none ${values.map((value) => `-o ${value}`).join(' ')}`;
}

/** `ssh HOST 'sh -s' < SCRIPT &` for each host, and `wait`. Milliseconds until all have answered. */
export interface Loop {
  cold(size: number): Promise<number>;
  /** Over connections that are open already. */
  warm(size: number): Promise<number>;
}

/** After the bench a master connection ends by itself, whatever happened. */
const PERSIST_SECONDS = 900;

export async function openLoop({ dir, own }: Bench, { hosts, knownHosts }: Fleet): Promise<Loop> {
  const at = (name: string) => join(dir, 'loop', name);
  await mkdir(at('masters'), { recursive: true });
  const ssh = ({ host, port, username, privateKeyPath }: FarHost, more: string, command = '') =>
    `ssh ${options(knownHosts)} -i ${privateKeyPath} -p ${port} ${more} ${username}@${host} ${command}`;
  const master = `-o ControlPath=${at('masters')}/%C`;

  async function inParallel(name: string, lines: readonly string[]): Promise<number> {
    await writeFile(at(name), [...lines.map((line) => `${line} &`), 'wait', ''].join('\n'));
    return (await timed('sh', [at(name)])).seconds * 1000;
  }

  async function look(size: number, more: string): Promise<number> {
    const looked = hosts.slice(0, size).map((host, number) => ({ host, answer: at(`answer-${number}`) }));
    await Promise.all(looked.map(({ answer }) => rm(answer, { force: true })));
    const ms = await inParallel(
      'look.sh',
      looked.map(({ host, answer }) => `${ssh(host, more, "'sh -s'")} < ${host.script} > ${answer}`),
    );
    const answers = await Promise.all(looked.map(({ answer }) => readFile(answer, 'utf8')));
    if (!answers.every((text) => / end\n$/.test(text))) throw new Error('a host did not answer the ssh loop');
    return ms;
  }

  await inParallel(
    'open.sh',
    hosts.map((host) => `${ssh(host, `-fMN ${master} -o ControlPersist=${PERSIST_SECONDS}`)} > /dev/null 2>&1`),
  );
  own({
    stop: async () =>
      void (await inParallel(
        'close.sh',
        hosts.map((host) => `${ssh(host, `-O exit ${master}`)} 2> /dev/null`),
      )),
  });
  return { cold: (size) => look(size, '-o ControlPath=none'), warm: (size) => look(size, master) };
}
