import fc from 'fast-check';
import { openOrigin, openPressed, sealOrigin, sealPressed } from '../../../src/chat/mattermost/context.js';
import { createSeal } from '../../../src/secrets/seal.js';

const seal = createSeal('a key');
const PRESSED = { action: 'rotate-run', value: 'plan-1', key: 'k', channel: 'c', until: 1_000 };
const ORIGIN = { form: 'log', context: '', channel: 'c', user: 'u', id: 'x', until: 1_000 };

test('what a button carries comes back as it was, until its time is over', () => {
  expect(openPressed(sealPressed(PRESSED, seal), seal, 1_000)).toEqual(PRESSED);
  expect(openPressed(sealPressed(PRESSED, seal), seal, 1_001)).toBeUndefined();
});

test('what was sealed elsewhere, or as something else, is none of ours', () => {
  expect(openPressed(sealPressed(PRESSED, createSeal('another')), seal, 0)).toBeUndefined();
  expect(openPressed(sealOrigin(ORIGIN, seal), seal, 0)).toBeUndefined();
  expect(openOrigin(sealOrigin(ORIGIN, seal), seal, 0)).toEqual(ORIGIN);
});

test('whatever somebody makes up or changes is none of ours', () => {
  fc.assert(fc.property(fc.anything(), (made) => expect(openPressed(made, seal, 0)).toBeUndefined()));
  const sealed = sealPressed(PRESSED, seal);
  fc.assert(
    fc.property(fc.nat(sealed.length - 1), fc.constantFrom('A', 'z', '0', '.'), (at, sign) => {
      fc.pre(sealed[at] !== sign);
      const changed = sealed.slice(0, at) + sign + sealed.slice(at + 1);
      // The last sign of base64 may say the same in another way.
      if (at < sealed.length - 1) expect(openPressed(changed, seal, 0)).toBeUndefined();
    }),
  );
});
