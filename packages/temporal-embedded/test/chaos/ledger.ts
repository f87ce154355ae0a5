/**
 * What a client was told, to be held against the histories in the end. Every operation has an id of its own; it is
 * `attempted` when it is sent and `acknowledged` when its answer is in.
 *
 *   acknowledged                 must be in the history exactly once
 *   attempted, not acknowledged  may be there, at most once
 *   never attempted              must not be there
 */
import { defaultPayloadConverter } from '@temporalio/common';
import { temporalProto } from '../../src/proto/root.js';
import type { temporal } from '../../src/proto/root.js';
import type { Kept } from './keeps-ledger.workflows.js';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;
type Payloads = temporal.api.common.v1.IPayloads;

export type OperationKind = 'note' | 'work' | 'put' | 'completion';

interface Operation {
  isAcknowledged: boolean;
  /** The answer of an acknowledged update. */
  answer?: string;
}

const EventType = temporalProto.api.enums.v1.EventType;

/** What was asked of one workflow, and what was answered. */
export class WorkflowLedger {
  readonly workflowId: string;
  /** Of the acknowledged start; undefined: the start was never acknowledged. */
  runId: string | undefined;
  /** As the client got it; undefined: it never did. */
  result: Kept | undefined;
  readonly #operations: Record<OperationKind, Map<string, Operation>> = {
    note: new Map(),
    work: new Map(),
    put: new Map(),
    completion: new Map(),
  };

  constructor(workflowId: string) {
    this.workflowId = workflowId;
  }

  attempt(kind: OperationKind, id: string): void {
    // A completion may be sent again; that it was acknowledged once stays true.
    if (!this.#operations[kind].has(id)) this.#operations[kind].set(id, { isAcknowledged: false });
  }

  acknowledge(kind: OperationKind, id: string, answer?: string): void {
    this.#operations[kind].set(id, { isAcknowledged: true, ...(answer !== undefined && { answer }) });
  }

  count(kind: OperationKind, isAcknowledged: boolean): number {
    return [...this.#operations[kind].values()].filter((each) => each.isAcknowledged === isAcknowledged).length;
  }

  /** What the history of the finished workflow says against this ledger, in sentences; none: all is there, once. */
  violations(events: readonly HistoryEvent[]): string[] {
    return this.#faults(events).map((fault) => `${this.workflowId}: ${fault}`);
  }

  #faults(events: readonly HistoryEvent[]): string[] {
    const seen = readHistory(events);
    const found = (['note', 'work', 'put', 'completion'] as const).flatMap((kind) => this.#compare(kind, seen[kind]));
    for (const [id, { answer }] of this.#operations.put) {
      if (answer !== undefined && seen.putAnswers.get(id) !== answer)
        found.push(`update ${id}: another answer is kept`);
    }
    const { kept } = seen;
    if (kept === undefined) return [...found, 'the workflow did not complete'];
    if (this.result && JSON.stringify(this.result) !== JSON.stringify(kept)) found.push('another result is kept');
    if (String(kept.notes) !== String(seen.note)) found.push('the workflow saw other notes than its history holds');
    if (String([...kept.puts].sort()) !== String([...seen.put].sort())) found.push('the workflow saw other updates');
    if (String(Object.values(kept.works).sort()) !== String([...seen.completion].sort()))
      found.push('the workflow saw other completions');
    for (const [timerId, times] of seen.timersFired) if (times > 1) found.push(`timer ${timerId} fired ${times} times`);
    return found;
  }

  #compare(kind: OperationKind, seen: readonly string[]): string[] {
    const found: string[] = [];
    const times = new Map<string, number>();
    for (const id of seen) times.set(id, (times.get(id) ?? 0) + 1);
    for (const [id, count] of times) {
      if (!this.#operations[kind].has(id)) found.push(`${kind} ${id} was never sent`);
      if (count > 1) found.push(`${kind} ${id} is there ${count} times`);
    }
    for (const [id, { isAcknowledged }] of this.#operations[kind])
      if (isAcknowledged && !times.has(id)) found.push(`${kind} ${id} was acknowledged and is lost`);
    return found;
  }
}

interface SeenInHistory extends Record<OperationKind, string[]> {
  readonly putAnswers: Map<string, string>;
  readonly timersFired: Map<string, number>;
  kept?: Kept;
}

function readHistory(events: readonly HistoryEvent[]): SeenInHistory {
  const seen: SeenInHistory = {
    ...{ note: [], work: [], put: [], completion: [], putAnswers: new Map(), timersFired: new Map() },
  };
  const updateIds = new Map<string, string>();
  const externalActivities = new Set<string>();
  for (const event of events) {
    switch (event.eventType) {
      case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED: {
        const { signalName, input } = event.workflowExecutionSignaledEventAttributes ?? {};
        if (signalName === 'note' || signalName === 'work') seen[signalName].push(text(input));
        break;
      }
      case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED: {
        const accepted = event.workflowExecutionUpdateAcceptedEventAttributes;
        const id = text(accepted?.acceptedRequest?.input?.args);
        updateIds.set(String(event.eventId), id);
        seen.put.push(id);
        break;
      }
      case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED: {
        const completed = event.workflowExecutionUpdateCompletedEventAttributes;
        const id = updateIds.get(String(completed?.acceptedEventId)) ?? 'an update that was never accepted';
        if (seen.putAnswers.has(id)) seen.put.push(id);
        seen.putAnswers.set(id, text(completed?.outcome?.success));
        break;
      }
      case EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
        if (event.activityTaskScheduledEventAttributes?.activityType?.name === 'external')
          externalActivities.add(String(event.eventId));
        break;
      case EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED: {
        const completed = event.activityTaskCompletedEventAttributes;
        if (externalActivities.has(String(completed?.scheduledEventId))) seen.completion.push(text(completed?.result));
        break;
      }
      case EventType.EVENT_TYPE_TIMER_FIRED: {
        const timerId = String(event.timerFiredEventAttributes?.startedEventId);
        seen.timersFired.set(timerId, (seen.timersFired.get(timerId) ?? 0) + 1);
        break;
      }
      case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:
        seen.kept = decode(event.workflowExecutionCompletedEventAttributes?.result) as Kept;
        break;
      default:
        break;
    }
  }
  return seen;
}

const text = (payloads: Payloads | null | undefined): string => String(decode(payloads));

function decode(payloads: Payloads | null | undefined): unknown {
  const payload = payloads?.payloads?.[0];
  return payload ? defaultPayloadConverter.fromPayload(payload) : undefined;
}
