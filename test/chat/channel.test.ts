import { addressOfChannel } from '../../src/chat/channel.js';

test.each([
  [{ slack: 'C1' }, { platform: 'slack', channel: 'C1', person: '' }],
  [{ mattermost: 'm'.repeat(26) }, { platform: 'mattermost', channel: 'm'.repeat(26), person: '' }],
])('%p', (channel, address) => {
  expect(addressOfChannel(channel)).toEqual(address);
});
