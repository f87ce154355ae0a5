/** Scripts about timers, markers, search attributes and memos. */
import {
  cancelTimer,
  completeWorkflowExecution,
  failure,
  modifyWorkflowProperties,
  payload,
  payloads,
  recordMarker,
  seconds,
  startTimer,
  upsertWorkflowSearchAttributes,
} from './commands.js';
import type { Scripts } from './script.js';

const typed = (value: unknown, type: string) => ({
  metadata: { encoding: Buffer.from('json/plain'), type: Buffer.from(type) },
  data: Buffer.from(JSON.stringify(value)),
});

export const timerScripts: Scripts = {
  'a timer fires': async (stage) => {
    await stage.start();
    await stage.turn([
      { ...startTimer({ timerId: 't', startToFireTimeout: seconds(0.2) }), userMetadata: { summary: payload('nap') } },
    ]);
    await stage.turn([completeWorkflowExecution()]);
    await stage.history();
  },
  'a timer of no time': async (stage) => {
    await stage.start();
    await stage.turn([startTimer({ timerId: 't' })]);
    await stage.turn([startTimer({ timerId: 't', startToFireTimeout: seconds(0) })]);
    await stage.until('EVENT_TYPE_TIMER_FIRED', { count: 2 });
    await stage.history();
    await stage.terminate();
  },
  'two timers with one id': async (stage) => {
    await stage.start();
    await stage.turn([
      startTimer({ timerId: 't', startToFireTimeout: seconds(100) }),
      startTimer({ timerId: 't', startToFireTimeout: seconds(100) }),
    ]);
    await stage.history();
    await stage.terminate();
  },
  'cancel a timer and start it again': async (stage) => {
    await stage.start();
    await stage.turn([startTimer({ timerId: 't', startToFireTimeout: seconds(100) })]);
    await stage.signal('go');
    await stage.turn([cancelTimer({ timerId: 't' }), startTimer({ timerId: 't', startToFireTimeout: seconds(100) })]);
    await stage.history();
    await stage.terminate();
  },
  'cancel a timer in the task that starts it': async (stage) => {
    await stage.start();
    await stage.turn([startTimer({ timerId: 't', startToFireTimeout: seconds(100) }), cancelTimer({ timerId: 't' })]);
    await stage.history();
    await stage.terminate();
  },
  'cancel timers that are not there': async (stage) => {
    await stage.start();
    await stage.turn([cancelTimer({ timerId: 't' })]);
    await stage.signal('next');
    await stage.turn([cancelTimer({ timerId: '' })]);
    await stage.signal('next');
    await stage.turn([{ commandType: 6 }]);
    await stage.history();
    await stage.terminate();
  },
  'cancel a timer that fired while the task was out': async (stage) => {
    await stage.start();
    await stage.turn([
      startTimer({ timerId: 't', startToFireTimeout: seconds(1) }),
      startTimer({ timerId: 'u', startToFireTimeout: seconds(1.5) }),
    ]);
    await stage.signal('go');
    const task = await stage.pollWorkflow();
    await stage.elapse(3);
    await stage.complete(task, [cancelTimer({ timerId: 't' })]);
    await stage.turn([completeWorkflowExecution()]);
    await stage.history();
  },
  'close over a timer that fired unseen and is cancelled': async (stage) => {
    await stage.start();
    await stage.turn([startTimer({ timerId: 't', startToFireTimeout: seconds(1) })]);
    await stage.signal('go');
    const task = await stage.pollWorkflow();
    await stage.elapse(2);
    await stage.complete(task, [cancelTimer({ timerId: 't' }), completeWorkflowExecution()]);
    await stage.history();
  },
  'bad timers and markers': async (stage) => {
    await stage.start();
    for (const command of [
      startTimer({ timerId: '', startToFireTimeout: seconds(1) }),
      startTimer({ timerId: 't', startToFireTimeout: seconds(-1) }),
      startTimer({ timerId: 'i'.repeat(1001), startToFireTimeout: seconds(1) }),
      { commandType: 5 as const },
      recordMarker({ markerName: '' }),
      recordMarker({ markerName: 'i'.repeat(1001) }),
      { commandType: 10 as const },
    ]) {
      await stage.turn([command]);
      await stage.signal('next');
    }
    await stage.history();
    await stage.terminate();
  },
  'markers of all kinds': async (stage) => {
    await stage.start();
    await stage.turn([
      recordMarker({ markerName: 'SideEffect', details: { data: payloads(1) } }),
      recordMarker({
        markerName: 'Version',
        details: { id: payloads('c'), version: payloads(2) },
        header: { fields: { h: payload(1) } },
      }),
      {
        ...recordMarker({ markerName: 'core_local_activity', failure: failure('x') }),
        userMetadata: { summary: payload('s'), details: payload('d') },
      },
    ]);
    await stage.history();
    await stage.terminate();
  },
  'search attributes and memo are upserted': async (stage) => {
    await stage.start({
      memo: { fields: { a: payload(1), b: payload(2) } },
      searchAttributes: { indexedFields: { Num: typed(1, 'Int') } },
    });
    await stage.turn([
      upsertWorkflowSearchAttributes({ searchAttributes: { indexedFields: { Word: typed('w', 'Keyword') } } }),
      modifyWorkflowProperties({
        upsertedMemo: { fields: { b: { metadata: { encoding: Buffer.from('binary/null') } }, c: payload(3) } },
      }),
      upsertWorkflowSearchAttributes({
        searchAttributes: { indexedFields: { Num: { metadata: { encoding: Buffer.from('binary/null') } } } },
      }),
      upsertWorkflowSearchAttributes({ searchAttributes: { indexedFields: { Num: payload(7) } } }),
    ]);
    await stage.describe();
    await stage.history();
    await stage.terminate();
  },
  'bad search attributes and memos': async (stage) => {
    await stage.start();
    for (const command of [
      upsertWorkflowSearchAttributes({}),
      upsertWorkflowSearchAttributes({ searchAttributes: {} }),
      upsertWorkflowSearchAttributes({ searchAttributes: { indexedFields: { Nothing: payload(1) } } }),
      upsertWorkflowSearchAttributes({ searchAttributes: { indexedFields: { Num: payload('text') } } }),
      upsertWorkflowSearchAttributes({ searchAttributes: { indexedFields: { WorkflowId: payload('text') } } }),
      { commandType: 14 as const },
      modifyWorkflowProperties({}),
      modifyWorkflowProperties({ upsertedMemo: {} }),
      { commandType: 16 as const },
    ]) {
      await stage.turn([command]);
      await stage.signal('next');
    }
    await stage.history();
    await stage.terminate();
  },
};
