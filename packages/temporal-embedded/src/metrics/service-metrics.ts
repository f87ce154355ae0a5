/**
 * What the service counts and times, under the names, labels and buckets of the official service's Prometheus endpoint, so that
 * dashboards for that one read this one. Names that belong to parts which do not exist here (shards, membership) are not made up.
 * The process's own figures (`process_*`, `nodejs_*`) come with it.
 */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { ServiceError } from '../errors.js';
import type { CallContext } from '../frontend/rpc-handler.js';
import type { AnyRpcHandler } from '../frontend/rpc-table.js';
import { temporalProto } from '../proto/root.js';

const Status = temporalProto.api.enums.v1.WorkflowExecutionStatus;

/** Seconds; the official service's. */
const LATENCY_BUCKETS_S = [
  0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000,
];
/** For what belongs to no namespace, or to one that is not there: a label's values must not be up to callers. */
const UNKNOWN_NAMESPACE = '_unknown_';

const CLOSE_METRICS: Readonly<Record<number, string>> = {
  [Status.WORKFLOW_EXECUTION_STATUS_COMPLETED]: 'workflow_success',
  [Status.WORKFLOW_EXECUTION_STATUS_FAILED]: 'workflow_failed',
  [Status.WORKFLOW_EXECUTION_STATUS_CANCELED]: 'workflow_cancel',
  [Status.WORKFLOW_EXECUTION_STATUS_TERMINATED]: 'workflow_terminate',
  [Status.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW]: 'workflow_continued_as_new',
  [Status.WORKFLOW_EXECUTION_STATUS_TIMED_OUT]: 'workflow_timeout',
};

export class ServiceMetrics {
  readonly #registry = new Registry();
  readonly #isNamespace: (name: string) => boolean;
  readonly #requests = this.#counter('service_requests', 'Calls of rpcs.', ['operation']);
  readonly #errors = this.#counter('service_error_with_type', 'Calls that failed.', ['operation', 'error_type']);
  readonly #httpRequests = this.#counter('http_service_requests', 'Calls over the HTTP API.', ['operation']);
  readonly #pending = new Gauge({
    name: 'service_pending_requests',
    help: 'Calls that are not answered yet, long polls among them.',
    labelNames: ['service_name'],
    registers: [this.#registry],
  });
  readonly #latency = new Histogram({
    name: 'service_latency',
    help: 'Time from call to answer, in seconds; long polls wait on purpose.',
    labelNames: ['operation', 'namespace', 'service_name'],
    buckets: LATENCY_BUCKETS_S,
    registers: [this.#registry],
  });
  readonly #closed = new Map(
    Object.entries(CLOSE_METRICS).map(([status, name]) => [Number(status), this.#counter(name, 'Runs closed so.', [])]),
  );

  /** `isNamespace` keeps names that callers made up out of the labels. */
  constructor(isNamespace: (name: string) => boolean) {
    this.#isNamespace = isNamespace;
    collectDefaultMetrics({ register: this.#registry });
  }

  /** The content type and text of the Prometheus exposition format. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  render(): Promise<string> {
    return this.#registry.metrics();
  }

  /** Counts and times each call of a handler. */
  measured(operation: string, handler: AnyRpcHandler): AnyRpcHandler {
    return (request: { readonly namespace?: unknown }, call: CallContext) => {
      const start = performance.now();
      const labels = { operation, namespace: this.#namespaceOf(request), service_name: 'frontend' };
      this.#requests.inc(labels);
      this.#pending.inc({ service_name: 'frontend' });
      const end = (): void => {
        this.#pending.dec({ service_name: 'frontend' });
        this.#latency.observe(labels, (performance.now() - start) / 1000);
      };
      const fail = (error: unknown): never => {
        end();
        this.#errors.inc({ ...labels, error_type: errorType(error) });
        throw error;
      };
      try {
        const result = handler(request as never, call);
        if (result instanceof Promise) {
          return result.then((response: object) => {
            end();
            return response;
          }, fail);
        }
        end();
        return result;
      } catch (error) {
        return fail(error);
      }
    };
  }

  countHttpRequest(operation: string, request: object): void {
    this.#httpRequests.inc({ operation, namespace: this.#namespaceOf(request), service_name: 'frontend' });
  }

  /** `status` is a `temporal.api.enums.v1.WorkflowExecutionStatus`. */
  countClosed(namespace: string, status: number): void {
    this.#closed.get(status)?.inc({ namespace, service_name: 'history' });
  }

  #counter(name: string, help: string, labelNames: readonly string[]): Counter {
    return new Counter({
      name,
      help,
      labelNames: [...labelNames, 'namespace', 'service_name'],
      registers: [this.#registry],
    });
  }

  #namespaceOf({ namespace }: { readonly namespace?: unknown }): string {
    return typeof namespace === 'string' && this.#isNamespace(namespace) ? namespace : UNKNOWN_NAMESPACE;
  }
}

/** `serviceerror_NotFound` for a NotFoundError: the official service's name of the same error. */
const errorType = (error: unknown): string =>
  error instanceof ServiceError ? `serviceerror_${error.name.replace(/Error$/, '')}` : 'serviceerror_Internal';
