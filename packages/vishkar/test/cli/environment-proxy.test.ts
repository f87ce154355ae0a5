/** A proxy of the environment: our own calls go through it, to GitHub for one, and those to this machine never. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect as connectSocket } from 'node:net';
import { getGlobalDispatcher, setGlobalDispatcher } from 'undici';
import { expect, it, onTestFinished } from 'vitest';
import { useEnvironmentProxy } from '../../src/cli/environment-proxy.js';
import { githubApi } from '../github/github-fixture.js';

/** Passes tunnels on to this machine, whatever address they ask for. */
async function startProxy() {
  const tunnels: { readonly to: string; readonly authorization: string }[] = [];
  const server = createServer().on('connect', (request, socket) => {
    const to = request.url ?? '';
    tunnels.push({ to, authorization: request.headers['proxy-authorization'] ?? '' });
    const target = connectSocket(Number(to.split(':').at(-1)), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      target.pipe(socket).pipe(target);
    });
    for (const end of [socket, target]) end.on('error', () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { tunnels, port: (server.address() as AddressInfo).port };
}

it('calls to GitHub go through the proxy, except to hosts that are taken out of it and to this machine', async () => {
  const before = getGlobalDispatcher();
  onTestFinished(() => {
    setGlobalDispatcher(before);
  });
  const { tunnels, port } = await startProxy();
  const proxy = `http://ann:secret@127.0.0.1:${String(port)}`;
  const { server, connect } = await githubApi();
  const address = new URL(server.apiAddress);
  // Nobody listens there: only the proxy knows the way.
  const far = { baseUrl: `http://127.0.0.2:${address.port}/api/v3` };

  await useEnvironmentProxy({ HTTPS_PROXY: proxy, http_proxy: proxy });
  expect(await connect(far).problems()).toEqual([]);
  expect(tunnels[0]).toEqual({ to: `127.0.0.2:${address.port}`, authorization: `Basic ${btoa('ann:secret')}` });
  const through = tunnels.length;
  expect(await connect().problems()).toEqual([]);
  expect(tunnels).toHaveLength(through);

  await useEnvironmentProxy({ HTTP_PROXY: proxy, NO_PROXY: 'example.com, 127.0.0.2' });
  await expect(connect(far).problems()).rejects.toMatchObject({ code: 'SOURCE_HOST_UNREACHABLE' });
  expect(tunnels).toHaveLength(through);
});

it('a proxy that is none is refused without its password', async () => {
  const refused = useEnvironmentProxy({ HTTPS_PROXY: 'socks5://ann:secret@proxy.example.com' });
  await expect(refused).rejects.toMatchObject({
    code: 'PROXY_INVALID',
    message: expect.not.stringContaining('secret'),
  });
});
