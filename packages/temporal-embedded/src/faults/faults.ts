/**
 * Faults on demand, for tests of what is built on the service: a call that is late, refused, or done without its caller
 * hearing of it, and a service that ends as by `kill -9`, at points that have names.
 *
 *   a call:    before its rpc is done -> (rpc) -> behind it, when its effects are on the disk and its answer is not sent yet
 *   a commit:  before-commit -> (COMMIT) -> after-commit
 */
import { GrpcStatus, ServiceError } from '../errors.js';
import { OPERATOR_SERVICE, WORKFLOW_SERVICE } from '../frontend/service-names.js';
import { reflectionRoot } from '../proto/root.js';

/** Points around each commit of the store. Only a crash can happen there. */
export type CommitPoint = 'before-commit' | 'after-commit';

/** What is to go wrong. */
export interface Fault {
  /** The rpc by its name (`RespondActivityTaskCompleted`), or a point around a commit. */
  readonly at: string | CommitPoint;
  /**
   * `before` the rpc is done or `after` it, when it cannot be undone any more: what `fail`s then was done, and its caller does
   * not know. Default `before`.
   */
  readonly when?: 'before' | 'after';
  /** `delay` waits for `delayMs`; `fail` answers with `code`; `crash` ends the service as by `kill -9`. */
  readonly action: 'delay' | 'fail' | 'crash';
  /** Milliseconds by the real clock. Default 1000. */
  readonly delayMs?: number;
  /** Name of the gRPC status to fail with. Default `UNAVAILABLE`, which SDKs take for a lost connection and try again. */
  readonly code?: keyof typeof GrpcStatus;
  /** Calls it happens to, counted from the first that matches. Default 1. */
  readonly times?: number;
  /** Whether it is to happen to this call. Default: to any. */
  readonly matches?: (request: Readonly<Record<string, unknown>>) => boolean;
}

/** A fault that was added. */
export interface AddedFault {
  /** How often it has happened. */
  readonly happened: number;
  /** Resolves when it has happened for the first time. */
  readonly firstTime: Promise<void>;
  /** It happens no more. */
  remove(): void;
}

const COMMIT_POINTS: readonly string[] = ['before-commit', 'after-commit'] satisfies CommitPoint[];
const DEFAULT_DELAY_MS = 1000;

/** A call failed because a test wanted it to. */
export class InjectedFaultError extends ServiceError {}

/**
 * The faults of one service; more may be added and removed while it runs.
 *
 * @example
 * const faults = new Faults();
 * const server = await startDevServer({ port: 0, dbFilename, faults });
 * // The activity's result is stored, and its worker is told that the connection broke.
 * const lost = faults.add({ at: 'RespondActivityTaskCompleted', when: 'after', action: 'fail' });
 * await lost.firstTime;
 */
export class Faults {
  readonly #added = new Map<string, Set<FaultInPlace>>();
  #crash: () => void = () => undefined;

  /** Throws RangeError when the fault cannot happen: an rpc that is not there, something other than a crash around a commit. */
  add(fault: Fault): AddedFault {
    requirePossible(fault);
    const inPlace = new FaultInPlace(fault, () => this.#added.get(fault.at)?.delete(inPlace));
    const others = this.#added.get(fault.at);
    if (others) others.add(inPlace);
    else this.#added.set(fault.at, new Set([inPlace]));
    return inPlace;
  }

  /** No fault happens any more. */
  clear(): void {
    this.#added.clear();
  }

  /**
   * Makes what there is happen at a point; synchronously, unless one waits. Throws InjectedFaultError where a call is to fail.
   * @internal
   */
  reach(at: string, when: 'before' | 'after', request: object = {}): Promise<void> | undefined {
    const due = this.#take(at, when, request);
    if (due === undefined) return undefined;
    if (due.action === 'crash') this.#crash();
    if (due.action === 'delay') return elapse(due.delayMs ?? DEFAULT_DELAY_MS);
    throw new InjectedFaultError(GrpcStatus[due.code ?? 'UNAVAILABLE'], `a fault that was asked for, ${when} ${at}`);
  }

  /** @internal */
  onCrash(crash: () => void): void {
    this.#crash = crash;
  }

  #take(at: string, when: 'before' | 'after', request: object): Fault | undefined {
    for (const each of this.#added.get(at) ?? []) {
      if (each.happensTo(when, request)) return each.fault;
    }
    return undefined;
  }
}

class FaultInPlace implements AddedFault {
  readonly fault: Fault;
  readonly firstTime: Promise<void>;
  readonly remove: () => void;
  #happened = 0;
  #onFirstTime!: () => void;

  constructor(fault: Fault, remove: () => void) {
    this.fault = fault;
    this.remove = remove;
    this.firstTime = new Promise((resolve) => (this.#onFirstTime = resolve));
  }

  get happened(): number {
    return this.#happened;
  }

  happensTo(when: 'before' | 'after', request: object): boolean {
    const { when: wanted = 'before', times = 1, matches } = this.fault;
    if (wanted !== when || matches?.(request as Record<string, unknown>) === false) return false;
    this.#happened += 1;
    if (this.#happened >= times) this.remove();
    this.#onFirstTime();
    return true;
  }
}

function requirePossible({ at, action, when, times = 1 }: Fault): void {
  if (!Number.isInteger(times) || times < 1)
    throw new RangeError(`times is ${String(times)}: it is a number from 1 on`);
  if (!COMMIT_POINTS.includes(at)) {
    if (!isRpc(at))
      throw new RangeError(`"${at}" is no rpc and no point around a commit (${COMMIT_POINTS.join(', ')})`);
    return;
  }
  if (action !== 'crash') throw new RangeError(`around a commit only a crash can happen, not ${action}`);
  if (when !== undefined) throw new RangeError(`"${at}" says by itself when; leave out \`when\``);
}

const isRpc = (name: string): boolean =>
  [WORKFLOW_SERVICE, OPERATOR_SERVICE].some((service) => name in reflectionRoot.lookupService(service).methods);

const elapse = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
