import { expect, it, vi } from 'vitest';
import { AddressInUseError } from './dev-server-errors.js';
import { startDevServer } from './dev-server.js';

it('refuses a port that is in use by an error alone: nothing is printed into the host program', async () => {
  const printed = [vi.spyOn(console, 'error'), vi.spyOn(process.stderr, 'write')];
  const first = await startDevServer({ port: 0 });
  try {
    await expect(startDevServer({ port: first.port })).rejects.toBeInstanceOf(AddressInUseError);
    for (const spy of printed) expect(spy).not.toHaveBeenCalled();
  } finally {
    await first.close();
    for (const spy of printed) spy.mockRestore();
  }
});
