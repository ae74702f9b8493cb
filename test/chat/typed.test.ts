import { instead, offers, TYPE } from '../../src/chat/typed.js';

describe('offers', () => {
  test('each command is a button that types it', () => {
    expect(offers('status lab', 'why realm-http')).toEqual({
      kind: 'buttons',
      buttons: [
        { label: 'status lab', action: TYPE, value: 'status lab', style: 'plain' },
        { label: 'why realm-http', action: TYPE, value: 'why realm-http', style: 'plain' },
      ],
    });
  });

  test('a long one has a short label, and is typed whole', () => {
    const command = `rotate-token ${'group/'.repeat(20)}api`;
    expect(offers(command)).toMatchObject({ buttons: [{ label: expect.stringMatching(/^.{39}…$/), value: command }] });
  });
});

describe('instead', () => {
  test('the word that was meant otherwise is replaced, the others stay', () => {
    expect(instead('rotate-token api ci', 'api', 'shop/api')).toBe('rotate-token shop/api ci');
  });

  test('a part of another word is none', () => {
    expect(instead('rotate-token my-api api', 'api', 'shop/api')).toBe('rotate-token my-api shop/api');
  });

  test('a name that was missing is put behind', () => {
    expect(instead('config', '', 'lab')).toBe('config lab');
  });
});
