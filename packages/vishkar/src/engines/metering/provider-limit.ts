/**
 * What a provider says when an account has had its share: until when, from structured fields only. Short pauses are the
 * engine's own business (all of them try again); a window that lasts longer ends the turn, so that the story can wait on a
 * durable timer and no attempt is spent.
 *
 * Sources: RFC 9110 10.2.3 (`retry-after`); the API references of OpenAI (`x-ratelimit-*`, `retry-after-ms`, `error.resets_at`),
 * Anthropic (`anthropic-ratelimit-*`) and Google (`google.rpc.RetryInfo`).
 */
import { z } from 'zod';
import type { ProviderLimit } from '../coding-engine.js';

const word = z
  .string()
  .max(80)
  .regex(/^[A-Za-z_.-]+$/);
const errorSchema = z.object({
  type: word.nullish().catch(undefined),
  code: word.nullish().catch(undefined),
  status: word.nullish().catch(undefined),
  resets_at: z.number().positive().nullish().catch(undefined),
  resets_in_seconds: z.number().nonnegative().nullish().catch(undefined),
  details: z
    .array(z.object({ '@type': z.string().optional(), retryDelay: z.string().optional() }).catch({}))
    .nullish()
    .catch(undefined),
});
const bodySchema = z.object({ error: errorSchema });

const RETRY_INFO = 'type.googleapis.com/google.rpc.RetryInfo';

/** The limit that an answer tells of; undefined when it tells of none. `body` is parsed JSON, or anything else. */
export function readProviderLimit(
  status: number,
  headers: Headers,
  body: unknown,
  nowMs: number,
): ProviderLimit | undefined {
  if (status !== 429) return undefined;
  const parsed = bodySchema.safeParse(Array.isArray(body) ? (body as unknown[])[0] : body);
  const error = parsed.success ? parsed.data.error : undefined;
  const times = [...bodyTimes(error, nowMs), ...headerTimes(headers, nowMs)];
  return {
    // The latest one: what else is used up would only refuse the next call.
    resumesAtMs: times.length === 0 ? undefined : Math.max(...times),
    kind: error?.code ?? error?.type ?? error?.status ?? 'rate_limit',
  };
}

function bodyTimes(error: z.infer<typeof errorSchema> | undefined, nowMs: number): number[] {
  const delay = error?.details?.find((detail) => detail['@type'] === RETRY_INFO)?.retryDelay;
  return known([
    error?.resets_at == null ? undefined : error.resets_at * 1000,
    error?.resets_in_seconds == null ? undefined : nowMs + error.resets_in_seconds * 1000,
    after(nowMs, durationMs(delay)),
  ]);
}

function headerTimes(headers: Headers, nowMs: number): number[] {
  const retryAfterMs = Number(headers.get('retry-after-ms') ?? Number.NaN);
  const stated = known([
    Number.isFinite(retryAfterMs) ? nowMs + retryAfterMs : undefined,
    retryAfter(headers.get('retry-after'), nowMs),
  ]);
  if (stated.length > 0) return stated;
  // Without a plain answer: of the counters that stand at zero, when they are filled again.
  return known(
    [...headers].map(([name, value]) => {
      const counter = /^(anthropic-ratelimit-(.+)|x-ratelimit)-reset(-.+)?$/.exec(name);
      if (counter === null) return undefined;
      const remaining = headers.get(name.replace('-reset', '-remaining'));
      if (remaining !== null && Number(remaining) > 0) return undefined;
      return instant(value) ?? after(nowMs, durationMs(value));
    }),
  );
}

/** RFC 9110: seconds, or an HTTP date. */
function retryAfter(value: string | null, nowMs: number): number | undefined {
  if (value === null) return undefined;
  return /^\d+(\.\d+)?$/.test(value.trim()) ? nowMs + Number(value) * 1000 : instant(value);
}

/** RFC 3339 or an HTTP date; a number this large is seconds since 1970. */
function instant(value: string): number | undefined {
  if (/^\d{10}$/.test(value)) return Number(value) * 1000;
  if (!/[-:]/.test(value)) return undefined;
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? undefined : ms;
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `41s`, `6m0s`, `1h30m`, `250ms`, `2.5s`. */
function durationMs(text: string | undefined): number | undefined {
  if (text === undefined || !/^(\d+(\.\d+)?(ms|[smhd]))+$/.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g)];
  return parts.reduce((total, [, number, unit]) => total + Number(number) * (UNIT_MS[unit ?? ''] ?? 0), 0);
}

const after = (nowMs: number, ms: number | undefined) => (ms === undefined ? undefined : nowMs + ms);
const known = (times: readonly (number | undefined)[]) => times.filter((time): time is number => time !== undefined);

/** Engines wait this long by themselves. */
const SHORT_PAUSE_MS = 60_000;
/** Refusals in a row, without a time, that are no accident any more. */
const REFUSALS = 3;

/** Whether a turn ends for it: a long window, a quota that waiting does not fill, or one refusal after the other. */
export function endsTurn({ resumesAtMs, kind }: ProviderLimit, refusals: number, nowMs: number): boolean {
  if (resumesAtMs !== undefined && resumesAtMs - nowMs > SHORT_PAUSE_MS) return true;
  return kind === 'insufficient_quota' || (resumesAtMs === undefined && refusals >= REFUSALS);
}
