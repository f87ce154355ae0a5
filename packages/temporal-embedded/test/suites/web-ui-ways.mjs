/** What people do in the Web UI, by unit. Each way starts at an address and ends where the server has what was asked for. */
const workflows = '/namespaces/default/workflows';
const on = (id) => `${workflows}/${id}`;
const Q = { taskQueue: 'cli' };

const start = (client, type, workflowId, more = {}) => client.workflow.start(type, { workflowId, ...Q, ...more });
const status = async (client, id) => (await client.workflow.getHandle(id).describe()).status.name;
const events = async (client, id) => (await client.workflow.getHandle(id).fetchHistory()).events ?? [];
const count = async (client, query) => (await client.workflow.count(query)).count;

/** Types into the editor for payloads of an open dialog or form. */
async function fillPayload(page, text) {
  const editor = page.locator('[contenteditable=true]').locator('visible=true').first();
  await editor.click();
  await page.keyboard.type(text);
}

async function openAction(stage, id, action) {
  await stage.go(on(id));
  await stage.clicks('button', 'More Actions');
  await stage.clicks('menuitem', action);
}

const openTab = (stage, name) => stage.page.getByRole('tab', { name }).locator('visible=true').first().click();

/** Chooses in one of the UI's own lists: `id` is that of its read-only input. */
async function choose(page, id, option) {
  const button = page
    .locator(`button:has(#${id}), *:has(> #${id}) button, [data-testid="${id}-button"]`)
    .locator('visible=true')
    .first();
  await button.click();
  await page.getByRole('option', { name: option }).locator('visible=true').first().click();
}

const confirm = (page) => page.locator('dialog[open]').getByTestId('confirm-modal-button').click();

export const WAYS = {
  lists: {
    async prepare({ client }) {
      await start(client, 'waits', 'open-1');
      await start(client, 'waits', 'open-2');
      await client.workflow.execute('adds', { workflowId: 'done-1', ...Q, args: [1, 2] });
    },
    ways: {
      'lists workflows and counts them by state': async (stage) => {
        await stage.becomes('three are listed', async (client) => (await count(client)) === 3);
        await stage.go(workflows);
        await stage.sees('3 Workflows', '2 Running', '1 Completed', 'open-1', 'open-2', 'done-1');
      },
      'filters by a query': async (stage) => {
        await stage.go(`${workflows}?query=${encodeURIComponent('WorkflowType="adds"')}`);
        await stage.sees('1 Workflow', 'done-1');
        if (await stage.page.getByText('open-1').count()) throw new Error('open-1 is listed as well');
      },
      'shows a saved view': async (stage) => {
        await stage.go(workflows);
        await stage.page.getByText('Running', { exact: true }).first().click();
        await stage.sees('2 Workflows', 'open-1');
      },
      'says what is wrong with a query': async (stage) => {
        await stage.go(`${workflows}?query=${encodeURIComponent('Nonsense = 1 AND')}`);
        await stage.sees(/invalid|error|syntax/i);
        stage.allowRefusals();
      },
      'starts a workflow': async (stage) => {
        await stage.go(`${workflows}/start-workflow`);
        await stage.page.locator('#workflowId').fill('from-browser');
        await stage.page.locator('#taskQueue').fill('cli');
        await stage.page.locator('#workflowType').fill('waits');
        await stage.clicks('button', 'Start Workflow');
        await stage.becomes('it runs', async (client) => (await count(client, 'WorkflowId="from-browser"')) === 1);
      },
      'terminates two workflows by a batch': async (stage) => {
        await stage.go(`${workflows}?query=${encodeURIComponent('WorkflowId STARTS_WITH "open-"')}`);
        await stage.sees('open-1', 'open-2');
        await stage.page.locator('thead input[type=checkbox], th input[type=checkbox]').first().check({ force: true });
        await stage.clicks('button', 'Terminate');
        await stage.page.locator('dialog[open]').getByTestId('confirm-modal-button').click();
        await stage.becomes(
          'both are terminated',
          async (client) =>
            (await status(client, 'open-2')) === 'TERMINATED' && (await status(client, 'open-1')) === 'TERMINATED',
        );
      },
      'lists batch operations': async (stage) => {
        await stage.go('/namespaces/default/batch-operations');
        await stage.sees('Completed');
      },
    },
  },

  workflow: {
    async prepare({ client }) {
      const handle = await start(client, 'waits', 'w1', {
        memo: { note: 'a memo' },
        staticSummary: 'a summary',
        searchAttributes: { CustomKeywordField: ['red'] },
      });
      await handle.executeUpdate('add', { args: [3] });
      await start(client, 'fails', 'failing');
    },
    ways: {
      'shows the history': async (stage) => {
        await stage.go(`${on('w1')}`);
        await stage.sees('Workflow Execution Update Accepted', 'Workflow Execution Started', 'Running');
      },
      'shows the history compact': async (stage) => {
        await stage.go(on('w1'));
        await stage.page
          .getByTestId('compact')
          .or(stage.page.getByText('Compact', { exact: true }))
          .first()
          .click();
        await stage.sees('add');
      },
      'shows the history as JSON': async (stage) => {
        await stage.go(on('w1'));
        await stage.page.getByText('JSON', { exact: true }).first().click();
        await stage.page
          .getByText('EVENT_TYPE_WORKFLOW_EXECUTION_STARTED')
          .or(stage.page.getByText('WorkflowExecutionStarted'))
          .first()
          .waitFor();
      },
      'shows who works on it': async (stage) => {
        const { runId } = await stage.client.workflow.getHandle('w1').describe();
        await stage.go(`${on('w1')}/${runId}/workers`);
        await stage.sees('Workflow Task Handler', /@/);
      },
      'shows its call stack': async (stage) => {
        await stage.go(on('w1'));
        await openTab(stage, 'Call Stack');
        await stage.sees(/waits/);
      },
      'asks a query': async (stage) => {
        await stage.go(on('w1'));
        await openTab(stage, 'Queries');
        await choose(stage.page, 'query-select', 'stage');
        await stage.clicks('button', /Run Query/);
        await stage.sees(/started/);
      },
      'shows memo, search attributes and metadata': async (stage) => {
        await stage.go(on('w1'));
        await openTab(stage, 'Memo');
        await stage.sees(/a memo/);
        await openTab(stage, 'Search Attributes');
        await stage.sees(/CustomKeywordField/);
        await openTab(stage, 'User Metadata');
        // People's Markdown stands in a frame of its own.
        await stage.page.frameLocator('iframe >> nth=0').getByText('a summary').first().waitFor();
      },
      'shows a pending activity with its failure': async (stage) => {
        await stage.becomes(
          'the activity has failed',
          async (client) =>
            ((await client.workflow.getHandle('failing').describe()).raw.pendingActivities?.[0]?.attempt ?? 0) > 1,
        );
        await stage.go(on('failing'));
        await openTab(stage, /Pending Activities/);
        await stage.sees(/failing on purpose/);
      },
      'pauses an activity and lets it go on': async (stage) => {
        const activity = async (client) =>
          (await client.workflow.getHandle('failing').describe()).raw.pendingActivities?.[0];
        await stage.go(on('failing'));
        await openTab(stage, /Pending Activities/);
        await stage.page.getByRole('button', { name: 'Pause', exact: true }).first().click();
        await confirm(stage.page);
        await stage.becomes('it is paused', async (client) => (await activity(client))?.paused === true);
        await stage.go(on('failing'));
        await openTab(stage, /Pending Activities/);
        await stage.page.getByRole('button', { name: 'Unpause', exact: true }).first().click();
        await confirm(stage.page);
        await stage.becomes('it goes on', async (client) => (await activity(client))?.paused !== true);
      },
    },
  },

  actions: {
    async prepare({ client }) {
      for (const id of ['cancel', 'terminate', 'signal', 'update', 'reset']) await start(client, 'waits', id);
      for (const id of ['update', 'reset']) await client.workflow.getHandle(id).executeUpdate('add', { args: [1] });
    },
    ways: {
      'requests cancellation': async (stage) => {
        await stage.go(on('cancel'));
        await stage.clicks('button', 'Request Cancellation');
        await confirm(stage.page);
        await stage.becomes('it was asked to', async (client) => (await status(client, 'cancel')) === 'CANCELLED');
      },
      'terminates with a reason': async (stage) => {
        await openAction(stage, 'terminate', 'Terminate');
        await stage.page.locator('dialog[open] #workflow-termination-reason').fill('enough');
        await confirm(stage.page);
        await stage.becomes('it is terminated', async (client) => (await status(client, 'terminate')) === 'TERMINATED');
        const last = (await events(stage.client, 'terminate')).at(-1);
        if (!last.workflowExecutionTerminatedEventAttributes.reason.startsWith('enough'))
          throw new Error('the reason is lost');
      },
      'sends a signal': async (stage) => {
        await openAction(stage, 'signal', 'Send a Signal');
        await choose(stage.page, 'signal-select', 'note');
        await fillPayload(stage.page, '"hello"');
        await confirm(stage.page);
        await stage.becomes('it has the signal', async (client) =>
          (await events(client, 'signal')).some(
            (event) => event.workflowExecutionSignaledEventAttributes?.signalName === 'note',
          ),
        );
      },
      'sends an update': async (stage) => {
        await openAction(stage, 'update', 'Send an Update');
        await choose(stage.page, 'update-select', 'add');
        await fillPayload(stage.page, '5');
        await confirm(stage.page);
        await stage.becomes(
          'it has both updates',
          async (client) =>
            (await events(client, 'update')).filter((event) => event.workflowExecutionUpdateCompletedEventAttributes)
              .length === 2,
        );
      },
      'resets to an event': async (stage) => {
        await openAction(stage, 'reset', 'Reset');
        await choose(stage.page, 'workflow-reset-event-id-select', /4/);
        await stage.page.locator('dialog[open] #reset-reason').fill('once more');
        await confirm(stage.page);
        await stage.becomes('there are two runs', async (client) => (await count(client, 'WorkflowId="reset"')) === 2);
      },
    },
  },

  schedules: {
    ways: {
      'creates a schedule': async (stage) => {
        await stage.go('/namespaces/default/schedules/create');
        await stage.page.locator('#name').fill('nightly');
        await stage.page.locator('#workflowType').fill('adds');
        await stage.page.locator('#workflowId').fill('nightly-run');
        await stage.page.locator('#taskQueue').fill('cli');
        await stage.page.locator('#hour-interval').fill('1');
        await stage.clicks('button', 'Create Schedule');
        await stage.becomes('it is there', async (client) => {
          for await (const { scheduleId } of client.schedule.list()) if (scheduleId === 'nightly') return true;
          return false;
        });
      },
      'lists it': async (stage) => {
        await stage.go('/namespaces/default/schedules');
        await stage.sees('nightly', 'adds');
      },
      'shows it with its next times': async (stage) => {
        await stage.go('/namespaces/default/schedules/nightly');
        await stage.sees('nightly', /Upcoming/);
      },
      'pauses it': async (stage) => {
        await stage.go('/namespaces/default/schedules/nightly');
        await stage.page.getByRole('button', { name: 'Pause', exact: true }).click();
        await stage.page.locator('dialog[open] #schedule-pause-reason, dialog[open] input').first().fill('not tonight');
        await confirm(stage.page);
        await stage.becomes(
          'it is paused',
          async (client) => (await client.schedule.getHandle('nightly').describe()).state.paused,
        );
      },
      'triggers it': async (stage) => {
        await stage.go('/namespaces/default/schedules/nightly');
        await stage.page.locator('#schedule-actions-menu-button').click();
        await stage.clicks('menuitem', /Trigger/);
        await confirm(stage.page);
        await stage.becomes('it ran', async (client) => (await count(client, 'WorkflowType="adds"')) === 1);
      },
      'deletes it': async (stage) => {
        await stage.go('/namespaces/default/schedules/nightly');
        await stage.page.locator('#schedule-actions-menu-button').click();
        await stage.clicks('menuitem', /Delete/);
        await confirm(stage.page);
        await stage.becomes('it is gone', async (client) => {
          for await (const { scheduleId } of client.schedule.list()) if (scheduleId === 'nightly') return false;
          return true;
        });
      },
    },
  },

  pages: {
    ways: {
      'shows namespaces': async (stage) => {
        await stage.go('/namespaces');
        await stage.page.getByRole('link', { name: 'default' }).waitFor();
      },
      'shows a namespace with its retention and search attributes': async (stage) => {
        await stage.go('/namespaces/default');
        await stage.sees(/Retention/, 'CustomKeywordField');
      },
      'shows the pollers of a task queue': async (stage) => {
        await stage.go('/namespaces/default/task-queues/cli');
        await stage.sees('Workers', 'Last Accessed', /@/);
      },
      'shows worker deployments': async (stage) => {
        await stage.go('/namespaces/default/worker-deployments');
        await stage.sees(/Deployment/);
      },
      'creates a Nexus endpoint': async (stage) => {
        await stage.go('/nexus/create');
        await stage.page.locator('#name').fill('shop-endpoint');
        await stage.page.locator('#target-namespace, input[role=combobox]').first().click();
        await stage.page.getByRole('option', { name: 'default' }).first().click();
        await stage.page.locator('#task-queue, #taskQueue').first().fill('cli');
        await stage.clicks('button', /Create/);
        await stage.becomes('it is there', async ({ connection }) =>
          (await connection.operatorService.listNexusEndpoints({})).endpoints.some(
            ({ spec }) => spec.name === 'shop-endpoint',
          ),
        );
      },
      'lists Nexus endpoints': async (stage) => {
        await stage.go('/nexus');
        await stage.sees('shop-endpoint');
      },
    },
  },
};
