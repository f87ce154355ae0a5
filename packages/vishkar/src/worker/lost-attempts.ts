/**
 * Activity attempts of workers that are gone. A worker that was killed is missed by the service only after the heartbeat
 * timeout; on its own host it can be known at once, since its identity names its process. Such attempts are failed, so that the next
 * one starts now. A process that can't be told to be gone is left to the timeout.
 */
import { hostname } from 'node:os';
import { ActivityNotFoundError, ApplicationFailure, Client, Connection } from '@temporalio/client';
import type { TemporalAccess } from '../service/temporal-access.js';
import { WORKFLOW_TYPE } from '../domain/wire-names.js';

/** `temporal.api.enums.v1.PendingActivityState.PENDING_ACTIVITY_STATE_STARTED`. */
const STARTED = 2;

/** The identity of this process's worker; `lostProcess` reads it back. */
export function workerIdentity(): string {
  return `vishkar@${hostname()}:${String(process.pid)}`;
}

/** Fails the attempts of dead workers of this host; returns how many. */
export async function releaseLostAttempts(access: TemporalAccess): Promise<number> {
  const connection = await Connection.connect(access.connectionOptions);
  try {
    const client = new Client({ connection, namespace: access.namespace });
    let released = 0;
    for await (const { workflowId, runId } of client.workflow.list({
      query: `WorkflowType = '${WORKFLOW_TYPE}' AND ExecutionStatus = 'Running'`,
    })) {
      const { raw } = await client.workflow.getHandle(workflowId, runId).describe();
      for (const { activityId, state, lastWorkerIdentity } of raw.pendingActivities ?? []) {
        if (state !== STARTED || !activityId || !isLost(lastWorkerIdentity ?? '')) continue;
        const failure = ApplicationFailure.create({
          message: `the worker ${lastWorkerIdentity ?? ''} is gone`,
          type: 'WORKER_LOST',
          nextRetryDelay: 1,
        });
        try {
          await client.activity.fail({ workflowId, runId, activityId }, failure);
          released += 1;
        } catch (error) {
          // The service was quicker: the attempt has timed out meanwhile.
          if (!(error instanceof ActivityNotFoundError)) throw error;
        }
      }
    }
    return released;
  } finally {
    await connection.close();
  }
}

function isLost(identity: string): boolean {
  const [, host, pid] = /^vishkar@(.+):(\d+)$/.exec(identity) ?? [];
  if (host !== hostname() || pid === undefined || Number(pid) === process.pid) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
