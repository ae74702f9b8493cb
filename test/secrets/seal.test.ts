import { createHash } from 'node:crypto';
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

describe('after the key was changed', () => {
  const present = createSeal('a new key', 'a key of this installation');

  test('what the former one sealed still opens, and nothing new is sealed with it', () => {
    fc.assert(
      fc.property(text, text, (value, purpose) => {
        expect(present.open(seal.seal(value, purpose), purpose)).toBe(value);
        const anew = present.seal(value, purpose);
        expect(createSeal('a new key').open(anew, purpose)).toBe(value);
        expect(() => seal.open(anew, purpose)).toThrow('sealed with another key');
      }),
    );
  });

  test('a digest of the former key is known for the value that it is of', () => {
    const digest = seal.digest(secret, 'p');
    expect(present.digest(secret, 'p')).not.toBe(digest);
    expect([present.isDigest(digest, secret, 'p'), seal.isDigest(digest, secret, 'p')]).toEqual([true, true]);
    expect([present.isDigest(digest, 'other', 'p'), present.isDigest(digest, secret, 'q')]).toEqual([false, false]);
    expect(createSeal('a third').isDigest(digest, secret, 'p')).toBe(false);
  });

  test('a key before the former one is forgotten', () => {
    expect(() => present.open(createSeal('a third').seal(secret, 'p'), 'p')).toThrow('sealed with another key');
  });

  test('the former key opens for its purpose only, and nothing that was changed', () => {
    expect(() => present.open(seal.seal(secret, 'p'), 'q')).toThrow('unable to authenticate');
    const [version, id, data = ''] = seal.seal(secret, 'p').split('.');
    const newId = present.seal(secret, 'p').split('.')[1];
    expect(() => present.open(`${version}.${newId}.${data}`, 'p')).toThrow('authenticate');
    expect(() => present.open(`${version}.${id}.${data.slice(0, -2)}`, 'p')).toThrow();
  });
});

describe('a digest', () => {
  test('is the same for the same value, purpose and key, and no other', () => {
    const other = createSeal('another key');
    fc.assert(
      fc.property(text, text, text, (value, another, purpose) => {
        const digest = seal.digest(value, purpose);
        expect(createSeal('a key of this installation').digest(value, purpose)).toBe(digest);
        expect(other.digest(value, purpose)).not.toBe(digest);
        expect(seal.digest(value, `${purpose}.`)).not.toBe(digest);
        if (Buffer.from(value).compare(Buffer.from(another)) !== 0)
          expect(seal.digest(another, purpose)).not.toBe(digest);
      }),
    );
  });

  test('shows nothing of the value, not even its length, and can’t be tried without the key', () => {
    const digests = ['a', secret, secret.repeat(100)].map((value) => seal.digest(value, 'p'));
    expect(new Set(digests.map(({ length }) => length)).size).toBe(1);
    for (const digest of digests) expect(digest).not.toContain(secret);
    const plain = createHash('sha256').update(`p\0${secret}`).digest('base64url');
    expect(digests[1]).not.toContain(plain);
  });
});
