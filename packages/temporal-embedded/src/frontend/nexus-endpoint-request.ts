/** Requests about Nexus endpoints, checked with the official server's texts; all that is wrong is said at once. */
import { FailedPreconditionError, InvalidArgumentError } from '../errors.js';
import { limits } from '../history/limits.js';
import type { NamespaceRegistry } from '../namespaces/namespace-registry.js';
import type { EndpointRegistry, EndpointSpec } from '../nexus/endpoint-registry.js';
import type { Store } from '../persistence/store.js';
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';

export interface NexusEndpointServices {
  readonly nexusEndpoints: EndpointRegistry;
  readonly namespaces: NamespaceRegistry;
  readonly store: Store;
}

const NAME = /^[a-zA-Z][a-zA-Z0-9-]*[a-zA-Z0-9]$/;
const MAX_NAME_LENGTH = 200;
const MAX_DESCRIPTION_BYTES = 20_000;
const MAX_URL_LENGTH = 4096;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const { Payload } = temporalProto.api.common.v1;

/** Throws InvalidArgumentError, or FailedPreconditionError when the target's namespace is not there. */
export function requireEndpointSpec(
  namespaces: NamespaceRegistry,
  spec: temporal.api.nexus.v1.IEndpointSpec | null | undefined,
): EndpointSpec {
  const name = spec?.name ?? '';
  const issues = nameIssues(name);
  const { worker, external } = spec?.target ?? {};
  if (worker) issues.push(...workerIssues(namespaces, worker));
  else if (external) issues.push(...urlIssues(external.url ?? ''));
  else issues.push('empty target variant');
  const description = spec?.description ?? null;
  if ((worker || external) && description && Payload.encode(description).finish().length > MAX_DESCRIPTION_BYTES) {
    issues.push(`description size exceeds limit of ${MAX_DESCRIPTION_BYTES}`);
  }
  requireNoIssues(issues);
  return {
    name,
    description,
    target: worker
      ? {
          type: 'worker',
          namespaceId: namespaces.require(worker.namespace).id,
          taskQueue: worker.taskQueue ?? '',
        }
      : { type: 'external', url: external?.url ?? '' },
  };
}

/** What is wrong with an endpoint's id. */
export function idIssues(id: string): string[] {
  if (id === '') return ['endpoint ID not set'];
  if (UUID.test(id)) return [];
  return [`malformed endpoint ID: "invalid UUID ${id.length === 36 ? 'format' : `length: ${id.length}`}"`];
}

/** Throws InvalidArgumentError with all issues in one sentence. */
export function requireNoIssues(issues: readonly string[]): void {
  if (issues.length > 0) throw new InvalidArgumentError(issues.join(', '));
}

function nameIssues(name: string): string[] {
  if (name === '') return ['endpoint name not set'];
  const issues: string[] = [];
  if (name.length > MAX_NAME_LENGTH) issues.push(`endpoint name exceeds length limit of ${MAX_NAME_LENGTH}`);
  if (!NAME.test(name)) {
    issues.push('endpoint name must match the regex: "^[a-zA-Z][a-zA-Z0-9\\\\-]*[a-zA-Z0-9]$"');
  }
  return issues;
}

function workerIssues(namespaces: NamespaceRegistry, worker: temporal.api.nexus.v1.EndpointTarget.IWorker): string[] {
  const issues: string[] = [];
  const namespace = worker.namespace ?? '';
  if (namespace === '') issues.push('target namespace not set');
  else if (!namespaces.find(namespace)) {
    throw new FailedPreconditionError(
      `could not verify namespace referenced by target exists: Namespace ${namespace} is not found.`,
    );
  }
  const taskQueue = worker.taskQueue ?? '';
  if (taskQueue === '') issues.push('invalid target task queue: "taskQueue is not set"');
  else if (taskQueue.length > limits.idLength)
    issues.push('invalid target task queue: "taskQueue length exceeds limit"');
  else if (taskQueue.startsWith('/_sys/')) {
    issues.push('invalid target task queue: "task queue name cannot start with reserved prefix /_sys/"');
  }
  return issues;
}

function urlIssues(url: string): string[] {
  if (url === '') return ['empty target URL'];
  if (url.length > MAX_URL_LENGTH) return [`target URL length exceeds limit of ${MAX_URL_LENGTH}`];
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase() ?? '';
  if (scheme !== 'http' && scheme !== 'https') {
    return [`invalid target URL scheme: "${scheme}", expected http or https`];
  }
  return URL.canParse(url) ? [] : [`invalid target URL: ${url}`];
}
