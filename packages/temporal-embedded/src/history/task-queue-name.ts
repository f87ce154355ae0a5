/** Which task queues a client or a workflow may name, with the official server's texts. */
import { InvalidArgumentError } from '../errors.js';
import type { temporal } from '../proto/root.js';
import { limits } from './limits.js';

const RESERVED_PREFIX = '/_sys/';

/** The queue's name. Throws InvalidArgumentError unless a usable task queue is named. */
export function requireTaskQueueName(taskQueue: temporal.api.taskqueue.v1.ITaskQueue | null | undefined): string {
  if (!taskQueue) throw new InvalidArgumentError('taskQueue is not set');
  const name = taskQueue.name ?? '';
  if (name === '') throw new InvalidArgumentError('missing task queue name');
  if (name.length > limits.idLength) throw new InvalidArgumentError('taskQueue length exceeds limit');
  if (name.startsWith(RESERVED_PREFIX)) {
    throw new InvalidArgumentError(`task queue name cannot start with reserved prefix ${RESERVED_PREFIX}`);
  }
  return name;
}
