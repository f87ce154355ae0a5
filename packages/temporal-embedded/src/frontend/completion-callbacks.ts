/**
 * Completion callbacks as a start request may bring them. The service calls back itself alone: the one URL that it takes
 * is the one that it gives to Nexus handlers.
 */
import { InvalidArgumentError, UnimplementedError } from '../errors.js';
import { limits } from '../history/limits.js';
import type { ServiceLimits } from '../history/limits.js';
import { SERVICE_CALLBACK_URL } from '../nexus/callback-token.js';
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';

type Callback = temporal.api.common.v1.ICallback;
type Link = temporal.api.common.v1.ILink;

const LinkMessage = temporalProto.api.common.v1.Link;

/** Throws InvalidArgumentError for a callback that could not be called. */
export function requireCallbacks(
  callbacks: readonly Callback[] | null | undefined,
  { callbacksPerRun }: ServiceLimits,
): readonly Callback[] {
  const all = callbacks ?? [];
  if (all.length > callbacksPerRun) {
    throw new InvalidArgumentError(`cannot attach more than ${callbacksPerRun} callbacks to a workflow`);
  }
  for (const { nexus } of all) {
    if (!nexus) throw new UnimplementedError('unknown callback variant: <nil>');
    requireCallbackUrl(nexus.url ?? '');
    let bytes = 0;
    for (const [key, value] of Object.entries(nexus.header ?? {})) bytes += Buffer.byteLength(key + value);
    if (bytes > limits.callbackHeaderBytes) {
      throw new InvalidArgumentError(
        `invalid header: header size longer than max allowed size of ${limits.callbackHeaderBytes}`,
      );
    }
  }
  return all;
}

/** A link that a callback brings as well is not told twice. */
export function linksBesideCallbacks(
  links: readonly Link[] | null | undefined,
  callbacks: readonly Callback[] | null | undefined,
): Link[] {
  const known = new Set(
    (callbacks ?? []).flatMap((callback) => (callback.nexus ? (callback.links ?? []) : [])).map(key),
  );
  return (links ?? []).filter((link) => !known.has(key(link)));
}

const key = (link: Link): string => Buffer.from(LinkMessage.encode(link).finish()).toString('latin1');

function requireCallbackUrl(url: string): void {
  if (url === SERVICE_CALLBACK_URL) return;
  if (url.length > limits.callbackUrlLength) {
    throw new InvalidArgumentError(
      `invalid url: url length longer than max length allowed of ${limits.callbackUrlLength}`,
    );
  }
  if (!/^https?:/i.test(url)) throw new InvalidArgumentError(`invalid url: unknown scheme: ${url}`);
  throw new InvalidArgumentError(`invalid url: url does not match any configured callback address: ${url}`);
}
