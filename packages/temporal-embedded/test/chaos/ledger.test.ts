/** A ledger that finds nothing in a broken history would make every chaos test pass: it is shown the faults it is for. */
import { defaultPayloadConverter } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { int64FromNumber } from '../../src/proto/int64.js';
import { temporalProto } from '../../src/proto/root.js';
import { WorkflowLedger } from './ledger.js';

const EventType = temporalProto.api.enums.v1.EventType;
const payloads = (value: unknown) => ({ payloads: [defaultPayloadConverter.toPayload(value)] });
const signal = (id: string) => ({
  eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
  workflowExecutionSignaledEventAttributes: { signalName: 'note', input: payloads(id) },
});
const completed = (notes: string[]) => ({
  eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED,
  workflowExecutionCompletedEventAttributes: { result: payloads({ notes, puts: [], works: {}, timersFired: 0 }) },
});

function ledgerOf(acknowledged: readonly string[], unanswered: readonly string[] = []): WorkflowLedger {
  const ledger = new WorkflowLedger('w');
  for (const id of [...acknowledged, ...unanswered]) ledger.attempt('note', id);
  for (const id of acknowledged) ledger.acknowledge('note', id);
  return ledger;
}

describe('a ledger', () => {
  it('has nothing to say when all that was acknowledged is there once', () => {
    expect(ledgerOf(['a', 'b']).violations([signal('a'), signal('b'), completed(['a', 'b'])])).toEqual([]);
  });

  it('leaves open whether what was not answered is there', () => {
    expect(ledgerOf(['a'], ['b']).violations([signal('a'), completed(['a'])])).toEqual([]);
    expect(ledgerOf(['a'], ['b']).violations([signal('b'), signal('a'), completed(['b', 'a'])])).toEqual([]);
  });

  it('finds what was acknowledged and is lost', () => {
    expect(ledgerOf(['a', 'b']).violations([signal('a'), completed(['a'])])).toEqual([
      'w: note b was acknowledged and is lost',
    ]);
  });

  it('finds what is there twice, answered or not', () => {
    expect(ledgerOf([], ['b']).violations([signal('b'), signal('b'), completed(['b', 'b'])])).toEqual([
      'w: note b is there 2 times',
    ]);
  });

  it('finds what nobody sent', () => {
    expect(ledgerOf(['a']).violations([signal('a'), signal('x'), completed(['a', 'x'])])).toEqual([
      'w: note x was never sent',
    ]);
  });

  it('finds a workflow that saw something else than its history holds', () => {
    expect(ledgerOf(['a']).violations([signal('a'), completed([])])).toEqual([
      'w: the workflow saw other notes than its history holds',
    ]);
  });

  it('finds a workflow that did not complete, or completed with another result than the client got', () => {
    const ledger = ledgerOf(['a']);
    ledger.result = { notes: ['a'], puts: [], works: {}, timersFired: 7 };
    expect(ledger.violations([signal('a')])).toEqual(['w: the workflow did not complete']);
    expect(ledger.violations([signal('a'), completed(['a'])])).toEqual(['w: another result is kept']);
  });

  it('finds an update whose kept answer is another one, and one that completed twice', () => {
    const ledger = new WorkflowLedger('w');
    ledger.attempt('put', 'u');
    ledger.acknowledge('put', 'u', 'put u');
    const accepted = {
      eventId: int64FromNumber(5),
      eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED,
      workflowExecutionUpdateAcceptedEventAttributes: { acceptedRequest: { input: { args: payloads('u') } } },
    };
    const done = (answer: string) => ({
      eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED,
      workflowExecutionUpdateCompletedEventAttributes: {
        acceptedEventId: int64FromNumber(5),
        outcome: { success: payloads(answer) },
      },
    });
    const end = {
      eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED,
      workflowExecutionCompletedEventAttributes: {
        result: payloads({ notes: [], puts: ['u'], works: {}, timersFired: 0 }),
      },
    };
    expect(ledger.violations([accepted, done('put u'), end])).toEqual([]);
    expect(ledger.violations([accepted, done('other'), end])).toEqual(['w: update u: another answer is kept']);
    expect(ledger.violations([accepted, done('put u'), done('put u'), end])).toContain('w: put u is there 2 times');
  });
});
