import type { WebSocket } from 'ws';
import type { Timers } from '../slack/clock.js';

const PING_MS = 60_000;
const PONG_MS = 100_000;
/** Real time a pong in flight gets when the test's clock jumps. */
const GRACE_MS = 300;

/** Protocol pings; a client that doesn't pong is dropped. */
export function keepAlive(ws: WebSocket, timers: Timers): void {
  let cancelDrop = (): void => {};
  let cancelPing = (): void => {};
  let grace: NodeJS.Timeout | undefined;
  const watch = (): void => {
    clearTimeout(grace);
    cancelDrop();
    cancelDrop = timers.after(PONG_MS, () => {
      ws.ping();
      grace = setTimeout(() => ws.terminate(), GRACE_MS);
    });
  };
  const ping = (): void => {
    ws.ping();
    cancelPing = timers.after(PING_MS, ping);
  };
  cancelPing = timers.after(PING_MS, ping);
  watch();
  ws.on('pong', watch);
  ws.once('close', () => {
    clearTimeout(grace);
    cancelDrop();
    cancelPing();
  });
}
