import { type Heard, judgeWay } from '../../../../src/chat/mattermost/install/judge-way.js';

const FAILED = 'api.command.execute_command.failed.app_error';
const judged = (change: Partial<Heard>) => {
  const callbackUrl = 'http://registrar.internal:8080';
  return judgeWay({
    said: FAILED,
    callbackUrl,
    host: 'registrar.internal',
    refusal: 'no',
    answersHere: true,
    ...change,
  });
};

test('an answer means that the way is open', () => {
  expect(judged({ said: 'ok' })).toMatchObject({ is: 'open', text: expect.stringContaining('was taken') });
});

test('a refused address: the setting, and exactly what to enter', () => {
  const { is, text, fix } = judged({ refusal: 'yes' });
  expect([is, text]).toEqual(['shut', expect.stringContaining('refuses to call registrar.internal')]);
  expect(fix).toMatch(/^enter registrar\.internal in System Console → .*\(AllowedUntrustedInternalConnections\)$/);
});

test('a refused address, and no Registrar: both are told', () => {
  const { is, text, fix } = judged({ refusal: 'yes', answersHere: false });
  expect([is, text]).toEqual(['shut', expect.stringContaining('is not running yet')]);
  expect(fix).toMatch(/AllowedUntrustedInternalConnections.*registrar all/);
});

test.each([FAILED, 'silent'])(
  '%s where nothing answers: Registrar is not running yet, and nothing is wrong',
  (said) => {
    expect(judged({ said, answersHere: false })).toMatchObject({
      is: 'later',
      text: expect.stringContaining('not running yet'),
      fix: expect.not.stringContaining('AllowedUntrusted'),
    });
  },
);

test('where it can’t be known whether the address is refused, the setting is named all the same', () => {
  expect(judged({ refusal: 'unknown', answersHere: false }).fix).toContain('AllowedUntrustedInternalConnections');
  expect(judged({ refusal: 'unknown' }).fix).toContain('AllowedUntrustedInternalConnections');
});

test('what answers here but not there is looked at from there; behind https, its certificate', () => {
  expect(judged({}).fix).toBe('on the server’s own machine: curl -sS http://registrar.internal:8080/healthz');
  expect(judged({ callbackUrl: 'https://registrar.internal' }).fix).toContain('Enable Insecure Outgoing Connections');
  expect(judged({ said: 'silent' })).toMatchObject({ is: 'shut', text: expect.stringContaining('in vain') });
});

test.each([
  ['api.command.execute_command.failed_resp.app_error', 'later', 'does not know the command’s token'],
  ['api.command.disabled.app_error', 'shut', 'switched off'],
  ['api.command.execute_command.site_url_required.app_error', 'shut', 'no SiteURL'],
  ['api.command.execute_command.not_found.app_error', 'shut', 'not_found'],
] as const)('%s is told as %s', (said, is, words) => {
  expect(judged({ said })).toMatchObject({ is, text: expect.stringContaining(words), fix: expect.any(String) });
});
