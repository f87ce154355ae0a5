/**
 * The filter of ListWorkers: the same language as the list filter of workflows, over what workers say of themselves. As in
 * the official service, a condition that cannot be (an unknown field, an operator that a field has not) holds for no worker;
 * only what does not parse is refused.
 */
import { InvalidArgumentError } from '../errors.js';
import { msFromTimestamp } from '../history/proto-time.js';
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';
import type { QueryExpression } from '../visibility/query-expression.js';
import { parseQuery } from '../visibility/query-parser.js';

export type WorkerHeartbeat = temporal.api.worker.v1.IWorkerHeartbeat;
export type WorkerFilter = (worker: WorkerHeartbeat) => boolean;

const { WorkerStatus } = temporalProto.api.enums.v1;

const TEXTS: Readonly<Record<string, (worker: WorkerHeartbeat) => string | null | undefined>> = {
  WorkerInstanceKey: (worker) => worker.workerInstanceKey,
  WorkerIdentity: (worker) => worker.workerIdentity,
  HostName: (worker) => worker.hostInfo?.hostName,
  TaskQueue: (worker) => worker.taskQueue,
  DeploymentName: (worker) => worker.deploymentVersion?.deploymentName,
  SdkName: (worker) => worker.sdkName,
  SdkVersion: (worker) => worker.sdkVersion,
  WorkerStatus: (worker) => statusName(worker.status ?? 0),
};

const TIMES: Readonly<Record<string, (worker: WorkerHeartbeat) => number | undefined>> = {
  StartTime: (worker) => msFromTimestamp(worker.startTime),
  HeartbeatTime: (worker) => msFromTimestamp(worker.heartbeatTime),
};

/** Throws InvalidArgumentError when it does not parse. */
export function workerFilter(query: string): WorkerFilter {
  if (query.trim() === '') return () => true;
  const { where, hasLimit } = parse(query);
  if (hasLimit) throw new InvalidArgumentError("operation is not supported: 'limit' clause");
  if (!where) throw new InvalidArgumentError("operation is not supported: 'where' clause is missing");
  return (worker) => holds(where, worker) === true;
}

function parse(query: string): ReturnType<typeof parseQuery> {
  try {
    return parseQuery(query);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new InvalidArgumentError(error.message.replace(/^invalid query: malformed SQL query/, 'malformed query'));
  }
}

/** Undefined: it makes no sense, and so does all of which the answer depends on it. */
function holds(expression: QueryExpression, worker: WorkerHeartbeat): boolean | undefined {
  switch (expression.type) {
    case 'paren':
      return holds(expression.operand, worker);
    case 'and': {
      const left = holds(expression.left, worker);
      return left ? holds(expression.right, worker) : left;
    }
    case 'or': {
      const left = holds(expression.left, worker);
      return left === false ? holds(expression.right, worker) : left;
    }
    case 'comparison':
      return compares(expression, worker);
    case 'range':
      return isWithin(expression, worker);
    default:
      return undefined;
  }
}

function compares(
  { left, operator, right }: Extract<QueryExpression, { type: 'comparison' }>,
  worker: WorkerHeartbeat,
): boolean | undefined {
  if (left.type !== 'column' || right.type !== 'literal') return undefined;
  const timeOf = TIMES[left.name];
  if (timeOf) {
    const [asked, given] = [Date.parse(right.text), timeOf(worker) ?? 0];
    return Number.isNaN(asked) ? undefined : TIME_OPERATORS[operator]?.(given, asked);
  }
  const textOf = TEXTS[left.name];
  return textOf && right.kind === 'string' ? TEXT_OPERATORS[operator]?.(textOf(worker) ?? '', right.text) : undefined;
}

const TIME_OPERATORS: Readonly<Record<string, (given: number, asked: number) => boolean>> = {
  '=': (given, asked) => given === asked,
  '!=': (given, asked) => given !== asked,
  '<': (given, asked) => given < asked,
  '<=': (given, asked) => given <= asked,
  '>': (given, asked) => given > asked,
  '>=': (given, asked) => given >= asked,
};

const TEXT_OPERATORS: Readonly<Record<string, (given: string, asked: string) => boolean>> = {
  '=': (given, asked) => given === asked,
  '!=': (given, asked) => given !== asked,
  starts_with: (given, asked) => given.startsWith(asked),
  'not starts_with': (given, asked) => !given.startsWith(asked),
};

function isWithin(
  { left, from, to, isNegated }: Extract<QueryExpression, { type: 'range' }>,
  worker: WorkerHeartbeat,
): boolean | undefined {
  if (left.type !== 'column' || from.type !== 'literal' || to.type !== 'literal') return undefined;
  const [fromMs, toMs] = [Date.parse(from.text), Date.parse(to.text)];
  const timeOf = TIMES[left.name];
  if (!timeOf || Number.isNaN(fromMs) || Number.isNaN(toMs)) return undefined;
  const given = timeOf(worker);
  if (given === undefined) return false;
  return (given >= fromMs && given <= toMs) !== isNegated;
}

/** `WORKER_STATUS_SHUTTING_DOWN` as `ShuttingDown`. */
function statusName(status: number): string {
  const name = WorkerStatus[status] ?? String(status);
  return name
    .replace('WORKER_STATUS_', '')
    .toLowerCase()
    .replace(/(?:^|_)([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}
