/** UpdateTaskQueueConfig: how many tasks may leave a task queue of activities or Nexus tasks per second, in all and for each fairness key. */
import { InvalidArgumentError } from '../../errors.js';
import { timestampFromMs } from '../../history/proto-time.js';
import { temporalProto } from '../../proto/root.js';
import type { temporal } from '../../proto/root.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { WorkflowServices } from '../workflow-services.js';

type Request = temporal.api.workflowservice.v1.IUpdateTaskQueueConfigRequest;
type Response = temporal.api.workflowservice.v1.IUpdateTaskQueueConfigResponse;
type Update = temporal.api.workflowservice.v1.UpdateTaskQueueConfigRequest.IRateLimitUpdate;

const { TaskQueueType } = temporalProto.api.enums.v1;
const MAX_LENGTH = 1000;

export const updateTaskQueueConfig =
  ({ engine, namespaces, store, taskQueueConfigs }: WorkflowServices): RpcHandler<Request, Response> =>
  async (request) => {
    const namespaceId = namespaces.require(request.namespace).id;
    const { updateQueueRateLimit, updateFairnessKeyRateLimitDefault } = request;
    const type = request.taskQueueType ?? 0;
    if (type === TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW) {
      throw new InvalidArgumentError('Setting rate limit on workflow task queues is not allowed.');
    }
    requireRate(updateQueueRateLimit, 'UpdateQueueRateLimit');
    requireRate(updateFairnessKeyRateLimitDefault, 'UpdateFairnessKeyRateLimitDefault');
    const identity = requireShort(request.identity, 'Identity');
    const name = request.taskQueue ?? '';
    if (name.startsWith('/_sys/')) {
      throw new InvalidArgumentError(`task queue family name cannot have prefix /_sys/ ${name}`);
    }
    const queue = { namespaceId, type, name };
    const known = taskQueueConfigs.find(queue) ?? {};
    if (!updateQueueRateLimit && !updateFairnessKeyRateLimitDefault) return { config: known };
    const changed = ({ rateLimit, reason }: Update): temporal.api.taskqueue.v1.IRateLimitConfig => ({
      ...(rateLimit ? { rateLimit } : {}),
      metadata: { reason: reason ?? '', updateIdentity: identity, updateTime: timestampFromMs(engine.clock.nowMs()) },
    });
    const config = {
      ...known,
      ...(updateQueueRateLimit ? { queueRateLimit: changed(updateQueueRateLimit) } : {}),
      ...(updateFairnessKeyRateLimitDefault
        ? { fairnessKeysRateLimitDefault: changed(updateFairnessKeyRateLimitDefault) }
        : {}),
    };
    taskQueueConfigs.set(queue, config);
    await store.committed();
    return { config };
  };

function requireRate(update: Update | null | undefined, label: string): void {
  if (!update?.rateLimit) return;
  if ((update.rateLimit.requestsPerSecond ?? 0) < 0) {
    throw new InvalidArgumentError(`RequestsPerSecond for ${label} rate limit must be non-negative.`);
  }
  requireShort(update.reason, `${label}.Reason`);
}

function requireShort(text: string | null | undefined, what: string): string {
  if ((text ?? '').length <= MAX_LENGTH) return text ?? '';
  throw new InvalidArgumentError(`${what} field too long (max ${MAX_LENGTH} characters).`);
}
