/** The OAuth 2.1 side of a stand-in MCP server: what it tells of its authorization server, and tokens for one client. */
import type { IncomingMessage } from 'node:http';

/** What stands before an MCP server and lets in those with a token. */
export interface Authorization {
  readonly challenge: string;
  accepts(authorization: string | undefined): boolean;
  /** Undefined for a request that is about something else. */
  answer(request: IncomingMessage): Promise<AuthorizationAnswer | undefined>;
}

export interface AuthorizationAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export class OAuthEndpoints implements Authorization {
  /** How many tokens were given out. */
  issued = 0;
  readonly #origin: string;
  readonly #basic: string;

  constructor(origin: string, clientId: string, clientSecret: string) {
    this.#origin = origin;
    this.#basic = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
  }

  get challenge(): string {
    return `Bearer resource_metadata="${this.#origin}/.well-known/oauth-protected-resource/v1/mcp"`;
  }

  accepts(authorization: string | undefined): boolean {
    return this.issued > 0 && authorization === `Bearer access-${String(this.issued)}`;
  }

  /** Undefined for a request that is about something else. */
  async answer(request: IncomingMessage): Promise<{ status: number; body: unknown } | undefined> {
    const path = request.url ?? '';
    if (path.startsWith('/.well-known/oauth-protected-resource'))
      return { status: 200, body: { resource: `${this.#origin}/v1/mcp`, authorization_servers: [this.#origin] } };
    if (path.startsWith('/.well-known/oauth-authorization-server'))
      return {
        status: 200,
        body: {
          issuer: this.#origin,
          authorization_endpoint: `${this.#origin}/authorize`,
          token_endpoint: `${this.#origin}/token`,
          response_types_supported: ['code'],
          grant_types_supported: ['client_credentials'],
          token_endpoint_auth_methods_supported: ['client_secret_basic'],
        },
      };
    if (path !== '/token') return undefined;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const form = new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
    if (request.headers.authorization !== this.#basic || form.get('grant_type') !== 'client_credentials')
      return { status: 401, body: { error: 'invalid_client' } };
    this.issued += 1;
    return {
      status: 200,
      body: { access_token: `access-${String(this.issued)}`, token_type: 'Bearer', expires_in: 3600 },
    };
  }
}
