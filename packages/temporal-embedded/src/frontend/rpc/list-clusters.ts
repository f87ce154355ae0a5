/** ListClusters (OperatorService): the one cluster that an embedded service is. */
import { CLUSTER_NAME } from '../../namespaces/namespace.js';
import { int64FromNumber } from '../../proto/int64.js';
import type { temporal } from '../../proto/root.js';
import type { RpcHandler } from '../rpc-handler.js';

type Request = temporal.api.operatorservice.v1.IListClustersRequest;
type Response = temporal.api.operatorservice.v1.IListClustersResponse;

export const listClusters =
  ({ clusterId }: { readonly clusterId: string }): RpcHandler<Request, Response> =>
  () => ({
    clusters: [
      {
        clusterName: CLUSTER_NAME,
        clusterId,
        initialFailoverVersion: int64FromNumber(1),
        historyShardCount: 1,
        isConnectionEnabled: true,
      },
    ],
  });
