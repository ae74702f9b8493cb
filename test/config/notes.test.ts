import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { notesFor } from '../../src/config/notes.js';
import { createLogger } from '../../src/log.js';

const dir = mkdtempSync(join(tmpdir(), 'registrar-notes-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const file = (name: string, text: string) => {
  writeFileSync(join(dir, name), text);
  return join(dir, name);
};
const notes = [
  { file: file('denied.md', 'Ask **#platform**.\n'), cause: 'insufficient-rights' },
  { file: file('shop.md', 'The shop’s own.'), project: 'shop' },
  { file: file('api.md', 'Of the API alone.'), project: 'shop/api', cause: 'insufficient-rights' },
  { file: join(dir, 'gone.md'), cause: 'dns-failure' },
  { file: file('long.md', 'x'.repeat(9_000)), cause: 'tls-expired' },
];
const of = (cause: string, project?: string) => notesFor({ notes } as never, cause, project, createLogger('silent'));

test('the more special words come first', () => {
  expect(of('insufficient-rights', 'shop/api')).toEqual(['Of the API alone.', 'The shop’s own.', 'Ask **#platform**.']);
});

test.each<[string, string | undefined, number]>([
  ['insufficient-rights', undefined, 1],
  ['insufficient-rights', 'shopping/x', 1],
  ['connection-refused', 'shop/web', 1],
  ['connection-refused', 'other/x', 0],
])('%s in %s', (cause, project, count) => {
  expect(of(cause, project)).toHaveLength(count);
});

test('a file that is gone costs nobody the diagnosis; a long one is cut', () => {
  expect(of('dns-failure')).toEqual([]);
  expect(of('tls-expired')[0]).toHaveLength(2_501);
});
