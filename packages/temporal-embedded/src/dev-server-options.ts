/**
 * What `startDevServer` can be asked for, each option with its default. The CLI maps its flags to the same options.
 */
import type { Logger } from './logger.js';

export interface DevServerOptions {
  /** Loopback address to listen on. Default `127.0.0.1`. Anything beyond loopback is refused. */
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
   * Called around each commit, for tests that kill the process there. Default: not called.
   * @internal
   */
  readonly onDebugPoint?: (point: 'before-commit' | 'after-commit') => void;
  /** Receives what the server has to say. Default: nothing is logged. */
  readonly logger?: Logger;
}
