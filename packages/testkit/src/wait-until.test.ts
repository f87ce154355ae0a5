import { describe, expect, it } from 'vitest';
import { WaitTimeoutError, waitUntil } from './wait-until.js';

describe('waitUntil', () => {
  it('returns the first answer that is neither false, null nor undefined', async () => {
    const answers = [undefined, false, null, 0];
    expect(await waitUntil(() => answers.shift(), { what: 'an answer', intervalMs: 1 })).toBe(0);
  });

  it('takes a condition that throws as "not yet"', async () => {
    let tries = 0;
    const answer = await waitUntil(
      () => {
        if (++tries < 3) throw new Error('connection refused');
        return 'up';
      },
      { what: 'the server', intervalMs: 1 },
    );
    expect(answer).toBe('up');
  });

  it('says what it waited for and how the last try failed', async () => {
    const waiting = waitUntil(() => Promise.reject(new Error('connection refused')), {
      what: 'the server to listen',
      timeoutMs: 5,
      intervalMs: 1,
    });
    await expect(waiting).rejects.toThrow(WaitTimeoutError);
    await expect(waiting).rejects.toThrow(
      'Waited 5 ms for the server to listen; the last try failed: connection refused',
    );
  });

  it('stops when its signal is aborted', async () => {
    const abort = new AbortController();
    const waiting = waitUntil(() => false, { what: 'nothing', intervalMs: 1, signal: abort.signal });
    abort.abort(new Error('the test is over'));
    await expect(waiting).rejects.toThrow(/the test is over|aborted/);
  });
});
