import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@vishkar/testkit';
import { describe, expect, it } from 'vitest';
import { FileNotifier } from './file-notifier.js';

const MESSAGE = { storyKey: 'DEMO-1', title: 'Approval needed', body: 'Line one\nline two' };

describe('FileNotifier', () => {
  it('writes each marker once, over restarts and in parallel', async () => {
    const path = join(temporaryFolder('outbox'), 'deep', 'outbox.jsonl');
    const notifier = new FileNotifier({ path, now: () => new Date('2026-01-02T03:04:05Z') });
    const receipts = await Promise.all(['a', 'a', 'b'].map((marker) => notifier.send(MESSAGE, marker)));
    expect(receipts.map((receipt) => receipt.adopted)).toEqual([false, true, false]);
    const later = await new FileNotifier({ path }).send(MESSAGE, 'a');
    expect(later).toEqual({ channel: 'file', marker: 'a', deliveredAt: '2026-01-02T03:04:05.000Z', adopted: true });
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { ...MESSAGE, marker: 'a' },
      { ...MESSAGE, marker: 'b' },
    ]);
  });

  it('delivers again what a kill cut off in the middle of its line', async () => {
    const path = join(temporaryFolder('outbox'), 'outbox.jsonl');
    appendFileSync(path, '{"deliveredAt":"2026-01-02T03:04:05Z","marker":"a","stor');
    const notifier = new FileNotifier({ path });
    expect((await notifier.send(MESSAGE, 'a')).adopted).toBe(false);
    expect((await notifier.send(MESSAGE, 'a')).adopted).toBe(true);
  });
});
