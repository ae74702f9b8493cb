import { asideOf } from '../../src/diagnosis/aside.js';

describe('what a log says beside its failure', () => {
  test.each([
    ['moved', 'We moved the registry from code.example.com:5050 to its own name'],
    ['moved', 'since the port of the registry changed'],
    ['dead', '{"id":3,"name":"ci","revoked":true}'],
    ['empty', 'note: HARBOR_PASSWORD is empty'],
    ['empty', 'the variable is protected, and this branch is not'],
    ['secondFactor', 'IT switched on two-factor for everybody'],
    ['banned', 'ERROR Rack_Attack blocklist'],
    ['clock', 'the clock of the VM is seven minutes behind'],
    ['compared', 'a new deploy token with the same scopes works'],
  ] as const)('%s: %s', (what, line) => {
    expect(asideOf([line])).toEqual({ [what]: line });
  });

  test.each([
    'I changed my registry password on Monday',
    '{"changed": false, "msg": "Logging into registry.example.com"}',
    'the tag is protected, only maintainers may push',
    '$ if [ -z "$HARBOR_TOKEN" ]; then echo "HARBOR_TOKEN is empty"; fi',
    'the token is not expired and was never revoked',
    'nobody here has 2FA, it is disabled',
  ])('nothing: %s', (line) => {
    expect(asideOf([line])).toEqual({});
  });

  test('two clocks that were read at once differ; one that was read twice does not', () => {
    const header = 'date: Fri, 07 Mar 2025 10:09:12 GMT';
    expect(asideOf(['Fri Mar  7 10:00:00 UTC 2025', header]).clock).toBe(header);
    expect(asideOf(['Fri Mar  7 10:09:01 UTC 2025', header]).clock).toBeUndefined();
    expect(asideOf(['Fri Mar  7 10:00:00 UTC 2025', 'Fri Mar  7 10:09:00 UTC 2025']).clock).toBeUndefined();
  });
});
