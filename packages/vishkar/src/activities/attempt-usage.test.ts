import { appendFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@vishkar/testkit';
import { describe, expect, it } from 'vitest';
import { AttemptUsage, usedBefore } from './attempt-usage.js';

const used = (inputTokens: number, costUsd?: number) => {
  return { source: 'proxy' as const, inputTokens, ...(costUsd === undefined ? {} : { costUsd }) };
};

describe('the record of an attempt', () => {
  it('is told of by whoever comes next, until it is counted', async () => {
    const folder = temporaryFolder('usage');
    const first = new AttemptUsage(folder, 'run-1/5/1');
    await Promise.all([first.add(used(10, 0.5)), first.add(used(5, 0.25)), first.add(used(1))]);
    const look = async (own: string, settled: readonly string[] = []) =>
      await usedBefore(folder, { runId: 'run-1', own, settled });
    const told = [{ marker: 'run-1/5/1', usage: { source: 'proxy', inputTokens: 16, costUsd: 0.75 } }];
    expect(await look('run-1/5/2')).toEqual(told);
    expect(await look('run-1/5/3')).toEqual(told);
    expect(await look('run-1/5/1')).toEqual([]);
    expect(await look('run-1/6/1', ['run-1/5/1'])).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('says what stands in it when its last line was cut off', async () => {
    const folder = temporaryFolder('usage');
    await new AttemptUsage(folder, 'run-1/5/1').add(used(10));
    appendFileSync(join(folder, 'run-1_5_1.jsonl'), '{"source":"proxy","inputTok');
    const [told] = await usedBefore(folder, { runId: 'run-1', own: '', settled: [] });
    expect(told?.usage).toEqual(used(10));
  });

  it('of an earlier run of the story is none of this one', async () => {
    const folder = temporaryFolder('usage');
    await new AttemptUsage(folder, 'run-0/5/1').add(used(10));
    expect(await usedBefore(folder, { runId: 'run-1', own: '', settled: [] })).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  });
});
