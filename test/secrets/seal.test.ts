import fc from 'fast-check';
import { createSeal } from '../../src/secrets/seal.js';

const seal = createSeal('a key of this installation');
const secret = 'gldt-AAAAAAAAAAAAAAAAAAAA';
const text = fc.string({ unit: 'binary' });

describe('a sealed secret', () => {
  test('opens with the same key for the same purpose, whatever it holds', () => {
    fc.assert(
      fc.property(text, text, (value, purpose) => {
        expect(createSeal('a key of this installation').open(seal.seal(value, purpose), purpose)).toBe(value);
      }),
    );
  });

  test('shows nothing of the secret, and is never the same twice', () => {
    const [one, other] = [seal.seal(secret, 'p'), seal.seal(secret, 'p')];
    expect(one).not.toBe(other);
    for (const sealed of [one, other]) {
      expect(sealed).not.toContain(secret);
      expect(Buffer.from(sealed.split('.')[2] ?? '', 'base64url').toString('latin1')).not.toContain('gldt-');
    }
  });

  test('does not open with another key, and says that it is the key', () => {
    const other = createSeal('another key');
    expect(() => other.open(seal.seal(secret, 'p'), 'p')).toThrow('sealed with another key');
  });

  test('does not open for another purpose', () => {
    fc.assert(
      fc.property(text, text, (purpose, other) => {
        fc.pre(Buffer.from(purpose).compare(Buffer.from(other)) !== 0);
        const sealed = seal.seal(secret, purpose);
        expect(() => seal.open(sealed, other)).toThrow('unable to authenticate');
      }),
    );
  });

  test('does not open with any bit of it changed', () => {
    const sealed = seal.seal(secret, 'p');
    const [version, id, data = ''] = sealed.split('.');
    const bytes = Buffer.from(data, 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(() => seal.open(`${version}.${id}.${changed.toString('base64url')}`, 'p')).toThrow('authenticate');
    }
  });

  test('does not open when it was cut, also inside the tag', () => {
    const sealed = seal.seal(secret, 'p');
    for (let length = 0; length < sealed.length; length++)
      expect(() => seal.open(sealed.slice(0, length), 'p')).toThrow();
  });

  test('a shortened tag is refused before it is compared', () => {
    const [version, id, data = ''] = seal.seal('', 'p').split('.');
    const short = Buffer.from(data, 'base64url')
      .subarray(0, 12 + 4)
      .toString('base64url');
    expect(() => seal.open(`${version}.${id}.${short}`, 'p')).toThrow('Invalid authentication tag length');
  });

  test('text that never was sealed does not open', () => {
    fc.assert(fc.property(text, (any) => expect(() => seal.open(any, 'p')).toThrow()));
  });
});
