import { type Observed, rowOf, summaryOf } from '../../../bench/faults/score.js';
import { type CheckResult, fail, type Link, pass, skipped, warn } from '../../../src/checks/check.js';

const result = (id: string, verdict: CheckResult['verdict'], link?: Link, because?: string): CheckResult => ({
  id,
  verdict,
  ...(link === undefined ? {} : { link }),
  ...(because === undefined ? {} : { because }),
});
const fine = { said: '200', isFine: true };
const ill = { said: '502', isFine: false };

const seen = (link: Link | undefined, during: CheckResult[], before: CheckResult[] = []): Observed => ({
  ...{ fault: 'a-fault', link, during },
  before: during.map(({ id }) => before.find((one) => one.id === id) ?? result(id, pass('x'))),
  baselines: { 'GET /': fine, '/v2/': ill, page: fine },
});

test('what failed is named by the link of its root, which comes first', () => {
  const row = rowOf(
    seen('token realm', [
      result('upload', fail('x', 'y'), 'storage', 'signing-key'),
      result('signing-key', fail('x', 'y'), 'token realm'),
      result('drift', warn('x', 'y'), 'registry'),
    ]),
  );
  expect(row).toMatchObject({ isNoticed: true, named: 'token realm', isRightLink: true });
  expect(row.noticing.map(({ id }) => id)).toEqual(['signing-key', 'upload', 'drift']);
});

test('another link than the one at fault is wrong', () => {
  expect(rowOf(seen('storage', [result('running', fail('x', 'y'), 'registry')]))).toMatchObject({
    ...{ isNoticed: true, named: 'registry', isRightLink: false },
  });
});

test('a warning speaks for its own link; where no link is at fault nothing may fail', () => {
  const warned = [result('drift', warn('x', 'y'), 'nginx')];
  expect(rowOf(seen('nginx', warned))).toMatchObject({ named: 'nginx', isRightLink: true });
  expect(rowOf(seen('TLS', warned))).toMatchObject({ named: 'nginx', isRightLink: false });
  expect(rowOf(seen(undefined, warned))).toMatchObject({ named: undefined, isRightLink: true });
  expect(rowOf(seen(undefined, [result('x', fail('x', 'y'), 'TLS')]))).toMatchObject({ isRightLink: false });
});

test('what complained before, or was only skipped, notices nothing', () => {
  const row = rowOf(
    seen(undefined, [result('drift', warn('x', 'y')), result('dns', skipped('x'))], [result('drift', warn('x', 'y'))]),
  );
  expect(row).toMatchObject({ noticing: [], isNoticed: false, isRightLink: false });
});

test('the last line counts who notices', () => {
  const noticed = rowOf(seen('nginx', [result('nginx', fail('x', 'y'), 'nginx')]));
  const missed = rowOf(seen('TLS', []));
  expect(summaryOf([noticed, missed])).toBe('ours 1/2 noticed, 1/2 right link · GET / 0/2 · /v2/ 2/2 · page 0/2');
});
