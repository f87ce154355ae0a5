/** Workflows of schedules.test.ts. */
import * as wf from '@temporalio/workflow';

/** Counts on from the schedule's last result. */
export function countOn(): Promise<number> {
  const last = wf.workflowInfo().lastResult as number | undefined;
  return Promise.resolve((last ?? 0) + 1);
}

/** Says which schedule has started it, and what it was called with. */
export function introduce(name: string): Promise<string> {
  const { typedSearchAttributes, memo } = wf.workflowInfo();
  const by = typedSearchAttributes.getAll().find(({ key }) => key.name === 'TemporalScheduledById')?.value;
  return Promise.resolve(`${name} ${String(memo?.['greeting'])} ${String(by)}`);
}

/** Runs until it is cancelled. */
export async function runOn(): Promise<void> {
  await wf.sleep('30 days');
}
