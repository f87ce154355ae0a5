/**
 * A loopback port for programs that cannot be told "port 0" (the real Temporal dev server, for one). Our own
 * servers bind port 0 and say what they got; prefer that, since a free port may be taken before it is used.
 */
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

/** A TCP port of 127.0.0.1 that nothing listened on a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
