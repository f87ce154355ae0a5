/**
 * Joins the rpc tables into the gRPC services that a listener offers.
 * TestService is offered only where time can be skipped, so that SDKs notice when they are on the wrong server.
 */
import type { SkippingClock } from '../clock/skipping-clock.js';
import { testServiceRpcs } from '../test-service/test-service-rpcs.js';
import { batchRpcs } from './rpc-table-batch.js';
import type { BatchServices } from './batch-services.js';
import type { DeploymentServices } from './deployment-services.js';
import type { VisibilityServices } from './executions-page.js';
import type { OfferedService } from './grpc-server.js';
import { checkHealth, watchHealth } from './rpc/check-health.js';
import { deploymentRpcs } from './rpc-table-deployments.js';
import { operatorRpcs } from './rpc-table-operator.js';
import { scheduleRpcs } from './rpc-table-schedule.js';
import { systemRpcs } from './rpc-table-system.js';
import type { SystemServices } from './rpc-table-system.js';
import { visibilityRpcs } from './rpc-table-visibility.js';
import { workflowRpcs } from './rpc-table-workflow.js';
import type { ScheduleServices } from './schedule-request.js';
import { HEALTH, OPERATOR_SERVICE, TEST_SERVICE, WORKFLOW_SERVICE } from './service-names.js';
import type { WorkflowServices } from './workflow-services.js';

/** What stands behind the rpcs, by table. */
export interface FrontendServices {
  readonly system: SystemServices;
  readonly workflows: WorkflowServices;
  readonly visibility: VisibilityServices;
  readonly batches: BatchServices;
  readonly schedules: ScheduleServices;
  readonly deployments: DeploymentServices;
  /** Present where time can be skipped. */
  readonly skippingClock?: SkippingClock;
}

export function offeredServices(services: FrontendServices): OfferedService[] {
  const workflowService = {
    ...systemRpcs(services.system),
    ...visibilityRpcs(services.visibility),
    ...workflowRpcs(services.workflows),
    ...batchRpcs(services.batches),
    ...scheduleRpcs(services.schedules),
    ...deploymentRpcs(services.deployments),
  };
  const offered: OfferedService[] = [
    { name: WORKFLOW_SERVICE, rpcs: workflowService },
    {
      name: OPERATOR_SERVICE,
      rpcs: operatorRpcs({
        ...services.system,
        ...services.visibility,
        engine: services.workflows.engine,
        schedules: services.schedules.schedules,
      }),
    },
  ];
  if (services.skippingClock) offered.push({ name: TEST_SERVICE, rpcs: testServiceRpcs(services.skippingClock) });
  const names = new Set([...offered.map(({ name }) => name), HEALTH]);
  offered.push({ name: HEALTH, rpcs: { Check: checkHealth(names) }, streamingRpcs: { Watch: watchHealth(names) } });
  return offered;
}
