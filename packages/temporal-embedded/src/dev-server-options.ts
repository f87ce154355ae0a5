/**
 * What `startDevServer` can be asked for, each option with its default. The CLI maps its flags to the same options.
 */
import type { Faults } from './faults/faults.js';
import type { Authorizer } from './frontend/access-control.js';
import type { Logger } from './logger.js';

/** Certificates in PEM form. */
export interface TlsOptions {
  readonly certificate: string;
  readonly privateKey: string;
  /** Signs the certificates of clients; with it, a client without such a certificate is refused (mTLS). Default none. */
  readonly clientCertificateAuthority?: string;
}

/** The HTTP API: JSON on the API's annotated routes, described at `/openapi.json`. */
export interface HttpApiListenOptions {
  /** 0 or absent picks a free one. */
  readonly port?: number;
  /** Origins of web pages that may call it, such as `http://localhost:3000`; `*` for any. Default none. */
  readonly corsOrigins?: readonly string[];
}

export interface DevServerOptions {
  /**
   * Address to listen on. Default `127.0.0.1`. Anything beyond loopback is refused unless callers have to prove who they
   * are (`apiKeys`, `authorizer`, or `tls` with `clientCertificateAuthority`) over `tls`.
   */
  readonly ip?: string;
  /** Port of the gRPC service; 0 picks a free one. Default 7233. */
  readonly port?: number;
  /** File that keeps the state, made when it is missing. Default: in memory, gone when the server closes. */
  readonly dbFilename?: string;
  /** Namespaces to create when they are missing, besides `default`. Default none. */
  readonly namespaces?: readonly string[];
  /**
   * Search attributes to register in those namespaces, name to `temporal.api.enums.v1.IndexedValueType`
   * (`SEARCH_ATTRIBUTE_TYPES.Keyword`, ...). Default none.
   */
  readonly searchAttributes?: Readonly<Record<string, number>>;
  /** SQLite pragmas over the defaults (WAL, synchronous=FULL). Default none. */
  readonly sqlitePragmas?: Readonly<Record<string, string>>;
  /**
   * Runs on a clock that skips waiting time and offers `TestService`, as the time-skipping test server does:
   * locked at first, or `unlocked`. Default false.
   */
  readonly timeSkipping?: boolean | 'unlocked';
  /**
   * Numbers and switches of the service by the official server's keys, such as `{ 'limit.historyCount.error': 1000 }`:
   * docs/dynamic-config.md. Default: as the official server has them. `startDevServer` throws `DynamicConfigError` for a
   * key or a value that cannot be meant.
   */
  readonly dynamicConfig?: Readonly<Record<string, boolean | number | string>>;
  /** Serves gRPC and HTTP over TLS. Default: in the clear. */
  readonly tls?: TlsOptions;
  /** Keys of which a call must carry one as `authorization: Bearer KEY`. Default: none is needed. */
  readonly apiKeys?: readonly string[];
  /** Decides about each call, after `apiKeys`. Default: all are allowed. */
  readonly authorizer?: Authorizer;
  /** Opens the HTTP API. Default: there is none. */
  readonly http?: HttpApiListenOptions;
  /** Opens a Prometheus endpoint, `/metrics`; port 0 or absent picks a free one. Default: there is none. */
  readonly metrics?: { readonly port?: number };
  /** What is to go wrong, for tests of what is built on the service. Default: nothing. */
  readonly faults?: Faults;
  /**
   * Called around each commit, for tests that kill the process there. Default: not called.
   * @internal
   */
  readonly onDebugPoint?: (point: 'before-commit' | 'after-commit') => void;
  /** Receives what the server has to say. Default: nothing is logged. */
  readonly logger?: Logger;
}
