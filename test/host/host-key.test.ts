import { createServer } from 'node:net';
import { offeredKey } from '../../src/host/host-key.js';

/** The key of a real sshd is fetched in test/cli/init.test.ts. */
test('who is no SSH server, and who is not there, offers no key', async () => {
  const server = createServer(
    (socket) =>
      void socket
        .on('error', () => {})
        .resume()
        .end('HTTP/1.1 400 Bad Request\r\n\r\n'),
  );
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const to = { address: '127.0.0.1', port, user: 'registrar' };
  await expect(offeredKey(to)).rejects.toMatchObject({ code: 'ssh-unreachable' });
  await new Promise((resolve) => server.close(resolve));
  await expect(offeredKey(to)).rejects.toMatchObject({ code: 'ssh-unreachable' });
});
