import { describe, expect, it } from 'vitest';
import { readProviderLimit } from './provider-limit.js';

const NOW = Date.parse('2026-01-02T03:04:05Z');
const limit = (headers: Record<string, string>, body?: unknown, status = 429) =>
  readProviderLimit(status, new Headers(headers), body, NOW);
const secondsUntil = (headers: Record<string, string>, body?: unknown) => {
  const at = limit(headers, body)?.resumesAtMs;
  return at === undefined ? undefined : (at - NOW) / 1000;
};

describe('what a provider says about its limit', () => {
  it.each<[string, Record<string, string>, unknown, number | undefined]>([
    ['seconds in retry-after', { 'retry-after': '3600' }, {}, 3600],
    ['a date in retry-after', { 'retry-after': 'Fri, 02 Jan 2026 04:04:05 GMT' }, {}, 3600],
    ['milliseconds in retry-after-ms', { 'retry-after-ms': '1500' }, {}, 1.5],
    ['the time of a used-up plan', {}, { error: { type: 'usage_limit_reached', resets_at: NOW / 1000 + 7200 } }, 7200],
    [
      'the seconds of a used-up plan',
      {},
      { error: { type: 'usage_limit_reached', resets_in_seconds: 18_000 } },
      18_000,
    ],
    [
      "Google's RetryInfo",
      {},
      {
        error: {
          status: 'RESOURCE_EXHAUSTED',
          details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '41.5s' }],
        },
      },
      41.5,
    ],
    [
      'the counter of Anthropic that stands at zero',
      {
        'anthropic-ratelimit-requests-remaining': '7',
        'anthropic-ratelimit-requests-reset': '2026-01-02T09:00:00Z',
        'anthropic-ratelimit-tokens-remaining': '0',
        'anthropic-ratelimit-tokens-reset': '2026-01-02T03:05:05Z',
      },
      {},
      60,
    ],
    ["OpenAI's duration", { 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '6m0s' }, {}, 360],
    ['nothing', {}, { error: { code: 'insufficient_quota', message: 'Try again in 20 days' } }, undefined],
    ['nothing that can be read', { 'retry-after': 'soon' }, 'plain text', undefined],
  ])('reads %s', (_what, headers, body, seconds) => {
    expect(secondsUntil(headers, body)).toBe(seconds);
  });

  it('names it by the provider’s code, never by its prose', () => {
    expect(limit({}, { error: { code: 'insufficient_quota' } })?.kind).toBe('insufficient_quota');
    expect(limit({}, { error: { code: 'You have used your share, sk-secret', type: 'rate_limit_error' } })?.kind).toBe(
      'rate_limit_error',
    );
    expect(limit({}, undefined)?.kind).toBe('rate_limit');
  });

  it('takes no other status for a limit', () => {
    expect(limit({ 'retry-after': '60' }, {}, 503)).toBeUndefined();
    expect(limit({}, {}, 200)).toBeUndefined();
  });
});
