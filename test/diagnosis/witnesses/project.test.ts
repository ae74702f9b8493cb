import { jobLog, loginAs, pullOf, pushOf } from '../../logs/job.js';
import { fromText, remarks } from './scenes.js';

const other = { is: 'found', path: 'shop/api', ofImage: 'platform/base' } as const;

test('an image of another project is a remark where a right was missing', () => {
  const pull = fromText(jobLog(...loginAs('bob'), ...pullOf('platform/base')));
  expect(remarks(pull, { project: other })).toEqual(['the image belongs to platform/base, the job to shop/api']);
  expect(remarks(pull, { project: { is: 'found', path: 'shop/api' } })).toEqual([]);
  expect(remarks(pull, { project: { is: 'not-found', path: 'shop/api' } })).toEqual([]);
  const full = fromText(jobLog(...pushOf('platform/base', 'unknown: no space left on device')));
  expect(remarks(full, { project: other })).toEqual([]);
});
