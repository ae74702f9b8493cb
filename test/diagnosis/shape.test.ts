import { describe, expect, test } from '@jest/globals';
import { diagnose } from '../../src/diagnosis/diagnose.js';

describe('a failure whose words no entry knows', () => {
  test.each([
    ['a status', 'crane: hiccup at https://registry.example.com/v2/shop/: ended with 502', 'gateway-error'],
    [
      'a status in brackets',
      '$ skopeo sync --src docker\nlevel=fatal msg="cannot go on [500]"',
      'registry-internal-error',
    ],
    ['a handshake', '$ regctl image copy a b\nregctl: TLS handshake error', 'tls-unknown-authority'],
    ['another language', '$ docker push registry.example.com/shop\nverbindung verweigert', 'connection-refused'],
  ])('is named by %s, and only as possible', (_, log, cause) => {
    expect(diagnose(log)).toMatchObject({ cause, confidence: 'possible' });
  });

  test.each([
    ['no registry and no client', 'job: ended with 502'],
    ['the client’s progress', '$ docker push registry.example.com/shop\n5f70bf18a086: Layer already exists'],
  ])('stays unknown, or innocent, with %s', (_, log) => {
    expect(['unknown', 'not-registry']).toContain(diagnose(log).cause);
  });
});
