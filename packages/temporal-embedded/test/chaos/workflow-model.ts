/**
 * The life of workflows as a client and a worker see it, in as few words as possible: which runs there are, which signals
 * they were sent, which activities and timers they have, how they ended. The service is held against it.
 */
import { temporalProto } from '../../src/proto/root.js';
import type { temporal } from '../../src/proto/root.js';

const { EventType } = temporalProto.api.enums.v1;

export type Ending = 'COMPLETED' | 'TERMINATED';

export interface ModelRun {
  readonly workflowId: string;
  readonly runId: string;
  /** In the order in which they were acknowledged. */
  readonly signals: string[];
  /** How many of them came while a worker had the workflow task: the history has them once that is over. */
  buffered: number;
  /** It was told something, a signal or other, while a worker had the workflow task. */
  hasNews: boolean;
  /** Attempts of its workflow task that failed in a row: from the third on the next one is delayed. */
  failures: number;
  isCancelRequested: boolean;
  task: 'none' | 'scheduled' | 'started';
  taskToken: Uint8Array;
  /** Activity ids with how far they have come; a token once they are started. */
  readonly activities: Map<string, { state: 'scheduled' | 'started' | 'done'; token: Uint8Array }>;
  timers: number;
  ending: Ending | undefined;
}

export const newRun = (workflowId: string, runId: string): ModelRun => ({
  workflowId,
  runId,
  signals: [],
  buffered: 0,
  hasNews: false,
  failures: 0,
  isCancelRequested: false,
  task: 'scheduled',
  taskToken: new Uint8Array(0),
  activities: new Map(),
  timers: 0,
  ending: undefined,
});

/** Something a workflow has to be told: by a new task, or behind the one that a worker has. */
export function tell(run: ModelRun): void {
  if (run.task === 'started') run.hasNews = true;
  else run.task = 'scheduled';
}

/** A worker is done with a workflow task. One that failed comes again, and so does what came meanwhile. */
export function endTask(run: ModelRun, { hasFailed }: { readonly hasFailed: boolean }): void {
  run.task = hasFailed || run.hasNews ? 'scheduled' : 'none';
  run.failures = hasFailed ? run.failures + 1 : 0;
  run.hasNews = false;
  run.buffered = 0;
}

export function close(run: ModelRun, ending: Ending): void {
  run.ending = ending;
  run.task = 'none';
  run.buffered = 0;
}

/** Where a history is not what the model says, a sentence each. */
export function differences(run: ModelRun, events: readonly temporal.api.history.v1.IHistoryEvent[]): string[] {
  const count = (type: keyof typeof EventType): number =>
    events.filter(({ eventType }) => eventType === EventType[type]).length;
  const signals = events.flatMap((event) => event.workflowExecutionSignaledEventAttributes?.signalName ?? []);
  const closings = events.filter(({ eventType }) =>
    /^EVENT_TYPE_WORKFLOW_EXECUTION_(COMPLETED|FAILED|TIMED_OUT|CANCELED|TERMINATED|CONTINUED_AS_NEW)$/.test(
      EventType[eventType ?? 0] ?? '',
    ),
  );
  const expected = {
    ids: events.map((_, index) => index + 1),
    signals: run.signals.slice(0, run.signals.length - run.buffered),
    activities: run.activities.size,
    done: run.ending ? undefined : [...run.activities.values()].filter(({ state }) => state === 'done').length,
    timers: run.timers,
    cancels: run.isCancelRequested ? 1 : 0,
    closings: run.ending ? [`EVENT_TYPE_WORKFLOW_EXECUTION_${run.ending}`] : [],
    isClosedLast: true,
  };
  // Results that came while a worker had the task are not in the history yet; they were counted as buffered too.
  const found = {
    ids: events.map(({ eventId }) => Number(eventId)),
    signals,
    activities: count('EVENT_TYPE_ACTIVITY_TASK_SCHEDULED'),
    done: run.ending || run.task === 'started' ? expected.done : count('EVENT_TYPE_ACTIVITY_TASK_COMPLETED'),
    timers: count('EVENT_TYPE_TIMER_STARTED'),
    cancels: run.task === 'started' ? expected.cancels : count('EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED'),
    closings: closings.map(({ eventType }) => EventType[eventType ?? 0]),
    isClosedLast: closings.length === 0 || closings[0] === events.at(-1),
  };
  return (Object.keys(expected) as (keyof typeof expected)[])
    .filter((key) => JSON.stringify(expected[key]) !== JSON.stringify(found[key]))
    .map((key) => `${run.workflowId}: ${key} are ${JSON.stringify(found[key])}, not ${JSON.stringify(expected[key])}`);
}
