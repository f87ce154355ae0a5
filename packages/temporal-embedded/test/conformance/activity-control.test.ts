/** Operators' hands on activities: what the official CLI does, and what lists tell of it. */
import { itNeeds, temporalDevServer } from '@vishkar/testkit';
import { expect } from 'vitest';
import { uniqueName, useEmbeddedService, withWorker } from '../support/embedded-service.js';
import { officialCliJson, runOfficialCli } from '../support/official-cli.js';
import { featureActivities } from '../support/run-feature.js';

const service = useEmbeddedService();
const workflows = new URL('./features.workflows.ts', import.meta.url);

itNeeds(
  { temporal: temporalDevServer },
  'the official CLI pauses an activity, changes its options, resets it and lets it go on',
  async ({ temporal }) => {
    const taskQueue = uniqueName('controlled');
    const workflowId = uniqueName('activityOk');
    const command = async (name: string, ...flags: string[]): Promise<void> => {
      const args = ['activity', name, '--workflow-id', workflowId, '--activity-id', '1', ...flags];
      const { code, output } = await runOfficialCli(temporal, service, ...args);
      expect([code, output]).toEqual([0, expect.anything()]);
    };
    // No worker for the activity yet: it waits.
    await withWorker(service, { taskQueue, workflows }, async () => {
      const handle = await service.client.workflow.start('activityOk', { taskQueue, workflowId });
      const pending = async () => (await handle.describe()).raw.pendingActivities?.[0];
      await expect.poll(pending).toBeTruthy();
      await command('pause');
      expect(await pending()).toMatchObject({
        paused: true,
        pauseInfo: { manual: { identity: expect.any(String) as string } },
      });
      const filter = `TemporalPauseInfo = 'property:activityType=ok'`;
      const listed = (await officialCliJson(temporal, service, 'workflow', 'list', '--query', filter)) as unknown[];
      expect(listed).toHaveLength(1);
      await command('update-options', '--start-to-close-timeout', '7s', '--retry-maximum-attempts', '3');
      expect(await pending()).toMatchObject({
        activityOptions: { startToCloseTimeout: { seconds: expect.objectContaining({ low: 7 }) as object } },
        maximumAttempts: 3,
      });
      await command('reset', '--keep-paused');
      expect((await pending())?.paused).toBe(true);
      await command('unpause');
      expect((await pending())?.paused).toBe(false);
    });
    await withWorker(service, { taskQueue, workflows, activities: featureActivities }, async () => {
      expect(await service.client.workflow.getHandle(workflowId).result()).toBe('ok');
    });
  },
);
