import { changesOf, remembered } from '../../src/watch/url.js';

test('who tells another address than before has changed it', () => {
  expect(
    changesOf({ gitlabRb: 'http://r:5000', realm: 'http://g' }, { gitlabRb: 'https://r:5050', realm: 'http://g' }),
  ).toEqual([{ by: 'gitlabRb', from: 'http://r:5000', to: 'https://r:5050' }]);
});

test('who could not be asked has changed nothing, and is remembered', () => {
  const before = { gitlabRb: 'http://r:5000', api: 'r:5000' };
  expect(changesOf(before, { api: 'r:5000' })).toEqual([]);
  expect(changesOf({}, before)).toEqual([]);
  expect(remembered(before, { api: 'r:5050' })).toEqual({ gitlabRb: 'http://r:5000', api: 'r:5050' });
});
