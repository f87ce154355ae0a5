/** SetWorkerDeploymentManager: who alone may change a deployment. */
import { InvalidArgumentError, NotFoundError } from '../../errors.js';
import { conflictToken, setManager } from '../../worker-deployments/deployment-changes.js';
import { requireDeploymentName } from '../../worker-deployments/version-name.js';
import type { temporal } from '../../proto/root.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { DeploymentServices } from '../deployment-services.js';

type Request = temporal.api.workflowservice.v1.ISetWorkerDeploymentManagerRequest;
type Response = temporal.api.workflowservice.v1.ISetWorkerDeploymentManagerResponse;

export const setWorkerDeploymentManager =
  ({ deployments, namespaces, store }: DeploymentServices): RpcHandler<Request, Response> =>
  async (request) => {
    const identity = request.identity ?? '';
    if (identity === '') throw new InvalidArgumentError('Identity is required');
    const namespace = namespaces.require(request.namespace);
    const name = requireDeploymentName(request.deploymentName);
    const before = deployments.find(namespace.id, name);
    if (!before) throw new NotFoundError(`workflow not found for ID: ${name}`);
    const manager = request.self ? identity : (request.managerIdentity ?? '');
    const after = deployments.change(before, (draft) =>
      setManager(draft, manager, { identity, conflictToken: request.conflictToken ?? new Uint8Array(0) }),
    );
    await store.committed();
    return {
      conflictToken: conflictToken(after),
      previousManagerIdentity: before === after ? manager : before.managerIdentity,
    };
  };
