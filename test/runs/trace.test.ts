import { EdgeError } from '../../src/errors.js';
import { type Trace, traced, tracing } from '../../src/runs/trace.js';

const empty = (): Trace => ({ calls: [], made: 0 });
const call = (what: string, work: () => Promise<string> = async () => 'came') =>
  traced('gitlab', what, work, (it) => it);

test('a call is noted in the run that makes it, and in no other', async () => {
  const [one, other] = [empty(), empty()];
  await Promise.all([
    tracing(one, async () => {
      await call('GET /one');
      await call('GET /two');
    }),
    tracing(other, () => call('GET /three')),
  ]);
  expect(one).toMatchObject({ made: 2, calls: [{ what: 'GET /one', came: 'came' }, { what: 'GET /two' }] });
  expect(other.calls.map(({ what }) => what)).toEqual(['GET /three']);
});

test('a call that fails is noted, and fails', async () => {
  const trace = empty();
  const refused = new EdgeError({
    part: 'gitlab',
    code: 'not-allowed',
    status: 403,
    forPerson: { what: 'GitLab refuses', next: 'ask' },
  });
  for (const error of [refused, new Error('reset')])
    await expect(tracing(trace, () => call('GET /x', () => Promise.reject(error)))).rejects.toBe(error);
  expect(trace.calls.map(({ came }) => came)).toEqual(['403', 'no answer']);
});

test('outside a run a call is only made', async () => {
  await expect(call('GET /x')).resolves.toBe('came');
});

test('of very many calls the first are remembered, and how many there were', async () => {
  const trace = empty();
  await tracing(trace, async () => {
    for (let number = 0; number < 250; number++) await call(`GET /${number}`);
  });
  expect(trace.made).toBe(250);
  expect(trace.calls).toHaveLength(100);
});
