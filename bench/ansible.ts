import { spawnSync } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench } from './bench.js';
import type { Fleet } from './fleet.js';
import { options } from './openssh.js';
import { timed } from './timed.js';

const INSTALL = 'apt-get update && apt-get install -y --no-install-recommends ansible-core';

/**
 * `ansible -m shell` with the same scripts on all hosts at once, at its fastest: pipelined (nothing is copied), with
 * connections that are open, and told where Python is. Milliseconds of a run; `undefined` where there is no ansible.
 */
export async function openAnsible(
  { dir, own, say }: Bench,
  { hosts, knownHosts }: Fleet,
): Promise<(() => Promise<number>) | undefined> {
  if (spawnSync('ansible', ['--version']).status !== 0) {
    say(`ansible is missing, and its row is left out; as root: ${INSTALL}`);
    return undefined;
  }
  const at = (name: string) => join(dir, 'ansible', name);
  await mkdir(at('masters'), { recursive: true });
  await writeFile(
    at('ansible.cfg'),
    [
      ...['[defaults]', `home = ${at('home')}`, `local_tmp = ${at('tmp')}`],
      ...['[ssh_connection]', 'pipelining = True', `control_path_dir = ${at('masters')}`],
      `ssh_args = ${options(knownHosts)} -o ControlMaster=auto -o ControlPersist=60s`,
      '',
    ].join('\n'),
  );
  await writeFile(
    at('hosts'),
    hosts
      .map(({ host, port, username, privateKeyPath, script }, number) =>
        [
          `host-${number} ansible_host=${host} ansible_port=${port} ansible_user=${username}`,
          `ansible_ssh_private_key_file=${privateKeyPath} ansible_python_interpreter=/usr/bin/python3 script=${script}\n`,
        ].join(' '),
      )
      .join(''),
  );
  const close = async (name: string) =>
    void (await timed('sh', ['-c', `ssh -F none -o ControlPath=${at('masters')}/${name} -O exit x 2> /dev/null; :`]));
  own({ stop: async () => void (await Promise.all((await readdir(at('masters'))).map(close))) });

  const onAll = (...args: string[]) =>
    timed('env', [
      ...[`ANSIBLE_CONFIG=${at('ansible.cfg')}`, 'ansible', 'all', '-i', at('hosts'), '-f', String(hosts.length)],
      ...args,
    ]);
  await onAll('-m', 'raw', '-a', 'true');
  const shell = JSON.stringify({ cmd: 'sh -s', stdin: "{{ lookup('file', script) }}" });
  return async () => {
    const { seconds, output } = await onAll('-m', 'shell', '-a', shell);
    const answered = output.match(/^registrar-\S+ end$/gm)?.length ?? 0;
    if (answered !== hosts.length) throw new Error(`${answered} of ${hosts.length} hosts answered ansible`);
    return seconds * 1000;
  };
}
