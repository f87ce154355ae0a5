/**
 * A service on a file, fuzzed: what must hold while it gets requests that no client would send, and afterwards.
 * Nothing unexpected is logged, a real workflow still runs from start to result, and the file is sound.
 */
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { SeededRandom, temporaryFolder } from '@vishkar/testkit';
import { expect } from 'vitest';
import { startDevServer } from '../../src/dev-server.js';
import { silentLogger } from '../../src/logger.js';
import { databaseFaults } from '../support/database-faults.js';
import { Stage } from '../support/service-stage.js';
import { completeWorkflowExecution } from '../support/scripts/commands.js';
import { fuzzRequests } from './request-fuzzing.js';

/** A namespace that no fuzzed request names. */
const KEPT_NAMESPACE = 'kept';

export async function fuzzService(seed: number, requests: number): Promise<void> {
  const dbFilename = join(temporaryFolder('fuzz'), 'fuzzed.db');
  const logged: string[] = [];
  const logger = {
    ...silentLogger,
    error: (fields: Readonly<Record<string, unknown>>, message: string): void => {
      const { err, ...rest } = fields;
      logged.push(`${message} ${JSON.stringify(rest)} ${err instanceof Error ? String(err.stack) : String(err)}`);
    },
  };
  const options = { port: 0, dbFilename, namespaces: ['fuzz', KEPT_NAMESPACE], logger };
  const server = await startDevServer(options);
  try {
    const report = await fuzzRequests(server.address, new SeededRandom(seed), requests);
    const accepted = [...report.accepted].filter(([, count]) => count > 0).map(([rpc, count]) => `${rpc} ${count}`);
    console.log(`seed ${seed} (CHAOS_SEED repeats it): ${JSON.stringify(Object.fromEntries(report.codes))}`);
    console.log(`accepted: ${accepted.join(', ')}`);
    expect({ logged, violations: report.violations }).toEqual({ logged: [], violations: [] });
    expect(report.codes.get('OK') ?? 0).toBeGreaterThan(requests / 20);
    await runWorkflow(server.address, 'after-the-fuzz');
  } finally {
    await server.close();
  }
  expect(databaseFaults(dbFilename)).toEqual([]);
  const again = await startDevServer(options);
  try {
    await runWorkflow(again.address, 'after-the-restart');
    expect(logged).toEqual([]);
  } finally {
    await again.close();
  }
}

async function runWorkflow(address: string, workflowId: string): Promise<void> {
  const connection = await Connection.connect({ address });
  try {
    const stage = new Stage(connection, KEPT_NAMESPACE, workflowId);
    await stage.start();
    await stage.turn([completeWorkflowExecution()]);
    const client = new Client({ connection, namespace: KEPT_NAMESPACE });
    await client.workflow.getHandle(workflowId).result();
  } finally {
    await connection.close();
  }
}
