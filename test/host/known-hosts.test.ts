import fc from 'fast-check';
import { knownKeys } from '../../src/host/known-hosts.js';

describe('knownKeys', () => {
  const blob = Buffer.from('a key').toString('base64');

  test.each([
    ['h.example ssh-ed25519 KEY', 'h.example', 22, 1],
    ['h.example,192.0.2.1 ssh-ed25519 KEY comment', '192.0.2.1', 22, 1],
    ['[h.example]:2222 ssh-ed25519 KEY', 'h.example', 2222, 1],
    ['h.example ssh-ed25519 KEY', 'h.example', 2222, 0],
    ['[h.example]:2222 ssh-ed25519 KEY', 'h.example', 22, 0],
    ['@revoked h.example ssh-ed25519 KEY', 'h.example', 22, 0],
    ['@cert-authority *.example ssh-ed25519 KEY', 'h.example', 22, 0],
    ['#h.example ssh-ed25519 KEY', 'h.example', 22, 0],
    ['h.example', 'h.example', 22, 0],
    ['H.EXAMPLE ssh-rsa KEY', 'h.example', 22, 1],
  ] as const)('%s for %s port %i: %i', (line, address, port, count) => {
    expect(knownKeys(line.replace('KEY', blob), address, port)).toHaveLength(count);
  });

  test('a key that is revoked elsewhere in the file does not count', () => {
    expect(knownKeys(`h.example ssh-ed25519 ${blob}\n@revoked * ssh-ed25519 ${blob}\n`, 'h.example', 22)).toEqual([]);
  });

  test('never throws, and trusts no line but one that names the host', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        if (!text.includes('h.example')) expect(knownKeys(text, 'h.example', 22)).toEqual([]);
      }),
    );
  });
});
