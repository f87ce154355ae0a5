/**
 * The rates of one task queue, all versions of its workers together: one for the whole queue, which an operator sets or else
 * the worker that polled last, and one for each fairness key. A rate that nobody has set does not limit.
 */
import { DispatchLimit } from './dispatch-limit.js';
import type { Waiting } from './fair-backlog.js';

/** Keys that hold nothing up are forgotten from here on. */
const SWEEP_SIZE = 1000;

/** Set by an operator, tasks per second; undefined: not limited by one. */
export interface ConfiguredRates {
  readonly queue: number | undefined;
  readonly fairnessKey: number | undefined;
}

export class QueueLimits {
  #configured: ConfiguredRates = { queue: undefined, fairnessKey: undefined };
  #workerRate: number | undefined;
  readonly #whole = new DispatchLimit();
  readonly #byKey = new Map<string, DispatchLimit>();

  /** The rate of the whole queue, and who has set it. */
  get effective(): { readonly perSecond: number; readonly isConfigured: boolean } | undefined {
    const { queue } = this.#configured;
    if (queue !== undefined) return { perSecond: queue, isConfigured: true };
    return this.#workerRate === undefined ? undefined : { perSecond: this.#workerRate, isConfigured: false };
  }

  configure(rates: ConfiguredRates, nowMs: number): void {
    this.#configured = rates;
    if (rates.fairnessKey === undefined) this.#byKey.clear();
    else for (const limit of this.#byKey.values()) limit.clip(rates.fairnessKey, nowMs);
    this.#clipWhole(nowMs);
  }

  /** What the worker that polls asks for; undefined: nothing. Returns whether that changed the rate. */
  noteWorkerRate(perSecond: number | undefined, nowMs: number): boolean {
    if (perSecond === this.#workerRate) return false;
    this.#workerRate = perSecond;
    this.#clipWhole(nowMs);
    return this.#configured.queue === undefined;
  }

  /** How long a task has to wait before it may leave. */
  delayMs({ fairnessKey = '' }: Waiting, nowMs: number): number {
    const { effective } = this;
    const wholeMs = effective ? this.#whole.delayMs(effective.perSecond, nowMs) : 0;
    const perKey = this.#configured.fairnessKey;
    if (perKey === undefined) return wholeMs;
    const keyMs = perKey <= 0 ? Number.POSITIVE_INFINITY : (this.#byKey.get(fairnessKey)?.delayMs(perKey, nowMs) ?? 0);
    return Math.max(wholeMs, keyMs);
  }

  /** A task leaves. */
  spend({ fairnessKey = '', fairnessWeight = 1 }: Waiting, nowMs: number): void {
    const { effective } = this;
    if (effective) this.#whole.spend(effective.perSecond, nowMs);
    const perKey = this.#configured.fairnessKey;
    if (perKey === undefined) return;
    let limit = this.#byKey.get(fairnessKey);
    if (!limit) {
      if (this.#byKey.size >= SWEEP_SIZE) this.#sweep(nowMs);
      limit = new DispatchLimit();
      this.#byKey.set(fairnessKey, limit);
    }
    limit.spend(perKey, nowMs, fairnessWeight);
  }

  #clipWhole(nowMs: number): void {
    const { effective } = this;
    if (effective) this.#whole.clip(effective.perSecond, nowMs);
  }

  #sweep(nowMs: number): void {
    for (const [key, limit] of this.#byKey) if (limit.isFull(nowMs)) this.#byKey.delete(key);
  }
}
