/**
 * Sends fuzzed requests to a service in this process and judges each answer: it comes, before its deadline, and its code
 * says what is the matter. INTERNAL and UNKNOWN never do, but for bytes that are no message: there gRPC itself
 * prescribes INTERNAL (https://grpc.io/docs/guides/status-codes), as the official service answers.
 */
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import type { SeededRandom } from '@vishkar/testkit';
import type { Method } from 'protobufjs';
import { GrpcStatus } from '../../src/errors.js';
import { OPERATOR_SERVICE, WORKFLOW_SERVICE } from '../../src/frontend/service-names.js';
import { rpcSupport } from '../../src/frontend/support-table.js';
import { temporalProto, reflectionRoot } from '../../src/proto/root.js';
import { requestType, responseType } from '../../src/proto/rpc-types.js';
import { scheduleActivityTask, seconds, startTimer } from '../support/scripts/commands.js';
import { MessageFuzzer } from './fuzzed-message.js';

/** An rpc that may wait gets this long; the service answers a second before a deadline, so at once. */
const WAITING_CALL_MS = 150;
/** Any other call that has no answer by then hangs; generous, as the machine may be busy. */
const CALL_MS = 20_000;
/** A megabyte goes in sixteen windows of HTTP/2, each of which waits for its turn among the others' requests. */
const CALL_MS_PER_MB = 10_000;
const AT_ONCE = 16;
/** How many of the latest tokens are kept. */
const KEPT_TOKENS = 60;
const WAITING_RPCS =
  /^(Poll|GetWorkflowExecutionHistory$|UpdateWorkflowExecution$|QueryWorkflow$|ExecuteMultiOperation$)/;
/** Where the official service has no better code for a bad request, and clients may match on it. */
const UNKNOWN_AS_OFFICIAL = new Set(['StartBatchOperation']);
const CODE_NAMES = new Map<number, string>(Object.entries(GrpcStatus).map(([name, code]) => [code, name]));
const WORKFLOW_IDS = Array.from({ length: 8 }, (_, index) => `fuzzed-${index}`);

export interface FuzzReport {
  /** How many answers had which code. */
  readonly codes: ReadonlyMap<string, number>;
  /** Each rpc that was called, with how many of its calls were answered with OK. */
  readonly accepted: ReadonlyMap<string, number>;
  /** What must not happen, in words. */
  readonly violations: readonly string[];
}

interface Answer {
  readonly code: number;
  readonly details: string;
  readonly bytes: Buffer | undefined;
}

export async function fuzzRequests(address: string, random: SeededRandom, count: number): Promise<FuzzReport> {
  const client = new Client(address, credentials.createInsecure(), { 'grpc.max_receive_message_length': -1 });
  const tokens: Uint8Array[] = [];
  const runIds: string[] = ['00000000-0000-4000-8000-000000000000'];
  const fuzzer = new MessageFuzzer(random, {
    strings: knownStrings(runIds),
    words: ['w', 'fuzzed-0', 'queue', 'Completed', '1s', '*'],
    tokens,
  });
  const methods = [WORKFLOW_SERVICE, OPERATOR_SERVICE].flatMap((service) =>
    reflectionRoot.lookupService(service).methodsArray.map((method) => ({ service, method })),
  );
  // Those that make and move state get more turns than the many that only look or are not there.
  const busy = methods.filter(
    ({ service, method }) =>
      rpcSupport(service, method.name).level !== 'no' &&
      /^(Start|Signal|Respond|Poll|Update|Execute|Reset|Create|Record|Patch|List|Count)/.test(method.name),
  );
  const codes = new Map<string, number>();
  const accepted = new Map<string, number>();
  const violations: string[] = [];

  async function sendOne(n: number): Promise<void> {
    const pool = n % 4 === 0 ? methods : busy;
    // Both have members.
    const { service, method } = pool[random.between(0, pool.length - 1)] as (typeof methods)[number];
    const request = n % 5 === 4 ? undefined : fuzzer.request(requestType(method));
    const sent = request ? { service, method, request } : plausible(random, runIds, tokens);
    const answer = await call(client, sent.service, sent.method, sent.request);
    const code = CODE_NAMES.get(answer.code) ?? (answer.code === 0 ? 'OK' : String(answer.code));
    codes.set(code, (codes.get(code) ?? 0) + 1);
    accepted.set(sent.method.name, (accepted.get(sent.method.name) ?? 0) + (answer.code === 0 ? 1 : 0));
    const violation = judge(sent.method, answer, sent.request);
    if (violation) violations.push(`${sent.method.name}: ${code} ${answer.details} <- ${describe(sent)}`);
    if (answer.bytes) learn(responseType(sent.method).decode(answer.bytes), tokens, runIds);
  }

  let next = 0;
  const sendSome = async (): Promise<void> => {
    while (next < count) await sendOne(next++);
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, sendSome));
  } finally {
    client.close();
  }
  return { codes, accepted, violations };
}

function knownStrings(runIds: readonly string[]): Record<string, readonly string[]> {
  return {
    namespace: ['fuzz', 'fuzz', 'fuzz', 'fuzz', 'nowhere'],
    workflowId: WORKFLOW_IDS,
    runId: runIds,
    firstExecutionRunId: runIds,
    activityId: ['activity', 'a'],
    timerId: ['timer', 't'],
    scheduleId: ['schedule-0', 'schedule-1'],
    cronSchedule: ['', '', '* * * * *', '@every 1s', '61 * * * *'],
    name: ['queue', 'queue', 'type', 'CustomKeyword'],
    taskQueue: ['queue'],
    requestId: ['r1', 'r2', 'r3', ''],
    updateId: ['u1', 'u2', ''],
    endpoint: ['endpoint'],
  };
}

/** Requests that work, so that there are runs, tasks and tokens to be wrong about. */
function plausible(random: SeededRandom, runIds: readonly string[], tokens: readonly Uint8Array[]) {
  const service = temporalProto.api.workflowservice.v1;
  const workflowId = WORKFLOW_IDS[random.between(0, WORKFLOW_IDS.length - 1)] ?? '';
  const base = { namespace: 'fuzz', identity: 'fuzzer' };
  const taskQueue = { name: 'queue' };
  const retention = { workflowExecutionRetentionPeriod: seconds(86_400) };
  const requests = [
    // The namespace may just have been deleted.
    ['RegisterNamespace', service.RegisterNamespaceRequest.encode({ namespace: 'fuzz', ...retention })],
    ['PollWorkflowTaskQueue', service.PollWorkflowTaskQueueRequest.encode({ ...base, taskQueue })],
    ['PollActivityTaskQueue', service.PollActivityTaskQueueRequest.encode({ ...base, taskQueue })],
    [
      'StartWorkflowExecution',
      service.StartWorkflowExecutionRequest.encode({
        ...base,
        workflowId,
        workflowType: { name: 'type' },
        taskQueue,
        requestId: String(random.between(0, 1_000_000)),
      }),
    ],
    [
      'RespondWorkflowTaskCompleted',
      service.RespondWorkflowTaskCompletedRequest.encode({
        ...base,
        taskToken: tokens.at(-1) ?? null,
        commands: [
          scheduleActivityTask({
            activityId: `activity-${random.between(0, 9)}`,
            activityType: { name: 'type' },
            taskQueue,
            startToCloseTimeout: seconds(60),
          }),
          startTimer({ timerId: `timer-${random.between(0, 9)}`, startToFireTimeout: seconds(1) }),
        ],
      }),
    ],
    [
      'ListWorkflowExecutions',
      service.ListWorkflowExecutionsRequest.encode({ ...base, pageSize: random.between(0, 3) }),
    ],
    [
      'GetWorkflowExecutionHistory',
      service.GetWorkflowExecutionHistoryRequest.encode({
        ...base,
        execution: { workflowId, runId: random.next() < 0.5 ? '' : (runIds.at(-1) ?? '') },
        maximumPageSize: 1,
      }),
    ],
  ] as const;
  const [rpc, writer] = requests[random.between(0, requests.length - 1)] as (typeof requests)[number];
  const method = reflectionRoot.lookupService(WORKFLOW_SERVICE).methods[rpc] as Method;
  return { service: WORKFLOW_SERVICE, method, request: Buffer.from(writer.finish()) };
}

function call(client: Client, service: string, method: Method, request: Buffer): Promise<Answer> {
  const callMs = CALL_MS + Math.ceil(request.length / 1e6) * CALL_MS_PER_MB;
  const deadline = Date.now() + (WAITING_RPCS.test(method.name) ? WAITING_CALL_MS : callMs);
  const asIs = (bytes: Buffer): Buffer => bytes;
  return new Promise((resolve) => {
    client.makeUnaryRequest(
      `/${service}/${method.name}`,
      asIs,
      asIs,
      request,
      new Metadata(),
      { deadline },
      (error, bytes) => resolve({ code: error?.code ?? 0, details: error?.details ?? '', bytes }),
    );
  });
}

function judge(method: Method, { code }: Answer, request: Buffer): boolean {
  if (code === GrpcStatus.UNKNOWN) return !UNKNOWN_AS_OFFICIAL.has(method.name);
  if (code === GrpcStatus.INTERNAL) return isMessage(method, request);
  if (code === GrpcStatus.DEADLINE_EXCEEDED) return !WAITING_RPCS.test(method.name);
  return code === GrpcStatus.UNAVAILABLE;
}

function isMessage(method: Method, request: Buffer): boolean {
  try {
    requestType(method).decode(request);
    return true;
  } catch {
    return false;
  }
}

function learn(value: unknown, tokens: Uint8Array[], runIds: string[]): void {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return;
  for (const [name, member] of Object.entries(value)) {
    if (member instanceof Uint8Array) {
      if (/token$/i.test(name) && member.length > 0) tokens.push(member);
    } else if (name === 'runId' && typeof member === 'string' && member !== '') {
      runIds.push(member);
    } else if (typeof member === 'object') {
      learn(member, tokens, runIds);
    }
  }
  if (tokens.length > KEPT_TOKENS) tokens.splice(0, tokens.length - KEPT_TOKENS);
  if (runIds.length > KEPT_TOKENS) runIds.splice(0, runIds.length - KEPT_TOKENS);
}

/** The request as JSON, short enough for a report. */
function describe({ method, request }: { readonly method: Method; readonly request: Buffer }): string {
  try {
    return JSON.stringify(requestType(method).decode(request)).slice(0, 1500);
  } catch {
    return request.toString('hex').slice(0, 300);
  }
}
