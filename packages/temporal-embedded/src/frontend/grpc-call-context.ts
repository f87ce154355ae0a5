/**
 * What one gRPC call tells its handler. An AbortSignal and a metadata map cost more than a short rpc itself, so both
 * are made when a handler first asks for them; only long polls and streams do.
 */
import type { PeerCertificate } from 'node:tls';
import type { ServerSurfaceCall } from '@grpc/grpc-js/build/src/server-call.js';
import { UnavailableError } from '../errors.js';
import type { CallContext } from './rpc-handler.js';

/** The calls that are not answered yet, for an orderly shutdown. */
export class ActiveCalls {
  /** Those whose handler asked for the signal, so that they can be told to end. */
  readonly #controllers = new Set<AbortController>();
  /** How to fail each call whose handler answers later. */
  readonly #pending = new Set<(error: Error) => void>();
  #isShuttingDown = false;

  /** A controller that also aborts at shutdown; `forget` drops it. */
  addController(): AbortController {
    const controller = new AbortController();
    if (this.#isShuttingDown) controller.abort(shuttingDown());
    else this.#controllers.add(controller);
    return controller;
  }

  forget(controller: AbortController): void {
    this.#controllers.delete(controller);
  }

  addPending(fail: (error: Error) => void): void {
    this.#pending.add(fail);
  }

  /** True when the call was still to be answered. */
  takePending(fail: (error: Error) => void): boolean {
    return this.#pending.delete(fail);
  }

  /** Aborts every waiting call, and at once each call that begins to wait from now on. */
  interrupt(): void {
    this.#isShuttingDown = true;
    for (const controller of this.#controllers) controller.abort(shuttingDown());
    this.#controllers.clear();
  }

  /** Answers what is left with UNAVAILABLE, which clients retry. */
  failPending(): void {
    for (const fail of this.#pending) fail(shuttingDown());
  }
}

const shuttingDown = (): Error => new UnavailableError('The service is shutting down.');

/** The `CallContext` of a call that came over gRPC. */
export class GrpcCallContext implements CallContext {
  readonly #call: ServerSurfaceCall;
  readonly #calls: ActiveCalls;
  #controller: AbortController | undefined;
  #metadata: ReadonlyMap<string, string> | undefined;
  #isFinished = false;

  constructor(call: ServerSurfaceCall, calls: ActiveCalls) {
    this.#call = call;
    this.#calls = calls;
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      const controller = this.#calls.addController();
      this.#controller = controller;
      if (this.#call.cancelled) controller.abort();
      // grpc-js says `cancelled` of every call when its stream closes; of an answered one nobody listens any more.
      else this.#call.once('cancelled', () => !this.#isFinished && controller.abort());
    }
    return this.#controller.signal;
  }

  get deadlineMs(): number | undefined {
    const deadline = this.#call.getDeadline();
    const deadlineMs = typeof deadline === 'number' ? deadline : deadline.getTime();
    return Number.isFinite(deadlineMs) ? deadlineMs : undefined;
  }

  get metadata(): ReadonlyMap<string, string> {
    return (this.#metadata ??= new Map(
      Object.entries(this.#call.metadata.getMap()).map(([key, value]) => [key, value.toString()]),
    ));
  }

  get clientCertificate(): PeerCertificate | undefined {
    return this.#call.getAuthContext()?.sslPeerCertificate;
  }

  /** Called once the answer is out. */
  finish(): void {
    this.#isFinished = true;
    if (this.#controller) this.#calls.forget(this.#controller);
  }
}
