/**
 * What a service answered, as lines that another service's can be compared with: ids, times, tokens and sizes are
 * masked, defaults left out, the rest is kept to the letter. Run ids become `run-1`, `run-2`, ... as they appear.
 */
import { status } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import { googleProto, temporalProto } from '../../src/proto/root.js';
import type { temporal } from '../../src/proto/root.js';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;
type Json = string | number | boolean | Json[] | { [key: string]: Json };

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
/** One letter, many times: an id that is too long. */
const LONG_RUN = /(\w)\1{50,}/g;
/** Present or absent matters, the value does not. */
const MASKED = new Set([
  'taskToken',
  'taskId',
  'requestId',
  'namespaceId',
  'parentNamespaceId',
  'historySizeBytes',
  'nextPageToken',
  'parentWorkflowNamespaceId',
  'historyLength',
  'stateTransitionCount',
  'executionDuration',
  'approximateBacklogAge',
  'tasksAddRate',
  'tasksDispatchRate',
  'ownerHostName',
  'request-timeout',
  'Request-Timeout',
  'operation-timeout',
  'temporal-callback-token',
  'conflictToken',
]);
/** Says nothing about behaviour, or is only a guess of how much waits. */
const LEFT_OUT = new Set([
  'workflowExecutionTaskQueue',
  'workflowNamespace',
  'link',
  'backlogCountHint',
  'effectiveRateLimit',
  'ratePerSecond',
  'readLevel',
  'taskIdBlock',
  'pollerScalingDecision',
  'version',
  'clock',
  'autoResetPoints',
  'prevAutoResetPoints',
  'originalStartTime',
  'runExpirationTime',
  // What HTTP adds to a Nexus request; ours go without it.
  'accept-encoding',
  'user-agent',
  'content-length',
  'nexus-link',
  'nexus-request-id',
  'nexus-callback-source',
]);
/** Where a Nexus handler calls back: opaque to it. */
const CALLBACK_URL = /^(http:\/\/127\.0\.0\.1:\d+\/namespaces\/default\/nexus\/callback|temporal:\/\/system)$/;
/** A duration of zero, attributes that are none: set or unset, they say the same. */
const MEANS_UNSET_WHEN_EMPTY = /timeout|backoff|interval|searchAttributes|indexedFields/i;

/** Conflict tokens of schedules count changes; others are opaque. */
const isCounter = (bytes: Uint8Array): boolean =>
  bytes.length === 8 && bytes.subarray(0, 7).every((byte) => byte === 0);

export class Transcript {
  readonly #scriptName: string;
  readonly #lines: (string | undefined)[] = [];
  readonly #names = new Map<string, string>();

  /** `scriptName` is part of many ids, and noted as `$`. */
  constructor(scriptName: string) {
    this.#scriptName = scriptName;
  }

  /** A place among the lines for an answer that is still to come: calls are noted in the order in which they were made. */
  reserve(): number {
    return this.#lines.push(undefined) - 1;
  }

  reply(line: number, rpc: string, reply: unknown): void {
    const message = reply as { constructor: { toObject(message: unknown, options: object): Record<string, unknown> } };
    const plain = message.constructor.toObject(message, { enums: String, longs: Number });
    const history = plain['history'] as { events?: HistoryEvent[] } | undefined;
    if (history) plain['history'] = eventRange(history.events ?? []);
    this.#lines[line] = `${rpc}: ${this.#print(plain)}`;
  }

  error(line: number, rpc: string, error: unknown): void {
    const { code, details, message } = error as { code?: number; details?: string; message: string };
    const text = `${rpc} fails: ${code === undefined ? '' : status[code]} ${this.#name(details ?? message)}`;
    this.#lines[line] = [text, ...operationErrors(error).map((each) => this.#name(each))].join(' | ');
  }

  events(title: string, events: readonly HistoryEvent[]): void {
    this.#lines.push(`${title}:`);
    for (const event of events) {
      const plain = temporalProto.api.history.v1.HistoryEvent.toObject(
        event as temporal.api.history.v1.HistoryEvent,
        TO_JSON_BYTES,
      );
      const attributes = Object.entries(plain).find(([key]) => key.endsWith('EventAttributes'))?.[1] as
        object | undefined;
      const { userMetadata, links, workerMayIgnore } = plain as Record<string, unknown>;
      const rest = {
        ...attributes,
        ...(userMetadata ? { userMetadata } : {}),
        ...(links ? { links } : {}),
        ...(workerMayIgnore ? { workerMayIgnore } : {}),
      };
      this.#lines.push(`  ${Number(event.eventId)} ${shortType(plain as HistoryEvent)} ${this.#print(rest)}`);
    }
  }

  get lines(): string[] {
    return this.#lines.filter((line) => line !== undefined);
  }

  note(line: string): void {
    this.#lines.push(line);
  }

  #print(value: unknown): string {
    return JSON.stringify(this.#mask('', value) ?? {}).replace(/"([A-Za-z]\w*)":/g, '$1:');
  }

  #mask(key: string, value: unknown): Json | undefined {
    // The version of an override is a part of what it says; others are texts that say again what stands beside them.
    if (
      (LEFT_OUT.has(key) && !(key === 'version' && typeof value === 'object')) ||
      value === null ||
      value === undefined ||
      value === '' ||
      value === 0 ||
      value === false
    )
      return undefined;
    if (typeof value === 'bigint') return Number(value);
    if (value instanceof Uint8Array) {
      if (value.length === 0) return undefined;
      return MASKED.has(key) && !isCounter(value) ? '*' : this.#name(Buffer.from(value).toString('utf8'));
    }
    if (MASKED.has(key)) return '*';
    if (typeof value === 'string') return this.#name(value);
    if (typeof value === 'number' || typeof value === 'boolean') return value;
    if (Array.isArray(value)) {
      const items = value.map((item) => this.#mask('', item) ?? {});
      return items.length === 0 ? undefined : items;
    }
    return this.#maskObject(key, value as Record<string, unknown>);
  }

  #maskObject(key: string, value: Record<string, unknown>): Json | undefined {
    if ('seconds' in value || 'nanos' in value) return maskTime(key, value as { seconds?: number; nanos?: number });
    const entries: [string, Json][] = [];
    for (const name of Object.keys(value).sort()) {
      const masked = this.#mask(name, value[name]);
      if (masked !== undefined) entries.push([this.#name(name), masked]);
    }
    if (entries.length === 0 && MEANS_UNSET_WHEN_EMPTY.test(key)) return undefined;
    return entries.length === 0 && key !== '' ? {} : Object.fromEntries(entries);
  }

  #name(text: string): string {
    return text
      .replace(CALLBACK_URL, '<callback>')
      .replaceAll(this.#scriptName, '$')
      .replace(LONG_RUN, '$1...')
      .replace(UUID, (id) => {
        const known = this.#names.get(id);
        if (known !== undefined) return known;
        const name = `run-${this.#names.size + 1}`;
        this.#names.set(id, name);
        return name;
      });
  }
}

/** What became of each of several operations, where the error tells. */
function operationErrors(error: unknown): string[] {
  const [bytes] = (error as ServiceError).metadata?.get('grpc-status-details-bin') ?? [];
  if (!(bytes instanceof Uint8Array)) return [];
  const detail = googleProto.rpc.Status.decode(bytes).details?.[0];
  if (!detail?.type_url?.endsWith('.MultiOperationExecutionFailure')) return [];
  const { MultiOperationExecutionFailure } = temporalProto.api.errordetails.v1;
  return MultiOperationExecutionFailure.decode(detail.value ?? new Uint8Array(0)).statuses.map((operation) => {
    const types = (operation.details ?? []).map(({ type_url }) => type_url?.split('.').pop());
    return [status[operation.code ?? 0], operation.message, ...types].join(' ');
  });
}

const TO_JSON_BYTES = { enums: String, longs: Number };

function maskTime(key: string, { seconds = 0, nanos = 0 }: { seconds?: number; nanos?: number }): Json | undefined {
  if (/time$/i.test(key)) return 'T';
  const total = Number(seconds) + nanos / 1e9;
  if (total === 0) return undefined;
  // What is left of an interval depends on the moment.
  return /backoff|interval/i.test(key) && total % 0.1 !== 0 ? '~' : `${total}s`;
}

/** Which events came with an answer; what they say is noted where a script asks for the history. */
function eventRange(events: readonly HistoryEvent[]): string {
  return events.length === 0 ? '' : `${Number(events[0]?.eventId)}..${Number(events.at(-1)?.eventId)}`;
}

function shortType(event: HistoryEvent): string {
  return String(event.eventType).replace('EVENT_TYPE_', '');
}
