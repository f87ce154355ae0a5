/** Every script, by name. */
import { activityCancellationScripts } from './activity-cancellation-scripts.js';
import { activityControlScripts } from './activity-control-scripts.js';
import { activityScripts } from './activity-scripts.js';
import { activityTimeoutScripts } from './activity-timeout-scripts.js';
import { batchScripts } from './batch-scripts.js';
import { childScripts } from './child-scripts.js';
import { closingScripts } from './closing-scripts.js';
import { externalWorkflowScripts } from './external-workflow-scripts.js';
import { resetScripts } from './reset-scripts.js';
import { nexusScripts } from './nexus-scripts.js';
import type { Scripts } from './script.js';
import { stickyAndQueryScripts } from './sticky-and-query-scripts.js';
import { taskQueueScripts } from './task-queue-scripts.js';
import { timerScripts } from './timer-scripts.js';
import { updateWithStartScripts } from './update-with-start-scripts.js';
import { versioningOverrideScripts } from './versioning-override-scripts.js';
import { workerDeploymentScripts } from './worker-deployment-scripts.js';
import { workflowTaskScripts } from './workflow-task-scripts.js';

export const allScripts: Scripts = {
  ...workflowTaskScripts,
  ...stickyAndQueryScripts,
  ...activityScripts,
  ...activityTimeoutScripts,
  ...activityCancellationScripts,
  ...timerScripts,
  ...childScripts,
  ...externalWorkflowScripts,
  ...closingScripts,
  ...updateWithStartScripts,
  ...resetScripts,
  ...nexusScripts,
  ...workerDeploymentScripts,
  ...versioningOverrideScripts,
  ...activityControlScripts,
  ...batchScripts,
  ...taskQueueScripts,
};
