/**
 * Why checks of a head are red, by looking twice at the same commit: what fails once and passes once is flaky, what the
 * source host itself says it could not carry out is infrastructure, everything else is ours to mend. Pure.
 */
import { z } from 'zod';
import type { ChecksReport } from './pull-request.js';

export const checkFailureSchema = z.strictObject({
  name: z.string().min(1),
  cause: z.enum(['ours', 'flaky', 'infrastructure']),
});
export type CheckFailure = z.infer<typeof checkFailureSchema>;

type CheckRun = ChecksReport['runs'][number];

const isRed = ({ exitCode, timedOut }: CheckRun) => exitCode !== 0 || timedOut;

/** Names of the checks of a report that are red. */
export function redChecks({ runs }: ChecksReport): readonly string[] {
  return runs.filter(isRed).map(({ name }) => name);
}

/** `second`: the same head, checked once more; undefined when it could not be. In the order of the checks. */
export function classifyFailures(first: ChecksReport, second: ChecksReport | undefined): readonly CheckFailure[] {
  const names = new Set([...redChecks(first), ...(second === undefined ? [] : redChecks(second))]);
  return [...names].map((name) => {
    const before = first.runs.find((run) => run.name === name);
    const latest = second?.runs.find((run) => run.name === name) ?? before;
    if (latest !== undefined && !isRed(latest)) return { name, cause: 'flaky' };
    return { name, cause: latest?.infrastructure === true ? 'infrastructure' : 'ours' };
  });
}

/** True when nothing that the engine could do would help. */
export function isBeyondUs(failures: readonly CheckFailure[]): boolean {
  const causes = new Set(failures.map(({ cause }) => cause));
  return causes.has('infrastructure') && !causes.has('ours');
}
