/**
 * Calls of this process over HTTP go the way that the environment asks for (`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`, also in lower
 * case), which Node's own fetch does not know: to GitHub, to a Jira that is reached over HTTP, to models. This machine itself is never
 * reached over a proxy. Git and engines read the variables themselves.
 */
import { VishkarError } from '../errors.js';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]', '::1'];

/** Takes hold of every fetch of this process; loads nothing where no proxy is set. Throws VishkarError `PROXY_INVALID`. */
export async function useEnvironmentProxy(environment: NodeJS.ProcessEnv = process.env): Promise<void> {
  const read = (name: string) => environment[name.toLowerCase()] ?? environment[name] ?? '';
  const [httpProxy, httpsProxy, given] = [read('HTTP_PROXY'), read('HTTPS_PROXY'), read('NO_PROXY').trim()];
  for (const url of [httpProxy, httpsProxy])
    if (url !== '' && !/^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : ''))
      // Its text may hold a password.
      throw new VishkarError('PROXY_INVALID', 'HTTP_PROXY or HTTPS_PROXY is not the address of an HTTP proxy.', {
        hint: 'Write it like http://proxy.example.com:3128, or unset it.',
      });
  if (httpProxy === '' && httpsProxy === '') return;
  const { EnvHttpProxyAgent, setGlobalDispatcher } = await import('undici');
  const noProxy = given === '*' ? given : [...given.split(/[\s,]+/), ...LOOPBACK].filter(Boolean).join(',');
  setGlobalDispatcher(new EnvHttpProxyAgent({ httpProxy, httpsProxy, noProxy }));
}
