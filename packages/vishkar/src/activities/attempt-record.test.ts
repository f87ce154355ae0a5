import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@vishkar/testkit';
import { describe, expect, it } from 'vitest';
import { AttemptRecord, attemptsBefore, failedAttempts, finishedSteps, lastSession } from './attempt-record.js';

const hide = (text: string) => text.replaceAll('secret', '***');

describe('the record of an attempt', () => {
  it('tells the next one its session and its steps, with secrets hidden, also when its last line was cut off', async () => {
    const folders = temporaryFolder('attempts');
    const folder = join(folders, 'implement-1-5-attempt-1');
    const record = await AttemptRecord.open({ folder, heartbeatIntervalMs: 9_600, hide });
    record.progress({ bytes: 0, toolCalls: 0 });
    record.progress({ sessionId: 's', resumed: true, bytes: 1, toolCalls: 1 });
    record.progress({ sessionId: 's', resumed: true, bytes: 2, toolCalls: 1 });
    record.step({ title: 'echo secret', digest: 'd' });
    await record.close('timeout');
    appendFileSync(join(folder, 'attempt.jsonl'), '{"type":"sess');
    const attempts = await attemptsBefore(folders, (name) => name.startsWith('implement-1-'));
    expect(attempts.map((lines) => lines.map(({ type }) => type))).toEqual([['begin', 'session', 'step', 'end']]);
    expect([lastSession(attempts), finishedSteps(attempts)]).toEqual(['s', ['echo ***']]);
    expect(await attemptsBefore(folders, (name) => name.startsWith('fix-tests-1-'))).toEqual([]);
    expect(await attemptsBefore(join(folders, 'none'), () => true)).toEqual([]);
  });

  it('counts as a failure when the engine brought it to a bad end, not when it was killed with its worker', () => {
    const ended = (outcome: string) => [{ type: 'end' as const, at: 2, outcome }];
    expect(failedAttempts([[{ type: 'alive', at: 1 }], ended('edited'), ended('cancelled')])).toBe(0);
    expect(failedAttempts([ended('engine_error'), [], ended('timeout')])).toBe(2);
  });
});
