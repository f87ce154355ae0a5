/** The rpcs of WorkflowService that list and count executions. */
import type { VisibilityServices } from './executions-page.js';
import { countWorkflowExecutions } from './rpc/count-workflow-executions.js';
import { listArchivedWorkflowExecutions } from './rpc/list-archived-workflow-executions.js';
import { listClosedWorkflowExecutions } from './rpc/list-closed-workflow-executions.js';
import { listOpenWorkflowExecutions } from './rpc/list-open-workflow-executions.js';
import { listWorkflowExecutions } from './rpc/list-workflow-executions.js';
import { scanWorkflowExecutions } from './rpc/scan-workflow-executions.js';
import type { RpcTable } from './rpc-table.js';

export const visibilityRpcs = (services: VisibilityServices): RpcTable => ({
  ListWorkflowExecutions: listWorkflowExecutions(services),
  CountWorkflowExecutions: countWorkflowExecutions(services),
  ScanWorkflowExecutions: scanWorkflowExecutions(services),
  ListOpenWorkflowExecutions: listOpenWorkflowExecutions(services),
  ListClosedWorkflowExecutions: listClosedWorkflowExecutions(services),
  ListArchivedWorkflowExecutions: listArchivedWorkflowExecutions(services),
});
