/**
 * The shape of one rpc. Each file in `rpc/` exports one handler named after its rpc; the tables in `rpc-table.ts`
 * join them. A handler validates its request, calls history, matching, visibility or namespaces, and returns the
 * response; it throws `ServiceError`s. The grpc server around it decodes, encodes, maps errors and logs.
 */
import type { PeerCertificate } from 'node:tls';

/** What the transport knows about a call. */
export interface CallContext {
  /** Aborts when the client cancels, its deadline passes, or the server shuts down. A long poll must listen to it. */
  readonly signal: AbortSignal;
  /** The client's deadline, ms since the epoch by the real clock; undefined when it set none. */
  readonly deadlineMs: number | undefined;
  /** Lower-case metadata, first value each (`client-name`, `client-version`, ...). */
  readonly metadata: ReadonlyMap<string, string>;
  /** The certificate that the client showed, where the service asks for one. */
  readonly clientCertificate: PeerCertificate | undefined;
}

/**
 * A response that is already (partly) encoded: `message` is encoded first, then `suffix` is appended as it is.
 * Protobuf fields may come in any order, so stored events are spliced in without being decoded.
 */
export class EncodedResponse<Res> {
  constructor(
    readonly message: Res,
    readonly suffix: readonly Uint8Array[],
  ) {}
}

/** Returns the response after everything that it tells has been committed. */
export type RpcHandler<Req, Res> = (
  request: Req,
  call: CallContext,
) => Promise<Res | EncodedResponse<Res>> | Res | EncodedResponse<Res>;
