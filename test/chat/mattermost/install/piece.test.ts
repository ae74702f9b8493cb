import { configPiece } from '../../../../src/chat/mattermost/install/piece.js';
import { parseConfig } from '../../../../src/config/load.js';

const site = {
  url: 'https://chat.example.com/x',
  callbackUrl: 'http://registrar.internal:9000',
  teams: ['acme', '1a'],
};
const INSTANCE = `instances:
  - { name: main, gitlab: { url: https://g.example.com, token: env:T }, registry: { url: https://r.example.com } }
`;

test('it is what registrar.yaml takes', () => {
  const parsed = parseConfig(`${INSTANCE}${configPiece({ ...site, ca: 'my ca: #1.pem' })}\n`);
  expect(parsed).toMatchObject({
    config: {
      http: { port: 9000 },
      chat: {
        mattermost: {
          url: 'https://chat.example.com/x',
          token: 'file:secrets/mattermost-token',
          callbackUrl: 'http://registrar.internal:9000',
          commands: { acme: 'file:secrets/mattermost-command-acme', '1a': 'file:secrets/mattermost-command-1a' },
          ca: 'my ca: #1.pem',
        },
      },
    },
  });
});

test.each([
  ['http://[fd00::1]:9001', 9001],
  ['https://registrar.example.com:8443', 8080],
  ['http://registrar.internal', 8080],
])('%s is listened to at port %d', (callbackUrl, port) => {
  expect(configPiece({ ...site, callbackUrl })).toContain(`port: ${port}\n`);
});
