/** Scripts about sticky task queues and queries. */
import { temporalProto } from '../../../src/proto/root.js';
import type { Scripts } from './script.js';
import { completeWorkflowExecution, failure, payloads, recordMarker, seconds } from './commands.js';

const { WorkflowTaskFailedCause: Cause, QueryRejectCondition } = temporalProto.api.enums.v1;
const sticky = (name: string, scheduleToStart = 1) => ({
  stickyAttributes: {
    workerTaskQueue: { name: `${name}-sticky`, kind: 2, normalName: name },
    scheduleToStartTimeout: seconds(scheduleToStart),
  },
});

export const stickyAndQueryScripts: Scripts = {
  'a heartbeat on a sticky queue hands the rest of the history out': async (stage) => {
    await stage.start();
    const task = await stage.pollWorkflow();
    const reply = await stage.complete(task, [recordMarker({ markerName: 'm' })], {
      forceCreateNewWorkflowTask: true,
      returnNewWorkflowTask: true,
      ...sticky(stage.name),
    });
    await stage.signal('meanwhile');
    const poll = stage.pollSticky();
    await stage.settle();
    await stage.complete(reply?.workflowTask ?? {}, [], sticky(stage.name));
    await stage.complete(await poll, [completeWorkflowExecution()]);
    await stage.history();
  },
  'nobody polls the sticky queue': async (stage) => {
    await stage.start();
    await stage.turn([], sticky(stage.name));
    await stage.signal('new');
    await stage.turn([completeWorkflowExecution()]);
    await stage.history();
  },
  'a sticky task times out and goes to the normal queue': async (stage) => {
    await stage.start({ workflowTaskTimeout: seconds(1) });
    await stage.turn([], sticky(stage.name, 5));
    const poll = stage.pollSticky();
    await stage.settle();
    await stage.signal('new');
    await poll;
    await stage.turn([completeWorkflowExecution()]);
    await stage.history();
  },
  'a sticky task fails and goes to the normal queue': async (stage) => {
    await stage.start();
    await stage.turn([], sticky(stage.name, 5));
    const poll = stage.pollSticky();
    await stage.settle();
    await stage.signal('new');
    await stage.fail(await poll, {
      cause: Cause.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR,
      failure: failure('x'),
    });
    await stage.fail(await stage.pollWorkflow(), {
      cause: Cause.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR,
      failure: failure('x'),
    });
    await stage.turn([completeWorkflowExecution()]);
    await stage.history();
  },
  'sticky tasks carry what is new': async (stage) => {
    await stage.start();
    await stage.turn([], sticky(stage.name, 5));
    const first = stage.pollSticky();
    await stage.settle();
    await stage.signal('one');
    await stage.complete(await first, [], sticky(stage.name, 5));
    const second = stage.pollSticky();
    await stage.settle();
    await stage.signal('two');
    await stage.complete(await second, [completeWorkflowExecution()], sticky(stage.name, 5));
    await stage.history();
  },
  'reset the sticky queue': async (stage) => {
    await stage.start();
    await stage.turn([], sticky(stage.name, 50));
    await stage.call('resetStickyTaskQueue', { namespace: stage.namespace, execution: { workflowId: stage.name } });
    await stage.signal('new');
    await stage.turn([completeWorkflowExecution()]);
    await stage.call('resetStickyTaskQueue', { namespace: stage.namespace, execution: { workflowId: stage.name } });
    await stage.call('resetStickyTaskQueue', { namespace: stage.namespace, execution: { workflowId: 'nobody' } });
    await stage.history();
  },
  'the worker shuts down': async (stage) => {
    await stage.start();
    await stage.turn([], sticky(stage.name, 50));
    await stage.call('shutdownWorker', { ...stage.base, stickyTaskQueue: `${stage.name}-sticky`, reason: 'over' });
    await stage.signal('new');
    await stage.turn([completeWorkflowExecution()]);
    await stage.history();
  },
  'queries come with a task and are answered with it': async (stage) => {
    await stage.start();
    const query = stage.call('queryWorkflow', {
      namespace: stage.namespace,
      execution: { workflowId: stage.name },
      query: { queryType: 'q', queryArgs: payloads(1) },
    });
    const task = await stage.pollWorkflow();
    if (task.query)
      await stage.call('respondQueryTaskCompleted', {
        ...stage.base,
        taskToken: task.taskToken ?? null,
        completedType: 1,
        queryResult: payloads('r'),
      });
    else
      await stage.complete(task, [], {
        queryResults: Object.fromEntries(
          Object.keys(task.queries ?? {}).map((id) => [id, { resultType: 1, answer: payloads('r') }]),
        ),
      });
    await query;
    await stage.history();
    await stage.terminate();
  },
  'a query that fails': async (stage) => {
    await stage.start();
    await stage.turn();
    for (const completedType of [2]) {
      const query = stage.call('queryWorkflow', {
        namespace: stage.namespace,
        execution: { workflowId: stage.name },
        query: { queryType: 'q' },
      });
      const task = await stage.pollWorkflow();
      await stage.call('respondQueryTaskCompleted', {
        ...stage.base,
        taskToken: task.taskToken ?? null,
        completedType,
        errorMessage: 'no such query',
        failure: failure('no such query'),
      });
      await query;
    }
    await stage.terminate();
    await stage.call('queryWorkflow', {
      namespace: stage.namespace,
      execution: { workflowId: stage.name },
      query: { queryType: 'q' },
      queryRejectCondition: QueryRejectCondition.QUERY_REJECT_CONDITION_NOT_OPEN,
    });
    await stage.history();
  },
  'a query of a closed workflow gets all of the history': async (stage) => {
    await stage.start();
    await stage.turn([completeWorkflowExecution()], sticky(stage.name, 5));
    const query = stage.call('queryWorkflow', {
      namespace: stage.namespace,
      execution: { workflowId: stage.name },
      query: { queryType: 'q' },
    });
    const task = await stage.pollWorkflow();
    await stage.call('respondQueryTaskCompleted', {
      ...stage.base,
      taskToken: task.taskToken ?? null,
      completedType: 1,
      queryResult: payloads('r'),
    });
    await query;
  },
  'a query on a sticky queue': async (stage) => {
    await stage.start();
    await stage.turn([], sticky(stage.name, 5));
    const poll = stage.pollSticky();
    await stage.settle();
    const query = stage.call('queryWorkflow', {
      namespace: stage.namespace,
      execution: { workflowId: stage.name },
      query: { queryType: 'q' },
    });
    const task = await poll;
    await stage.call('respondQueryTaskCompleted', {
      ...stage.base,
      taskToken: task.taskToken ?? null,
      completedType: 1,
      queryResult: payloads('r'),
    });
    await query;
    await stage.history();
    await stage.terminate();
  },
  'a query while the task keeps failing': async (stage) => {
    await stage.start();
    for (let attempt = 1; attempt <= 3; attempt++) {
      await stage.fail(await stage.pollWorkflow(), {
        cause: Cause.WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE,
        failure: failure('x'),
      });
    }
    await stage.call('queryWorkflow', {
      namespace: stage.namespace,
      execution: { workflowId: stage.name },
      query: { queryType: 'q' },
    });
    await stage.terminate();
    await stage.history();
  },
};
