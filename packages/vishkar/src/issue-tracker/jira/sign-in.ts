/**
 * One sign-in of a person: the browser is sent to the authorization server and comes back to a port of this machine that is
 * open for as long as that takes. What comes back counts once, and only with the state that was sent along.
 */
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { auth } from '@modelcontextprotocol/client';
import { VishkarError } from '../../errors.js';
import { BrowserProvider } from './browser-provider.js';
import type { BrowserAuth } from './browser-provider.js';
import { connectionFailure } from './jira-errors.js';
import type { TrackerSecrets } from './secrets.js';
import type { SignInFile } from './sign-in-file.js';

export interface SignInOptions {
  readonly auth: BrowserAuth & { readonly redirectPort: number };
  readonly server: string;
  readonly file: SignInFile;
  readonly secrets: TrackerSecrets;
  /** Shows the address that a person has to open. */
  readonly show: (url: string) => void;
  /** Ends the wait for the person. */
  readonly signal: AbortSignal;
}

/** Throws VishkarError `TRACKER_SIGN_IN_FAILED`, and the errors of the connection. */
export async function signIn(options: SignInOptions): Promise<void> {
  const { server, signal, show, secrets } = options;
  const http = createServer();
  await listen(http, options.auth.redirectPort);
  try {
    const { port } = http.address() as AddressInfo;
    const login = {
      redirectUrl: `http://127.0.0.1:${String(port)}/callback`,
      send: (url: URL) => {
        show(url.href);
      },
    };
    const provider = new BrowserProvider({ ...options, login });
    const { scope } = options.auth;
    const asked = { serverUrl: server, ...(scope === undefined ? {} : { scope }) };
    const callback = waitForCallback(http, provider.state(), signal);
    // Nobody may wait for it yet when the first call fails.
    callback.catch(() => undefined);
    // Whoever signs in again wants another account or more rights: what there was is not refreshed.
    await auth(provider, { ...asked, forceReauthorization: true });
    const parameters = await callback;
    const iss = parameters.get('iss');
    await auth(provider, {
      ...asked,
      authorizationCode: parameters.get('code') ?? '',
      ...(iss === null ? {} : { iss }),
    });
  } catch (error) {
    throw connectionFailure(server, error, (text) => secrets.clean(text));
  } finally {
    http.closeAllConnections();
    http.close();
  }
}

async function listen(http: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    http.once('error', (cause) => {
      reject(failed(`the port ${String(port)} of this machine can not be opened (${cause.message})`, cause));
    });
    http.listen(port, '127.0.0.1', resolve);
  });
}

async function waitForCallback(http: Server, state: string, signal: AbortSignal): Promise<URLSearchParams> {
  return await new Promise((resolve, reject) => {
    const give = () => {
      reject(failed('nobody signed in within the time'));
    };
    if (signal.aborted) give();
    signal.addEventListener('abort', give, { once: true });
    http.on('request', (request, response) => {
      const url = new URL(request.url ?? '/', 'http://127.0.0.1');
      const say = (status: number, words: string) =>
        response
          .writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' })
          .end(`${words}\n`);
      if (request.method !== 'GET' || url.pathname !== '/callback') return say(404, 'Not here.');
      // Another page of the browser, or another login: it does not end this one.
      if (url.searchParams.get('state') !== state)
        return say(400, 'This is no answer to the sign-in that is under way.');
      if (url.searchParams.get('code') === null) {
        say(200, 'Not signed in. You can close this page.');
        // Its words are those of whoever made the link: only the code of the error is told.
        const code = /^[a-z_]{1,40}$/.exec(url.searchParams.get('error') ?? '')?.[0] ?? 'no code came back';
        return reject(failed(`the sign-in was refused (${code})`));
      }
      say(200, 'Signed in. You can close this page.');
      return resolve(url.searchParams);
    });
  });
}

function failed(reason: string, cause?: unknown): VishkarError {
  return new VishkarError('TRACKER_SIGN_IN_FAILED', `Not signed in: ${reason}.`, {
    hint: 'Run "vishkar tracker login" again; docs/jira.md says what a sign-in needs.',
    cause,
  });
}
