/**
 * Random lives of a workflow, without a server: whatever happens in whatever order, the history has no gaps, what
 * started closes at most once, and a run that is encoded and decoded between any two steps lives the same life.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EventBatch, ExecutionRecord, PendingItem, StoreWrite } from '../persistence/store.js';
import { temporalProto } from '../proto/root.js';
import {
  cancelActivity,
  completeActivity,
  failActivity,
  requestActivityCancel,
  scheduleActivity,
  startActivity,
} from './activity.js';
import { earliestDeadlineMs, processDeadlines } from './deadlines.js';
import { EventType } from './history-builder.js';
import type { HistoryEvent } from './history-builder.js';
import { MutableState } from './mutable-state.js';
import type { NewRun } from './new-run.js';
import { durationFromMs, numberFromInt64 } from './proto-time.js';
import type { Int64 } from './proto-time.js';
import { replayEvents } from './replay-events.js';
import { fillRetryPolicy } from './retry.js';
import { recordSignal } from './run-requests.js';
import { Transition } from './transition.js';
import { cancelTimer, startTimer } from './user-timer.js';
import { terminateWorkflow } from './workflow-close.js';
import { createMutableState, recordWorkflowStarted, scheduleFirstWorkflowTask } from './workflow-start.js';
import {
  convertSpeculativeWorkflowTask,
  ensureWorkflowTask,
  failWorkflowTask,
  materializeWorkflowTask,
  removeWorkflowTask,
  scheduleWorkflowTask,
  startWorkflowTask,
} from './workflow-task.js';

const History = temporalProto.api.history.v1.History;

const RUN: NewRun = {
  namespaceId: 'namespace-id',
  namespace: 'default',
  workflowId: 'workflow',
  runId: 'run',
  requestId: 'request',
  identity: 'client',
  workflowType: 'type',
  taskQueue: 'queue',
  input: null,
  header: null,
  memo: null,
  searchAttributes: null,
  retryPolicy: null,
  userMetadata: null,
  priority: null,
  links: [],
  completionCallbacks: [],
  cronSchedule: '',
  workflowExecutionTimeoutMs: 0,
  workflowRunTimeoutMs: 0,
  workflowTaskTimeoutMs: 10_000,
  firstWorkflowTaskBackoffMs: 0,
  attempt: 1,
  initiator: 0,
  continuedExecutionRunId: '',
  firstExecutionRunId: 'run',
  executionExpirationMs: 0,
  lastCompletionResult: null,
  continuedFailure: null,
  parent: null,
  rootWorkflowId: 'workflow',
  rootRunId: 'run',
  eagerExecutionAccepted: false,
};

const STEPS = [
  'startTask',
  'completeTask',
  'failTask',
  'signal',
  'scheduleActivity',
  'startActivity',
  'completeActivity',
  'failActivity',
  'cancelActivity',
  'startTimer',
  'cancelTimer',
  'wait',
  'waitLong',
  'speculate',
] as const;
type Step = (typeof STEPS)[number];

/** One run with a store of its own, both in memory; `reloads` decodes it anew before every step. */
class Life {
  state: MutableState;
  nowMs = 1_700_000_000_000;
  readonly batches: EventBatch[] = [];
  readonly #reloads: boolean;
  readonly #items = new Map<string, PendingItem>();
  #record: ExecutionRecord | undefined;
  #ids = 0;

  constructor(reloads: boolean) {
    this.#reloads = reloads;
    this.state = createMutableState(1, RUN, this.nowMs);
    this.#apply((tx) => {
      recordWorkflowStarted(tx, RUN);
      scheduleFirstWorkflowTask(tx, 0);
    });
  }

  step(step: Step, pick: number): void {
    // A speculative task lives in memory only, so a run that has one cannot be compared after a reload.
    if (this.#reloads && this.#record && !this.state.workflowTask?.isSpeculative) {
      this.state = MutableState.decode(this.#record, [...this.#items.values()]);
    }
    this.#apply((tx) => act(tx, step, pick));
  }

  end(): void {
    this.#apply((tx) => terminateWorkflow(tx, { reason: 'end', details: null, identity: 'test' }));
  }

  events(): HistoryEvent[] {
    return this.batches.flatMap((batch) => (History.decode(batch.bytes).events ?? []) as HistoryEvent[]);
  }

  advance(ms: number): void {
    this.nowMs += ms;
  }

  #apply(apply: (tx: Transition) => void): void {
    const tx = new Transition(this.state, this.nowMs, { uuid: () => `id-${++this.#ids}` });
    apply(tx);
    if (tx.history.hasAdded) convertSpeculativeWorkflowTask(tx);
    if (this.state.isRunning && !this.state.isWorkflowTaskStarted) tx.history.flushBuffered();
    this.batches.push(...tx.history.finish());
    this.state.stage({ stage: (write) => this.#keep(write) }, earliestDeadlineMs(this.state));
  }

  #keep(write: StoreWrite): void {
    if (write.type === 'putExecution') this.#record = write.record;
    if (write.type === 'putPending') this.#items.set(`${write.item.kind}/${write.item.id}`, write.item);
    if (write.type === 'deletePending') this.#items.delete(`${write.kind}/${write.id}`);
  }
}

function act(tx: Transition, step: Step, pick: number): void {
  const { state } = tx;
  if (!state.isRunning) return;
  const activities = [...state.activities.values()];
  const activity = activities[pick % Math.max(activities.length, 1)];
  const isStarted = activity !== undefined && activity.startedEventId !== 0;
  switch (step) {
    case 'startTask':
      if (state.workflowTask?.startedEventId === 0) startWorkflowTask(tx, { identity: 'worker', requestId: 'poll' });
      return;
    case 'completeTask':
      return completeTask(tx);
    case 'failTask':
      if (!state.isWorkflowTaskStarted) return;
      failWorkflowTask(tx, { cause: 1, failure: null, identity: 'worker' });
      return ensureWorkflowTask(tx);
    case 'signal':
      // Refused, as by the official service: a task that was to close the run failed, and is tried again now.
      if (tx.state.closeAttempted && tx.state.isWorkflowTaskStarted) return;
      return recordSignal(tx, { signalName: 's', input: null, header: null, identity: '', requestId: '', links: [] });
    case 'scheduleActivity':
      if (state.workflowTask) return;
      scheduleActivity(
        tx,
        {
          activityId: `activity-${state.nextEventId}`,
          activityType: { name: 'a' },
          taskQueue: { name: 'queue' },
          startToCloseTimeout: durationFromMs(1000 * (1 + (pick % 3))),
          scheduleToCloseTimeout: durationFromMs(pick % 2 ? 5000 : 0),
          heartbeatTimeout: durationFromMs(pick % 4 ? 0 : 500),
          retryPolicy: fillRetryPolicy({ maximumAttempts: pick % 3 }),
        },
        null,
      );
      return;
    case 'startActivity':
      if (activity && !isStarted && activity.scheduledTimeMs <= tx.nowMs) {
        startActivity(tx, activity, { identity: 'worker', requestId: 'poll' });
      }
      return;
    case 'completeActivity':
      if (!activity || !isStarted) return;
      completeActivity(tx, activity, null, 'worker');
      return ensureWorkflowTask(tx);
    case 'failActivity':
      if (
        activity &&
        isStarted &&
        failActivity(tx, activity, { message: 'bad', applicationFailureInfo: {} }, 'worker')
      ) {
        ensureWorkflowTask(tx);
      }
      return;
    case 'cancelActivity':
      if (!activity || !isStarted) return;
      requestActivityCancel(tx, activity, 1);
      cancelActivity(tx, activity, null, 'worker');
      return ensureWorkflowTask(tx);
    case 'startTimer':
      if (!state.workflowTask)
        startTimer(tx, `timer-${state.nextEventId}`, durationFromMs(100 * (1 + (pick % 30))), 1, null);
      return;
    case 'cancelTimer': {
      const timers = [...state.timers.values()];
      const timer = timers[pick % Math.max(timers.length, 1)];
      if (timer && !state.workflowTask) cancelTimer(tx, timer.timerId, 1, 'worker');
      return;
    }
    case 'wait':
    case 'waitLong':
      return processDeadlines(tx, () => ({ attributes: {}, links: [] }));
    case 'speculate':
      if (!state.workflowTask) scheduleWorkflowTask(tx, { isSpeculative: true });
      return;
    default:
      return step satisfies never;
  }
}

function completeTask(tx: Transition): void {
  const { state } = tx;
  const task = state.workflowTask;
  if (!task || !state.isWorkflowTaskStarted) return;
  if (state.isWorkflowTaskTransient || task.isSpeculative) materializeWorkflowTask(tx, task);
  removeWorkflowTask(tx);
  tx.history.add(EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED, {
    workflowTaskCompletedEventAttributes: {
      scheduledEventId: task.scheduledEventId,
      startedEventId: task.startedEventId,
    },
  } as unknown as HistoryEvent);
  state.previousStartedEventId = task.startedEventId;
  if (tx.history.hasBufferedEvents) scheduleWorkflowTask(tx);
}

// Whole workflow tasks come more often than their halves: what a workflow does, it does between them.
const life = fc
  .array(
    fc
      .oneof(
        { weight: 3, arbitrary: fc.constantFrom<Step[]>(['startTask', 'completeTask']) },
        {
          weight: 3,
          arbitrary: fc.constantFrom<Step[]>(['scheduleActivity', 'startActivity'], ['startActivity', 'failActivity']),
        },
        { weight: 8, arbitrary: fc.constantFrom(...STEPS).map((step): Step[] => [step]) },
      )
      .chain((steps) => fc.nat(20).map((pick) => steps.map((step) => [step, pick] as const))),
    { minLength: 1, maxLength: 60 },
  )
  .map((turns) => turns.flat());

function run(steps: readonly (readonly [Step, number])[], reloads: boolean): Life {
  const lived = new Life(reloads);
  for (const [step, pick] of steps) {
    if (step === 'wait') lived.advance(150);
    if (step === 'waitLong') lived.advance(11_000);
    lived.step(step, pick);
  }
  return lived;
}

test('event ids have no gaps, in the order of the batches', () => {
  fc.assert(
    fc.property(life, (steps) => {
      const lived = run(steps, false);
      lived.end();
      const ids = lived.events().map((event) => numberFromInt64(event.eventId as Int64));
      expect(ids).toEqual(ids.map((_, index) => index + 1));
      expect(lived.state.nextEventId).toBe(ids.length + 1);
    }),
    { numRuns: 300 },
  );
});

test('what is scheduled or started closes at most once, and a completion points at its own start', () => {
  fc.assert(
    fc.property(life, (steps) => {
      const lived = run(steps, false);
      lived.end();
      const started = new Map<number, number>();
      const closed = new Set<string>();
      const closeOnce = (key: string): void => {
        expect(closed.has(key)).toBe(false);
        closed.add(key);
      };
      for (const event of lived.events()) {
        const startedAttributes = event.activityTaskStartedEventAttributes;
        if (startedAttributes) {
          started.set(
            numberFromInt64(startedAttributes.scheduledEventId as Int64),
            numberFromInt64(event.eventId as Int64),
          );
        }
        const end =
          event.activityTaskCompletedEventAttributes ??
          event.activityTaskFailedEventAttributes ??
          event.activityTaskTimedOutEventAttributes ??
          event.activityTaskCanceledEventAttributes;
        if (end) {
          const scheduledEventId = numberFromInt64(end.scheduledEventId as Int64);
          closeOnce(`activity ${scheduledEventId}`);
          expect(numberFromInt64(end.startedEventId as Int64)).toBe(started.get(scheduledEventId) ?? 0);
        }
        const timer = event.timerFiredEventAttributes ?? event.timerCanceledEventAttributes;
        if (timer) closeOnce(`timer ${numberFromInt64(timer.startedEventId as Int64)}`);
        const task =
          event.workflowTaskCompletedEventAttributes ??
          event.workflowTaskFailedEventAttributes ??
          event.workflowTaskTimedOutEventAttributes;
        if (task) closeOnce(`workflow task ${numberFromInt64(task.scheduledEventId as Int64)}`);
      }
    }),
    { numRuns: 300 },
  );
});

test('nothing but its own events comes between a workflow task that started and its end', () => {
  fc.assert(
    fc.property(life, (steps) => {
      const lived = run(steps, false);
      lived.end();
      const events = lived.events();
      events.forEach((event, index) => {
        const end = event.workflowTaskCompletedEventAttributes ?? event.workflowTaskFailedEventAttributes;
        if (!end) return;
        expect(events[index - 1]?.eventType).toBe(EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED);
      });
    }),
    { numRuns: 300 },
  );
});

/** So much time passes that an attempt's backoff and the activity's schedule-to-close timeout are both over. */
const BACKOFF_AND_TIMEOUT_DUE_AT_ONCE: (readonly [Step, number])[] = [
  ['startTask', 0],
  ['completeTask', 0],
  ['scheduleActivity', 3],
  ['startActivity', 0],
  ['failActivity', 0],
  ['waitLong', 0],
  ['wait', 0],
];

test('a run that is encoded and decoded before every step lives the same life', () => {
  fc.assert(
    fc.property(life, (steps) => {
      const plain = run(steps, false);
      const reloaded = run(steps, true);
      expect(reloaded.batches.map(({ bytes }) => Buffer.from(bytes).toString('hex'))).toEqual(
        plain.batches.map(({ bytes }) => Buffer.from(bytes).toString('hex')),
      );
      const pending = ({ state }: Life) =>
        [...state.activities.values()].map(({ activityId, attempt }) => [activityId, attempt]);
      expect(pending(reloaded).sort()).toEqual(pending(plain).sort());
    }),
    { numRuns: 300, examples: [[BACKOFF_AND_TIMEOUT_DUE_AT_ONCE]] },
  );
});

test('a state that is made from the events alone has what the history leaves pending', () => {
  fc.assert(
    fc.property(life, (steps) => {
      const lived = run(steps, false);
      const state = createMutableState(2, RUN, lived.nowMs);
      replayEvents({ state, nowMs: lived.nowMs, ids: { uuid: () => 'id' } }, lived.events());
      // What waits in the buffer has happened to the one and is not in the history of the other.
      const buffered = [...lived.state.bufferedEvents.values()];
      const closedInBuffer = new Set(
        buffered.map((event) =>
          numberFromInt64(
            (
              event.activityTaskCompletedEventAttributes ??
              event.activityTaskFailedEventAttributes ??
              event.activityTaskTimedOutEventAttributes ??
              event.activityTaskCanceledEventAttributes
            )?.scheduledEventId as Int64,
          ),
        ),
      );
      const firedInBuffer = new Set(buffered.map((event) => event.timerFiredEventAttributes?.timerId));
      const activities = [...state.activities.keys()].map(Number).filter((id) => !closedInBuffer.has(id));
      expect(activities.sort()).toEqual([...lived.state.activities.keys()].map(Number).sort());
      const timers = [...state.timers.keys()].filter((id) => !firedInBuffer.has(id));
      expect(timers.sort()).toEqual([...lived.state.timers.keys()].sort());
      for (const timer of lived.state.timers.values()) {
        expect(state.timers.get(timer.timerId)).toMatchObject({ ...timer });
      }
      expect(state.nextEventId).toBe(lived.state.nextEventId);
      expect(state.previousStartedEventId).toBe(lived.state.previousStartedEventId);
    }),
    { numRuns: 300 },
  );
});
