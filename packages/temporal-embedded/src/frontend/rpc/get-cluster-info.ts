/**
 * GetClusterInfo: the identity of this service and which clients it goes with, for the CLI and the Web UI.
 */
import { CLUSTER_NAME } from '../../namespaces/namespace.js';
import type { temporal } from '../../proto/root.js';
import { int64FromNumber } from '../../proto/int64.js';
import type { RpcHandler } from '../rpc-handler.js';
import { COMPATIBLE_SERVER_VERSION } from '../server-version.js';

type Request = temporal.api.workflowservice.v1.IGetClusterInfoRequest;
type Response = temporal.api.workflowservice.v1.IGetClusterInfoResponse;

/** The ranges that the official server of the same version reports. */
const SUPPORTED_CLIENTS = {
  'Nexus-go-sdk': '<2.0.0',
  'temporal-cli': '<2.0.0',
  'temporal-go': '<2.0.0',
  'temporal-java': '<2.0.0',
  'temporal-php': '<2.0.0',
  'temporal-server': '<2.0.0',
  'temporal-typescript': '<2.0.0',
  'temporal-ui': '<3.0.0',
} as const;

export const getClusterInfo =
  ({ clusterId }: { readonly clusterId: string }): RpcHandler<Request, Response> =>
  () => ({
    supportedClients: SUPPORTED_CLIENTS,
    serverVersion: COMPATIBLE_SERVER_VERSION,
    clusterId,
    clusterName: CLUSTER_NAME,
    historyShardCount: 1,
    persistenceStore: 'sqlite',
    visibilityStore: 'sqlite',
    initialFailoverVersion: int64FromNumber(1),
    failoverVersionIncrement: int64FromNumber(10),
  });
