/**
 * One run of chaos: load, kills, a last start, and the reckoning. What kills, and when, is the caller's; the service is
 * started again on the same file and port after each kill.
 */
import type { ClientLoad, Totals } from './client-load.js';
import type { KilledService } from './killed-service.js';

export interface ChaosOptions {
  readonly service: KilledService;
  readonly load: ClientLoad;
  readonly kills: number;
  /** Resolves when the running process is dead; `n` counts from 1. */
  readonly killOnce: (n: number) => Promise<void>;
}

export interface ChaosReport extends Totals {
  readonly kills: number;
  readonly seconds: number;
  /** In sentences; none: nothing acknowledged was lost, nothing was doubled. */
  readonly violations: readonly string[];
}

/** The service must not run yet; it is stopped in the end. */
export async function runChaos({ service, load, kills, killOnce }: ChaosOptions): Promise<ChaosReport> {
  const startedAtMs = performance.now();
  await service.start();
  try {
    await load.start(service.address);
    for (let n = 1; n <= kills; n++) await killOnce(n);
    await service.start();
    await load.finish();
    const violations = await load.violations();
    return { kills, seconds: Math.round((performance.now() - startedAtMs) / 1000), violations, ...load.totals() };
  } finally {
    await load.close();
    await service.stop();
  }
}

/** One line for a log and for docs. */
export function describeReport({
  kills,
  seconds,
  workflows,
  acknowledged,
  unanswered,
  violations,
}: ChaosReport): string {
  const { starts, signals, updates, completions, results } = acknowledged;
  const total = starts + signals + updates + completions + results;
  return (
    `${kills} kills in ${seconds} s under load; ${total} operations acknowledged (${starts} starts, ${signals} signals, ` +
    `${updates} updates, ${completions} activity completions, ${results} results) of ${workflows} workflows, ` +
    `${unanswered} never answered; lost or doubled: ${violations.length}`
  );
}
