import { EdgeError } from '../../src/errors.js';
import type { GitLab } from '../../src/gitlab/client.js';
import { remembering } from '../../src/gitlab/remembering.js';
import type { Holder } from '../../src/gitlab/schema.js';

const holder = (kind: Holder['kind'], id: number): Holder => ({ kind, id, path: `${kind}${id}` });

let asked: string[];
let time: number;
let fails: Error | undefined;

beforeEach(() => {
  asked = [];
  time = 1_000;
  fails = undefined;
});

function open() {
  const answer = async (key: string) => {
    asked.push(key);
    if (fails !== undefined) throw fails;
    return [];
  };
  const gitlab = {
    variables: ({ kind, id }: Holder) => answer(`variables ${kind} ${id}`),
    group: (id: number) => answer(`group ${id}`),
    deployTokens: () => answer('tokens'),
  } as unknown as GitLab;
  const memory = remembering(() => time);
  return { gitlab, memory, remembered: memory.of(gitlab) };
}

test('what is above projects is asked once in a while; what is a project’s own, each time', async () => {
  const { remembered, memory, gitlab } = open();
  const look = async (project: number) => {
    await Promise.all([remembered.group(7), remembered.variables(holder('group', 7))]);
    await remembered.variables(holder('instance', 0));
    await remembered.variables(holder('project', project));
    await remembered.deployTokens(holder('project', project) as never);
  };
  await look(1);
  await look(1);
  expect(asked).toEqual([
    ...['group 7', 'variables group 7', 'variables instance 0', 'variables project 1', 'tokens'],
    ...['variables project 1', 'tokens'],
  ]);
  asked = [];
  time += 19_999;
  await look(2);
  expect(asked).toEqual(['variables project 2', 'tokens']);
  time += 1;
  await remembered.group(7);
  memory.forget(gitlab);
  await remembered.group(7);
  expect(asked.filter((one) => one === 'group 7')).toHaveLength(2);
  expect(memory.of(gitlab)).toBe(remembered);
});

test('a failure is asked again; that a right is missing is an answer', async () => {
  const { remembered } = open();
  const instance = holder('instance', 0);
  fails = new Error('down');
  await expect(remembered.variables(instance)).rejects.toThrow('down');
  fails = new EdgeError({ part: 'gitlab', code: 'gitlab-forbidden', forPerson: { what: 'no', next: '' } });
  await expect(remembered.variables(instance)).rejects.toThrow('no');
  await expect(remembered.variables(instance)).rejects.toThrow('no');
  expect(asked).toHaveLength(2);
});
