import fc from 'fast-check';
import { openGitLab } from '../../src/gitlab/client.js';
import { type Allowance, allowanceIn, createPace, newer, type Pace, paceFor, waitFor } from '../../src/gitlab/pace.js';
import { createHttp, type HttpAnswer } from '../../src/http.js';
import { startGitLab } from '../lab/gitlab/double.js';
import { makeSigningPair } from '../lab/gitlab/keys.js';

const START = Date.parse('2026-08-05T10:00:00Z');
const headers = (left: number | string, reset: number | string, date?: string) => ({
  'ratelimit-remaining': `${left}`,
  'ratelimit-reset': `${reset}`,
  ...(date === undefined ? {} : { date }),
});

describe('allowanceIn', () => {
  test('what GitLab announces, by our clock when it tells its own', () => {
    const reset = START / 1000 + 60;
    expect(allowanceIn(headers(3, reset), START)).toEqual({ left: 3, until: START + 60_000 });
    // GitLab's clock is ten seconds ahead.
    expect(allowanceIn(headers(3, reset + 10, 'Wed, 05 Aug 2026 10:00:10 GMT'), START)).toEqual({
      left: 3,
      until: START + 60_000,
    });
  });

  test.each([
    {},
    { 'ratelimit-remaining': '3' },
    headers(-1, 60),
    headers('many', 60),
    headers(1, 'Wed, 05 Aug 2026 10:00:00 GMT'),
    headers('', ''),
    headers('9'.repeat(40), 60),
  ])('nothing of %j', (given) => {
    expect(allowanceIn(given, START)).toBeUndefined();
  });

  test('whatever the headers say, the wait is a number', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (left, reset, date) => {
        const ms = waitFor(allowanceIn(headers(left, reset, date), START), 0, START);
        expect(Number.isFinite(ms) && ms >= 0).toBe(true);
      }),
    );
  });
});

describe('waitFor', () => {
  test.each<[Allowance | undefined, number, number]>([
    [undefined, 9, 0],
    [{ left: 1, until: START + 60_000 }, 0, 0],
    [{ left: 1, until: START + 60_000 }, 1, 60_000],
    [{ left: 0, until: START + 60_000 }, 0, 60_000],
    [{ left: 0, until: START - 1 }, 0, 0],
  ])('%j with %i under way: %i ms', (allowance, underWay, ms) => {
    expect(waitFor(allowance, underWay, START)).toBe(ms);
  });
});

test('of one period the least counts, of two the later', () => {
  const early = { left: 5, until: START };
  expect(newer(early, { left: 7, until: START + 400 })).toBe(early);
  expect(newer(early, { left: 4, until: START + 400 })).toMatchObject({ left: 4 });
  expect(newer(early, { left: 7, until: START + 60_000 })).toMatchObject({ left: 7 });
  expect(newer(early, undefined)).toBe(early);
});

describe('a pace', () => {
  let time: number;
  let waits: number[];
  let served: number[];
  let pace: Pace;
  /** Two calls a minute. */
  const serve = async (): Promise<HttpAnswer> => {
    served.push(time - START);
    const period = Math.floor(time / 60_000);
    const used = served.filter((at) => Math.floor((START + at) / 60_000) === period).length;
    return { status: 200, headers: headers(Math.max(0, 2 - used), (period + 1) * 60), text: '' };
  };

  beforeEach(() => {
    time = START;
    waits = [];
    served = [];
    pace = createPace(
      () => time,
      async (ms) => {
        waits.push(ms);
        time += ms;
      },
    );
  });

  test('calls wait for the reset instead of running into the limit', async () => {
    time += 15_000;
    for (let i = 0; i < 5; i++) await pace(serve);
    expect(served).toEqual([15_000, 15_000, 60_000, 60_000, 120_000]);
    expect(waits).toEqual([45_000, 60_000]);
  });

  test('those under way count', async () => {
    const release: (() => void)[] = [];
    await pace(serve);
    const slow = pace(async () => {
      await new Promise<void>((resolve) => release.push(resolve));
      return serve();
    });
    const third = pace(serve);
    release[0]?.();
    await Promise.all([slow, third]);
    expect(waits).toEqual([60_000]);
  });

  test('a limit that is far away puts the job off', async () => {
    const far = { status: 200, headers: headers(0, (START + 3_600_000) / 1000), text: '' };
    await pace(async () => far);
    await expect(pace(serve)).rejects.toMatchObject({ code: 'gitlab-rate-limited', retry: { afterMs: 3_600_000 } });
    expect(served).toEqual([]);
  });

  test('an error leaves no call under way behind', async () => {
    await pace(serve);
    await expect(pace(() => Promise.reject(new Error('away')))).rejects.toThrow('away');
    await pace(serve);
    expect(waits).toEqual([]);
  });
});

test('a client runs into no limit that GitLab announces, and two of one token share it', async () => {
  let time = START;
  const waits: number[] = [];
  const { keyPem: signingKeyPem, certificatePem } = await makeSigningPair();
  const double = await startGitLab({ signingKeyPem, certificatePem, clock: () => time });
  const http = createHttp();
  try {
    const { token } = double.addPersonalToken(double.addUser({ username: 'bot' }), { scopes: ['api'] });
    double.setRateLimit({ limit: 2, windowSeconds: 60, announce: true });
    const pace = createPace(
      () => time,
      async (ms) => {
        waits.push(ms);
        time += ms;
      },
    );
    const [one, two] = [openGitLab(double.url, token, http, pace), openGitLab(double.url, token, http, pace)];
    for (let i = 0; i < 3; i++) {
      await one.version();
      await two.version();
    }
    expect(double.requests.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
    expect(waits).toEqual([60_000, 60_000]);
    expect(paceFor(double.url, token)).toBe(paceFor(`${double.url}/`, token));
    expect(paceFor(double.url, token)).not.toBe(paceFor(double.url, 'another'));
  } finally {
    await http.close();
    await double.stop();
  }
});
