/** Links between workflow events as Nexus carries them: a URL of the scheme `temporal`, and the name of what it points at. */
import { int64FromNumber } from '../proto/int64.js';
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';

type Link = temporal.api.common.v1.ILink;
type WorkflowEvent = temporal.api.common.v1.Link.IWorkflowEvent;

const EventType = temporalProto.api.enums.v1.EventType as unknown as Readonly<Record<string, number>> &
  Readonly<Record<number, string>>;
const TYPE = 'temporal.api.common.v1.Link.WorkflowEvent';
const PATH = /^\/namespaces\/([^/]+)\/workflows\/([^/]+)\/([^/]+)\/history$/;

export function nexusLinkTo(event: {
  readonly namespace: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly eventId: number;
  readonly eventType: number;
}): temporal.api.nexus.v1.ILink {
  const [namespace, workflowId, runId] = [event.namespace, event.workflowId, event.runId].map(encodeURIComponent);
  const query = new URLSearchParams({
    eventID: String(event.eventId),
    eventType: pascalCase(EventType[event.eventType] ?? ''),
    referenceType: 'EventReference',
  });
  return { url: `temporal:///namespaces/${namespace}/workflows/${workflowId}/${runId}/history?${query}`, type: TYPE };
}

/** Those that point at a workflow event; others say nothing to a history. */
export function linksFromNexus(links: readonly temporal.api.nexus.v1.ILink[] | null | undefined): Link[] {
  const found: Link[] = [];
  for (const { url, type } of links ?? []) {
    const workflowEvent = type === TYPE ? parse(url ?? '') : undefined;
    if (workflowEvent) found.push({ workflowEvent });
  }
  return found;
}

function parse(text: string): WorkflowEvent | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const match = PATH.exec(url.pathname);
  if (url.protocol !== 'temporal:' || !match) return undefined;
  const [namespace = '', workflowId = '', runId = ''] = match.slice(1).map(unescape);
  const eventType = eventTypeFromText(url.searchParams.get('eventType') ?? '');
  if (eventType === undefined) return undefined;
  switch (url.searchParams.get('referenceType')) {
    case 'EventReference': {
      const eventId = Number(url.searchParams.get('eventID') ?? 0);
      if (!Number.isSafeInteger(eventId)) return undefined;
      return { namespace, workflowId, runId, eventRef: { eventId: int64FromNumber(eventId), eventType } };
    }
    case 'RequestIdReference': {
      const requestId = url.searchParams.get('requestID') ?? '';
      return { namespace, workflowId, runId, requestIdRef: { requestId, eventType } };
    }
    default:
      return undefined;
  }
}

function unescape(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A percent sign that begins no escape stands for itself.
    return text;
  }
}

/** `WorkflowExecutionStarted` or `EVENT_TYPE_WORKFLOW_EXECUTION_STARTED`. */
function eventTypeFromText(text: string): temporal.api.enums.v1.EventType | undefined {
  const name = text.startsWith('EVENT_TYPE_')
    ? text
    : `EVENT_TYPE${text.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
  return EventType[name] as temporal.api.enums.v1.EventType | undefined;
}

function pascalCase(enumName: string): string {
  return enumName
    .replace('EVENT_TYPE_', '')
    .toLowerCase()
    .replace(/(^|_)([a-z])/g, (_match, _separator, letter: string) => letter.toUpperCase());
}
