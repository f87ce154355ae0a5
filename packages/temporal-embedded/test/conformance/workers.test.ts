/** Which workers there are: what they say of themselves, as clients and the official CLI get to see it. */
import { Connection } from '@temporalio/client';
import { itNeeds, temporalDevServer } from '@vishkar/testkit';
import { expect, it } from 'vitest';
import { temporalProto } from '../../src/proto/root.js';
import type { google, temporal } from '../../src/proto/root.js';
import { useEmbeddedService } from '../support/embedded-service.js';
import { officialCliJson } from '../support/official-cli.js';
import { startOfficialDevServer } from '../support/official-dev-server.js';

const { WorkerStatus } = temporalProto.api.enums.v1;
const dynamicConfig = { 'frontend.WorkerHeartbeatsEnabled': true, 'frontend.ListWorkersEnabled': true };
const service = useEmbeddedService({ dynamicConfig });
/** protobufjs takes numbers where its types say Long. */
const at = (seconds: number) => ({ seconds, nanos: 0 }) as unknown as google.protobuf.ITimestamp;

const heartbeat = (key: string, rest: temporal.api.worker.v1.IWorkerHeartbeat = {}) => ({
  workerInstanceKey: key,
  workerIdentity: `identity-${key}`,
  taskQueue: 'queue',
  hostInfo: { hostName: 'host', processId: '7' },
  deploymentVersion: { deploymentName: 'shop', buildId: '1.0' },
  sdkName: 'temporal-typescript',
  sdkVersion: '1.24.0',
  status: WorkerStatus.WORKER_STATUS_RUNNING,
  startTime: at(1_700_000_000),
  heartbeatTime: at(1_700_000_100),
  ...rest,
});

const QUERIES = [
  '',
  "TaskQueue = 'queue'",
  "TaskQueue != 'queue'",
  "TaskQueue STARTS_WITH 'q'",
  "TaskQueue > 'a'",
  "WorkerStatus = 'Running'",
  "WorkerStatus = 'ShuttingDown'",
  "StartTime < '2024-01-01T00:00:00Z'",
  "HeartbeatTime BETWEEN '2023-01-01T00:00:00Z' AND '2024-01-01T00:00:00Z'",
  "HeartbeatTime NOT BETWEEN '2023-01-01T00:00:00Z' AND '2024-01-01T00:00:00Z'",
  "WorkerInstanceKey = 'a' OR HostName = 'elsewhere'",
  "Nonsense = 1 OR TaskQueue = 'queue'",
  "DeploymentName = 'shop' AND (SdkName = 'temporal-typescript' AND SdkVersion = '1.24.0')",
  "NOT TaskQueue = 'queue'",
  'TaskQueue IS NULL',
  'TaskQueue',
  "TaskQueue = 'queue' LIMIT 1",
  'garbage garbage',
];

/** What a service answers to all of this. */
async function ask({ workflowService: rpc }: Connection): Promise<unknown[]> {
  const namespace = 'default';
  const answers: unknown[] = [];
  const note = (answer: Promise<unknown>): Promise<unknown> =>
    answer.then(
      (value) => answers.push(value),
      (error: { code: number; details: string }) => answers.push([error.code, error.details]),
    );
  const { namespaceInfo } = await rpc.describeNamespace({ namespace });
  answers.push(namespaceInfo?.capabilities?.workerHeartbeats);
  const workers = [
    heartbeat('a'),
    heartbeat('b', { taskQueue: 'other', status: WorkerStatus.WORKER_STATUS_SHUTTING_DOWN }),
  ];
  await rpc.recordWorkerHeartbeat({ namespace, identity: 'me', workerHeartbeat: workers });
  await rpc.recordWorkerHeartbeat({ namespace, identity: 'me', workerHeartbeat: [{ workerInstanceKey: 'c' }] });
  await note(rpc.recordWorkerHeartbeat({ namespace: 'not-there', identity: 'me' }));
  for (const query of QUERIES) {
    const keys = rpc
      .listWorkers({ namespace, query })
      .then(({ workersInfo }) => workersInfo.map((worker) => worker.workerHeartbeat?.workerInstanceKey).sort());
    await note(keys.then((found) => [query, found]));
  }
  const shutDown = heartbeat('a', { status: WorkerStatus.WORKER_STATUS_SHUTDOWN });
  await rpc.shutdownWorker({ namespace, identity: 'me', stickyTaskQueue: 'sticky', workerHeartbeat: shutDown });
  for (const workerInstanceKey of ['a', 'not-there']) {
    const described = rpc.describeWorker({ namespace, workerInstanceKey });
    await note(described.then((reply) => reply.toJSON()));
  }
  await note(rpc.listWorkers({ namespace: 'not-there' }));
  return answers;
}

it('finds workers by what they say, and remembers the last word', async () => {
  const connection = await Connection.connect({ address: service.server.address, interceptors: [] });
  const answers = await ask(connection);
  await connection.close();
  expect(answers[0]).toBe(true);
  expect(answers).toContainEqual(["TaskQueue = 'queue'", ['a']]);
  expect(answers).toContainEqual(["WorkerStatus = 'ShuttingDown'", ['b']]);
  expect(answers).toContainEqual([5, 'Worker not-there not found']);
});

itNeeds({ temporal: temporalDevServer }, 'answers as the official dev server does', async ({ temporal }) => {
  const official = await startOfficialDevServer(temporal, [], dynamicConfig);
  const connection = await Connection.connect({ address: service.server.address, interceptors: [] });
  try {
    expect(await ask(connection)).toEqual(await ask(official.connection));
  } finally {
    await connection.close();
    await official.stop();
  }
});

itNeeds({ temporal: temporalDevServer }, 'is listed and described by the official CLI', async ({ temporal }) => {
  const workerHeartbeat = [heartbeat('cli', { taskQueue: 'by-cli' })];
  await service.connection.workflowService.recordWorkerHeartbeat({ namespace: 'default', workerHeartbeat });
  const listed = await officialCliJson(temporal, service, 'worker', 'list', '--query', "TaskQueue = 'by-cli'");
  expect(JSON.stringify(listed)).toContain('"cli"');
  const described = await officialCliJson(temporal, service, 'worker', 'describe', '--worker-instance-key', 'cli');
  expect(JSON.stringify(described)).toContain('by-cli');
});
