import { describe, expect, it } from 'vitest';
import type { Guidance } from '../domain/guidance.js';
import { StorySteering } from './steering.js';

const says = (text: string): Guidance => {
  return { step: 'implement', question: '', by: 'Ann', at: '2026-11-27T12:00:00Z', text, holdsFor: 'story' };
};

describe('what people say while an engine works', () => {
  it('comes once, and not what the prompt held already; a look that fails is made again', async () => {
    const looks: (() => Guidance[])[] = [
      () => [says('known')],
      () => {
        throw new Error('the service is away');
      },
      () => [says('known'), says('first')],
      () => [says('known'), says('first'), says('second'), says('third')],
    ];
    const look = async () => await Promise.resolve((looks.shift() ?? (() => []))());
    const steering = new StorySteering({ look, known: [says('known')], everyMs: 1 });
    const { signal } = new AbortController();
    expect(await steering.next(signal)).toEqual([says('first')]);
    expect(await steering.next(signal)).toEqual([says('second'), says('third')]);
    expect(steering.handedOut.map(({ text }) => text)).toEqual(['first', 'second', 'third']);
  });

  it('that comes after the end of the turn is handed to nobody', async () => {
    const over = new AbortController();
    const look = async () => {
      over.abort();
      return await Promise.resolve([says('late')]);
    };
    const steering = new StorySteering({ look, known: [], everyMs: 1 });
    await expect(steering.next(over.signal)).rejects.toThrow();
    expect(steering.handedOut).toEqual([]);
  });
});
