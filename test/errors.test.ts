import { EdgeError, messageOf } from '../src/errors.js';

describe('EdgeError', () => {
  const forPerson = { what: 'GitLab does not answer', next: 'wait' };

  test('names the part, the code and what happened; without more it is never tried again', () => {
    const error = new EdgeError({ part: 'gitlab', code: 'gitlab-unreachable', forPerson });
    expect(error).toMatchObject({
      name: 'EdgeError',
      message: 'gitlab-unreachable: GitLab does not answer',
      part: 'gitlab',
      code: 'gitlab-unreachable',
      retry: 'never',
      forPerson,
    });
    expect(error.status).toBeUndefined();
  });

  test('keeps status, cause and the time of the next try', () => {
    const cause = new Error('ECONNREFUSED');
    const retry = { afterMs: 5 };
    expect(
      new EdgeError({ part: 'gitlab', code: 'gitlab-rate-limited', forPerson, cause, status: 429, retry }),
    ).toMatchObject({ cause, status: 429, retry });
  });
});

describe('messageOf', () => {
  test.each([
    ['a word', 'thrown', 'thrown'],
    ['nothing', undefined, 'undefined'],
    ['an error', new Error('a'), 'a'],
    ['an error with its cause', new Error('a', { cause: new Error('b', { cause: new Error('c') }) }), 'a: b: c'],
    ['a cause that is no error', new Error('a', { cause: 'b' }), 'a'],
    ['several at once: the first', new AggregateError([new Error('a'), new Error('b')], 'all'), 'a'],
    ['several that are none', new AggregateError([], 'all'), 'all'],
  ])('%s', (_, error, words) => {
    expect(messageOf(error)).toBe(words);
  });
});
