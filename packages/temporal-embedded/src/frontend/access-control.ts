/**
 * Who may call what: API keys, and an authorizer that the embedding program brings.
 * It is the boundary between a call that arrived and its handler, for gRPC and HTTP alike. What anybody may ask, with or
 * without credentials, is what clients ask before they have any: health and GetSystemInfo, as at the official service.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { PeerCertificate } from 'node:tls';
import { PermissionDeniedError } from '../errors.js';
import type { CallContext } from './rpc-handler.js';
import type { AnyRpcHandler } from './rpc-table.js';

/** One call, as an authorizer gets to see it. */
export interface CallToAuthorize {
  /** Full name, such as `temporal.api.workflowservice.v1.WorkflowService`. */
  readonly service: string;
  /** Such as `StartWorkflowExecution`. */
  readonly rpc: string;
  /** The namespace that the request names; undefined where it names none. */
  readonly namespace: string | undefined;
  /** Lower-case metadata or HTTP headers, first value each (`authorization`, ...). */
  readonly headers: ReadonlyMap<string, string>;
  /** Present where the service asks clients for certificates. */
  readonly clientCertificate: PeerCertificate | undefined;
}

/** Says whether a call may go on; what it throws is logged, and the call is refused as INTERNAL. */
export type Authorizer = (call: CallToAuthorize) => boolean | Promise<boolean>;

const OPEN_TO_ALL = new Set(['GetSystemInfo', 'Check', 'Watch']);

/** Puts the authorizer before a handler. Calls that it refuses fail with PERMISSION_DENIED. */
export function withAccessControl(
  authorizer: Authorizer,
  service: string,
  rpc: string,
  handler: AnyRpcHandler,
): AnyRpcHandler {
  if (OPEN_TO_ALL.has(rpc)) return handler;
  return (request: { readonly namespace?: unknown }, call: CallContext) => {
    const namespace = typeof request.namespace === 'string' ? request.namespace : undefined;
    const answer = authorizer({
      service,
      rpc,
      namespace,
      headers: call.metadata,
      clientCertificate: call.clientCertificate,
    });
    const goOn = (isAllowed: boolean) => {
      if (!isAllowed) throw new PermissionDeniedError('Request unauthorized.');
      return handler(request as never, call);
    };
    return answer instanceof Promise ? answer.then(goOn) : goOn(answer);
  };
}

/** Lets calls through that carry one of the keys as `authorization: Bearer KEY`, compared in constant time. */
export function apiKeyAuthorizer(keys: readonly string[]): Authorizer {
  const known = keys.map(digest);
  return ({ headers }) => {
    const given = /^Bearer (.+)$/i.exec(headers.get('authorization') ?? '')?.[1];
    if (given === undefined) return false;
    const actual = digest(given);
    // Every key is looked at, so that the time tells nothing.
    return known.filter((key) => timingSafeEqual(key, actual)).length > 0;
  };
}

/** Both must agree. */
export const both =
  (first: Authorizer, second: Authorizer): Authorizer =>
  async (call) =>
    (await first(call)) && (await second(call));

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
