import fc from 'fast-check';
import { Tail } from '../../../src/diagnosis/reading/tail.js';

test('a tail holds the last bytes, however they come', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.array(fc.uint8Array({ maxLength: 30 })), (size, chunks) => {
      const tail = new Tail(size);
      for (const chunk of chunks) tail.push(Buffer.from(chunk));
      expect([...tail.bytes]).toEqual(chunks.flatMap((chunk) => [...chunk]).slice(-size));
    }),
  );
});
