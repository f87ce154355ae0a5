/**
 * The OAuth 2.1 side of a stand-in MCP server for a person in a browser: registration of clients, a consent that is given at
 * once, codes that are bound to PKCE and good once, and refresh tokens that are good once (RFC 6749, 7591, 7636, 9207).
 */
import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Authorization, AuthorizationAnswer } from './oauth-endpoints.js';

interface Code {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly challenge: string;
}

const METADATA = '/.well-known/oauth-authorization-server';
const name = (kind: string) => `${kind}-${randomBytes(8).toString('hex')}`;

export class BrowserOAuth implements Authorization {
  /** Registered clients and where their browsers may come back to. */
  readonly clients = new Map<string, readonly string[]>();
  /** What was asked for at the token endpoint, in order. */
  readonly grants: string[] = [];
  /** The person says no. */
  isRefused = false;
  readonly #origin: string;
  readonly #codes = new Map<string, Code>();
  #access = new Set<string>();
  #refresh = new Set<string>();

  constructor(origin: string) {
    this.#origin = origin;
  }

  get challenge(): string {
    return `Bearer resource_metadata="${this.#origin}/.well-known/oauth-protected-resource/v1/mcp"`;
  }

  accepts(authorization: string | undefined): boolean {
    return this.#access.has(authorization?.replace(/^Bearer /, '') ?? '');
  }

  /** As after an hour. */
  expire(): void {
    this.#access = new Set();
  }

  /** As after somebody took the right away. */
  revoke(): void {
    this.expire();
    this.#refresh = new Set();
  }

  async answer(request: IncomingMessage): Promise<AuthorizationAnswer | undefined> {
    const url = new URL(request.url ?? '/', this.#origin);
    if (url.pathname.startsWith('/.well-known/oauth-protected-resource'))
      return ok({ resource: `${this.#origin}/v1/mcp`, authorization_servers: [this.#origin] });
    if (url.pathname.startsWith(METADATA)) return ok(this.#metadata());
    if (url.pathname === '/register') return this.#register(JSON.parse(await text(request)) as Registration);
    if (url.pathname === '/authorize') return this.#authorize(url.searchParams);
    if (url.pathname === '/token') return this.#token(new URLSearchParams(await text(request)));
    return undefined;
  }

  #metadata() {
    return {
      issuer: this.#origin,
      authorization_endpoint: `${this.#origin}/authorize`,
      token_endpoint: `${this.#origin}/token`,
      registration_endpoint: `${this.#origin}/register`,
      response_types_supported: ['code'],
      grant_types_supported: ['authorization_code', 'refresh_token'],
      code_challenge_methods_supported: ['S256'],
      token_endpoint_auth_methods_supported: ['none'],
      authorization_response_iss_parameter_supported: true,
    };
  }

  #register({ redirect_uris: uris, ...rest }: Registration): AuthorizationAnswer {
    if (!uris.every((uri) => new URL(uri).hostname === '127.0.0.1')) return bad('invalid_redirect_uri');
    const clientId = name('client');
    this.clients.set(clientId, uris);
    return { status: 201, body: { ...rest, redirect_uris: uris, client_id: clientId } };
  }

  #authorize(query: URLSearchParams): AuthorizationAnswer {
    const clientId = query.get('client_id') ?? '';
    const redirectUri = query.get('redirect_uri') ?? '';
    if (!(this.clients.get(clientId) ?? []).includes(redirectUri)) return bad('invalid_client');
    const challenge = query.get('code_challenge') ?? '';
    if (query.get('code_challenge_method') !== 'S256' || challenge === '') return bad('invalid_request');
    const back = new URL(redirectUri);
    back.searchParams.set('state', query.get('state') ?? '');
    back.searchParams.set('iss', this.#origin);
    if (this.isRefused) back.searchParams.set('error', 'access_denied');
    else {
      const code = name('code');
      this.#codes.set(code, { clientId, redirectUri, challenge });
      back.searchParams.set('code', code);
    }
    return { status: 302, body: {}, headers: { location: back.href } };
  }

  #token(form: URLSearchParams): AuthorizationAnswer {
    const grant = form.get('grant_type') ?? '';
    this.grants.push(grant);
    if (grant === 'refresh_token')
      return this.#refresh.delete(form.get('refresh_token') ?? '') ? this.#issue() : bad('invalid_grant');
    const code = form.get('code') ?? '';
    const known = this.#codes.get(code);
    this.#codes.delete(code);
    const verified = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const isRight =
      known?.clientId === form.get('client_id') &&
      known.redirectUri === form.get('redirect_uri') &&
      known.challenge === verified;
    return isRight ? this.#issue() : bad('invalid_grant');
  }

  #issue(): AuthorizationAnswer {
    const [access, refresh] = [name('access'), name('refresh')];
    this.#access.add(access);
    this.#refresh.add(refresh);
    return ok({ access_token: access, token_type: 'Bearer', expires_in: 3600, refresh_token: refresh });
  }
}

interface Registration {
  readonly redirect_uris: readonly string[];
}

const ok = (body: unknown): AuthorizationAnswer => ({ status: 200, body });
const bad = (error: string): AuthorizationAnswer => ({ status: 400, body: { error } });

async function text(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
