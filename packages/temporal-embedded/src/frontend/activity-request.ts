/** What the rpcs by which operators control activities have in common: which run and which of its activities are meant. */
import { InvalidArgumentError } from '../errors.js';
import type { ActivitySelection } from '../history/activity-control.js';
import type { RunContext } from '../history/run-context.js';
import type { temporal } from '../proto/root.js';
import type { WorkflowServices } from './workflow-services.js';

interface ActivityRequest {
  readonly namespace?: string | null;
  readonly execution?: temporal.api.common.v1.IWorkflowExecution | null;
  readonly id?: string | null;
  readonly type?: string | null;
  readonly all?: boolean | null | undefined;
}

export interface MeantActivities {
  readonly context: RunContext;
  readonly selection: ActivitySelection;
}

/** Throws InvalidArgumentError, NamespaceNotFoundError or NotFoundError. */
export function requireActivities(
  { engine, namespaces }: Pick<WorkflowServices, 'engine' | 'namespaces'>,
  request: ActivityRequest,
): MeantActivities {
  const workflowId = request.execution?.workflowId ?? '';
  if (workflowId === '') throw new InvalidArgumentError('WorkflowId is not set on request.');
  const selection = selectionOf(request);
  const namespace = namespaces.require(request.namespace);
  return { context: engine.findRun(namespace.id, workflowId, request.execution?.runId ?? ''), selection };
}

function selectionOf({ id, type, all }: ActivityRequest): ActivitySelection {
  if (all) return 'all';
  if (id) return { id };
  if (type) return { type };
  throw new InvalidArgumentError('Either Activity.Id or Activity.Type should be set on request.');
}
