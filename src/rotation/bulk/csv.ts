import { stringify } from 'csv-stringify/sync';
import type { Bulk, Result } from './bulk.js';

/** What became of every token of a bulk, for a spreadsheet. Names that people chose are no formulas there. Pure. */
export function bulkCsv({ targets }: Pick<Bulk, 'targets'>, results: ReadonlyMap<number, Result>): string {
  const rows = targets.map(({ owner, token }, index) => {
    const result = results.get(index);
    return {
      kind: owner.kind,
      path: owner.path,
      token: `${token.kind} ${token.id}`,
      name: token.name,
      result: result?.is ?? 'not done',
      new_token: result?.is === 'done' ? String(result.fresh) : '',
      why: result?.is === 'failed' || result?.is === 'skipped' ? result.why : '',
      next: result?.is === 'failed' ? result.next : '',
    };
  });
  return stringify(rows, {
    header: true,
    columns: ['kind', 'path', 'token', 'name', 'result', 'new_token', 'why', 'next'],
    escape_formulas: true,
  });
}
