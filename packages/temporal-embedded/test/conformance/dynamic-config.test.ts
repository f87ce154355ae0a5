/** Dynamic configuration: what the limits that it sets do, and that they do it on the official dev server as well. */
import { Connection } from '@temporalio/client';
import { itNeeds, temporalDevServer } from '@vishkar/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { useEmbeddedService } from '../support/embedded-service.js';
import { startOfficialDevServer } from '../support/official-dev-server.js';
import { playScripts } from '../support/play-scripts.js';
import { payloads, scheduleActivityTask, seconds } from '../support/scripts/commands.js';
import type { Scripts } from '../support/scripts/script.js';

const dynamicConfig = {
  'limit.historyCount.error': 14,
  'limit.historyCount.suggestContinueAsNew': 5,
  'limit.blobSize.error': 1000,
  // The official server looks at the limit above only beyond this one.
  'limit.blobSize.warn': 900,
  'limit.numPendingActivities.error': 2,
  'history.maximumSignalsPerExecution': 4,
  'history.defaultWorkflowTaskTimeout': '7s',
  'matching.longPollExpirationInterval': '4s',
};

const activity = (activityId: string) =>
  scheduleActivityTask({
    activityId,
    activityType: { name: 'act' },
    taskQueue: { name: 'nobody' },
    startToCloseTimeout: seconds(100),
  });

const scripts: Scripts = {
  'signals, payloads and events': async (stage) => {
    await stage.start({ input: payloads('x'.repeat(1001)) });
    await stage.start();
    await stage.turn();
    await stage.signal('large', { input: payloads('x'.repeat(1001)) });
    for (const name of ['a', 'b', 'c', 'd', 'e']) await stage.signal(name, { requestId: name });
    await stage.turn();
    await stage.history();
  },
  'pending activities': async (stage) => {
    await stage.start();
    await stage.turn([activity('1'), activity('2'), activity('3')]);
    await stage.history();
    await stage.terminate();
  },
  'a poll that gets nothing': async (stage) => {
    const beganMs = Date.now();
    await stage.pollWorkflow();
    stage.transcript.note(Date.now() - beganMs < 10_000 ? 'soon' : 'late');
  },
};

const play = async (connection: Connection) => Object.fromEntries(await playScripts(connection, scripts));

describe('with limits of its own', () => {
  const service = useEmbeddedService({ dynamicConfig });
  let played: Awaited<ReturnType<typeof play>>;
  beforeAll(async () => {
    // A connection without the SDK's retries: a script wants to see each error.
    const connection = await Connection.connect({ address: service.server.address, interceptors: [] });
    played = await play(connection);
    await connection.close();
  });

  it('refuses what is beyond them', () => {
    const [refused, , , , large, ...signals] = played['signals, payloads and events'] ?? [];
    expect(refused).toBe('startWorkflowExecution fails: INVALID_ARGUMENT Blob data size exceeds limit.');
    expect(large).toBe('signalWorkflowExecution fails: INVALID_ARGUMENT Blob data size exceeds limit.');
    expect(signals[4]).toBe(
      'signalWorkflowExecution fails: INVALID_ARGUMENT exceeded workflow execution limit for signal events',
    );
    expect(played['pending activities']?.join()).toContain('PENDING_ACTIVITIES_LIMIT_EXCEEDED');
    expect(played['a poll that gets nothing']).toEqual(['pollWorkflowTaskQueue: {}', 'soon']);
  });

  itNeeds(
    { temporal: temporalDevServer },
    'answers as the official dev server does with the same values',
    async ({ temporal }) => {
      const official = await startOfficialDevServer(temporal, [], dynamicConfig);
      try {
        expect(played).toEqual(await play(official.connection));
      } finally {
        await official.stop();
      }
    },
    60_000,
  );
});
