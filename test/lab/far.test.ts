import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { type Far, startFar } from './far.js';

const ONE_WAY_MS = 25;

let distant: Server;
let far: Far;
/** What has to wait; no time passes unless a test lets it. */
let waiting: { work: () => void; ms: number }[];
let somethingWaits: () => void;

beforeEach(async () => {
  waiting = [];
  somethingWaits = () => {};
  distant = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(distant, 'listening');
  far = await startFar((distant.address() as AddressInfo).port, ONE_WAY_MS, (work, ms) => {
    waiting.push({ work, ms });
    somethingWaits();
  });
});

afterEach(async () => {
  await far.stop();
  distant.close();
});

async function untilSomethingWaits(): Promise<void> {
  if (waiting.length > 0) return;
  await new Promise<void>((resolve) => {
    somethingWaits = resolve;
  });
}

/** Lets what waits happen, the oldest first, until that has come about. */
async function until<T>(event: Promise<T>): Promise<T> {
  let isOver = false;
  const over = event.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    await Promise.race([untilSomethingWaits(), over]);
    waiting.shift()?.work();
  }
  return over;
}

async function open(): Promise<{ near: Socket; other: Socket }> {
  const accepted = once(distant, 'connection');
  const near = connect({ port: far.port, host: '127.0.0.1', allowHalfOpen: true });
  const [other] = (await until(accepted)) as [Socket];
  return { near, other };
}

/** What comes in until the end; the socket can be written to still. */
async function received(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(socket, 'end');
  return Buffer.concat(chunks);
}

test('the other side hears of a connection after its handshake, and of what is sent when it has arrived', async () => {
  const near = connect(far.port, '127.0.0.1');
  await untilSomethingWaits();
  expect(waiting.map(({ ms }) => ms)).toEqual([3 * ONE_WAY_MS]);
  const [other] = (await until(once(distant, 'connection'))) as [Socket];
  near.write('hello');
  await untilSomethingWaits();
  expect([waiting.map(({ ms }) => ms), other.bytesRead]).toEqual([[ONE_WAY_MS], 0]);
  expect(await until(once(other, 'data'))).toEqual([Buffer.from('hello')]);
});

test('all bytes arrive in their order, both ways, and the end behind them', async () => {
  const { near, other } = await open();
  const [there, back] = [randomBytes(300_000), randomBytes(300_000)];
  const arrived = Promise.all([received(other), received(near)]);
  near.end(there);
  other.end(back);
  const [asked, answered] = await until(arrived);
  expect([asked.equals(there), answered.equals(back)]).toEqual([true, true]);
});

test('one direction may end while the other goes on', async () => {
  const { near, other } = await open();
  near.end('last words');
  expect((await until(received(other))).toString()).toBe('last words');
  const answer = received(near);
  other.end('an answer');
  expect((await until(answer)).toString()).toBe('an answer');
});

test('a connection that breaks is broken on the other side', async () => {
  const { near, other } = await open();
  near.resetAndDestroy();
  await expect(until(once(other, 'end'))).rejects.toMatchObject({ code: 'ECONNRESET' });
});

test('where nobody listens, the connection breaks', async () => {
  distant.close();
  const near = connect(far.port, '127.0.0.1');
  await expect(until(once(near, 'end'))).rejects.toMatchObject({ code: 'ECONNRESET' });
});
