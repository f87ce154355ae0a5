/**
 * One namespace as the rest of the service sees it, and its durable form.
 * The stored record is the encoded `DescribeNamespaceResponse` that a client gets back: it is versioned by its field
 * numbers and needs no second schema. What every namespace has in common (capabilities) is added on the way out.
 */
import { durationFromMs, msFromDuration } from '../history/proto-time.js';
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';
import type { NamespaceRecord } from '../persistence/store.js';

export const NamespaceState = { REGISTERED: 1, DEPRECATED: 2, DELETED: 3 } as const;

const ARCHIVAL_STATE_DISABLED = 1;
const REPLICATION_STATE_NORMAL = 1;

/** The one cluster that an embedded service is. Named as the official development server names it. */
export const CLUSTER_NAME = 'active';

/** A registered namespace; immutable, an update replaces it. */
export interface Namespace {
  readonly id: string;
  readonly name: string;
  /** `temporal.api.enums.v1.NamespaceState`. */
  readonly state: number;
  readonly description: string;
  readonly ownerEmail: string;
  readonly data: Readonly<Record<string, string>>;
  readonly retentionMs: number;
}

type Capabilities = temporal.api.namespace.v1.NamespaceInfo.ICapabilities;

/** What a namespace can do; the same for each. An entry is true only when its rpcs work. */
const CAPABILITIES: Capabilities = {
  eagerWorkflowStart: true,
  syncUpdate: true,
  asyncUpdate: true,
};

/** The response of DescribeNamespace, also one entry of ListNamespaces. */
export function namespaceToProto(
  namespace: Namespace,
  { workerHeartbeats }: Pick<Capabilities, 'workerHeartbeats'> = {},
): temporal.api.workflowservice.v1.IDescribeNamespaceResponse {
  return {
    namespaceInfo: {
      name: namespace.name,
      id: namespace.id,
      state: namespace.state,
      description: namespace.description,
      ownerEmail: namespace.ownerEmail,
      data: { ...namespace.data },
      capabilities: { ...CAPABILITIES, ...(workerHeartbeats ? { workerHeartbeats } : {}) },
      supportsSchedules: true,
    },
    config: {
      workflowExecutionRetentionTtl: durationFromMs(namespace.retentionMs),
      badBinaries: {},
      historyArchivalState: ARCHIVAL_STATE_DISABLED,
      visibilityArchivalState: ARCHIVAL_STATE_DISABLED,
    },
    replicationConfig: {
      state: REPLICATION_STATE_NORMAL,
      activeClusterName: CLUSTER_NAME,
      clusters: [{ clusterName: CLUSTER_NAME }],
    },
  };
}

export function encodeNamespace(namespace: Namespace): NamespaceRecord {
  const message = namespaceToProto(namespace);
  return {
    id: namespace.id,
    name: namespace.name,
    data: temporalProto.api.workflowservice.v1.DescribeNamespaceResponse.encode(message).finish(),
  };
}

export function decodeNamespace(record: NamespaceRecord): Namespace {
  const message = temporalProto.api.workflowservice.v1.DescribeNamespaceResponse.decode(record.data);
  const info = message.namespaceInfo ?? {};
  return {
    id: record.id,
    name: record.name,
    state: info.state ?? NamespaceState.REGISTERED,
    description: info.description ?? '',
    ownerEmail: info.ownerEmail ?? '',
    data: { ...info.data },
    retentionMs: msFromDuration(message.config?.workflowExecutionRetentionTtl),
  };
}
