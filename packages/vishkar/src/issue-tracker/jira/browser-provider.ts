/**
 * OAuth for a person: the part of the MCP client's authorization (code with PKCE, registration, refresh) that is ours to decide. Where
 * things are kept, what is shown as a secret, and what happens when a browser is needed: outside of a login nobody is there to
 * use one, and the tracker says that a person has to sign in.
 */
import { randomBytes } from 'node:crypto';
import type { OAuthClientMetadata, OAuthClientProvider, OAuthDiscoveryState } from '@modelcontextprotocol/client';
import { VishkarError } from '../../errors.js';
import type { TrackerSecrets } from './secrets.js';
import type { SignInFile } from './sign-in-file.js';

type Client = Awaited<ReturnType<OAuthClientProvider['clientInformation']>>;
type Tokens = NonNullable<Awaited<ReturnType<OAuthClientProvider['tokens']>>>;

export interface BrowserAuth {
  /** A client that was registered by hand; undefined: we register one. */
  readonly clientId?: string | undefined;
  readonly clientSecretEnv?: string | undefined;
  readonly scope?: string | undefined;
}

export interface BrowserProviderOptions {
  readonly auth: BrowserAuth;
  readonly server: string;
  readonly file: SignInFile;
  readonly secrets: TrackerSecrets;
  /** Given in a login only: where the browser comes back to, and who sends it off. */
  readonly login?: { readonly redirectUrl: string; readonly send: (url: URL) => void };
}

/** Any loopback address: outside of a login it is compared with nothing. */
const NO_REDIRECT = 'http://127.0.0.1/callback';

export class BrowserProvider implements OAuthClientProvider {
  readonly #options: BrowserProviderOptions;
  readonly #state = randomBytes(24).toString('base64url');
  #verifier = '';
  #discovery: OAuthDiscoveryState | undefined;
  /** The refresh token that was given out last. */
  #lastUsed: string | undefined;

  constructor(options: BrowserProviderOptions) {
    this.#options = options;
  }

  get redirectUrl(): string {
    return this.#options.login?.redirectUrl ?? NO_REDIRECT;
  }

  get clientMetadata(): OAuthClientMetadata {
    const { auth } = this.#options;
    return {
      client_name: 'Vishkar',
      redirect_uris: [this.redirectUrl],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      // A program on a person's machine keeps no secret of its own.
      token_endpoint_auth_method: auth.clientSecretEnv === undefined ? 'none' : 'client_secret_post',
      ...(auth.scope === undefined ? {} : { scope: auth.scope }),
    };
  }

  state(): string {
    return this.#state;
  }

  async clientInformation(): Promise<Client> {
    const { auth, file, login, secrets } = this.#options;
    if (auth.clientId !== undefined) {
      const secret = auth.clientSecretEnv === undefined ? undefined : secrets.read(auth.clientSecretEnv);
      return { client_id: auth.clientId, ...(secret === undefined ? {} : { client_secret: secret }) };
    }
    const { client, redirectUrl } = await file.read();
    // A client is registered for one address to come back to.
    return login !== undefined && redirectUrl !== login.redirectUrl ? undefined : (client as Client);
  }

  async saveClientInformation(client: NonNullable<Client>): Promise<void> {
    if (client.client_secret !== undefined) this.#options.secrets.keep(client.client_secret);
    await this.#options.file.update({ client: { ...client }, redirectUrl: this.redirectUrl });
  }

  async tokens(): Promise<Tokens | undefined> {
    const { tokens } = (await this.#options.file.read()) as { tokens?: Tokens };
    if (tokens !== undefined) this.#keep(tokens);
    this.#lastUsed = tokens?.refresh_token;
    return tokens;
  }

  async saveTokens(tokens: Tokens): Promise<void> {
    this.#keep(tokens);
    await this.#options.file.update({ tokens: { ...tokens } });
  }

  /** Throws VishkarError `TRACKER_SIGN_IN_NEEDED` outside of a login. */
  redirectToAuthorization(url: URL): void {
    const { login, server } = this.#options;
    if (login === undefined) throw signInNeeded(server);
    login.send(url);
  }

  saveCodeVerifier(verifier: string): void {
    this.#verifier = verifier;
  }

  codeVerifier(): string {
    return this.#verifier;
  }

  /** By it a code is redeemed only where the browser was sent to. */
  saveDiscoveryState(state: OAuthDiscoveryState): void {
    this.#discovery = state;
  }

  discoveryState(): OAuthDiscoveryState | undefined {
    return this.#discovery;
  }

  /** A refresh token is good once: where another process was quicker, what it was given stays. */
  async invalidateCredentials(scope: 'all' | 'client' | 'tokens' | 'verifier' | 'discovery'): Promise<void> {
    const { file } = this.#options;
    const { tokens } = await file.read();
    const isRefreshed = tokens !== undefined && tokens['refresh_token'] !== this.#lastUsed;
    if (scope === 'discovery' || scope === 'all') this.#discovery = undefined;
    if (scope === 'verifier' || scope === 'discovery' || isRefreshed) return;
    await file.update(scope === 'tokens' ? { tokens: undefined } : { tokens: undefined, client: undefined });
  }

  #keep({ access_token: access, refresh_token: refresh }: Tokens): void {
    this.#options.secrets.keep(access);
    if (refresh !== undefined) this.#options.secrets.keep(refresh);
  }
}

export function signInNeeded(server: string): VishkarError {
  return new VishkarError('TRACKER_SIGN_IN_NEEDED', `Nobody is signed in at ${server}, or not any more.`, {
    hint: 'Run "vishkar tracker login" on this machine and sign in in a browser; then answer "retry".',
  });
}
