import { waitUntil } from '@vishkar/testkit';
import { describe, expect, it } from 'vitest';
import type { Guidance } from '../domain/guidance.js';
import type { AttemptLine } from './attempt-record.js';
import { StorySteering, toldIn } from './steering.js';

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
    const next = async () => (await steering.next(signal, false)).messages;
    expect(await next()).toEqual([says('first')]);
    expect(await next()).toEqual([says('second'), says('third')]);
    expect(steering.reached.map(({ text }) => text)).toEqual(['first', 'second', 'third']);
  });

  it.each([
    ['is not told again to a session that has heard it', true, 'handed-on', undefined],
    ['is told again, with a word on that, to one that was cut off while it was told', true, 'handing-on', true],
    ['is told to a fresh session, which has heard nothing', false, 'handed-on', false],
  ] as const)('%s', async (_title, resumed, line, maybeAgain) => {
    const first: AttemptLine[] = [{ type: 'session', at: 1, sessionId: 's', resumed: false }];
    let looks = 0;
    const look = async () => {
      looks += 1;
      return await Promise.resolve([says('first'), ...(isLater ? [says('second')] : [])]);
    };
    let isLater = false;
    const { signal } = new AbortController();
    const record = {
      add: async (written: object) => await Promise.resolve(void first.push({ at: 2, ...written } as AttemptLine)),
    };
    const before = new StorySteering({ look, known: [], everyMs: 1, record });
    await before.next(signal, false);
    await before.handingOn();
    // A look goes on beside that, and finds nothing new.
    const over = new AbortController();
    const further = before.next(over.signal, false).catch(() => undefined);
    await waitUntil(() => looks > 2, { what: 'looks that find nothing new' });
    over.abort();
    await further;
    if (line === 'handed-on') await before.handedOn();
    expect(first.at(-1)?.type).toBe(line);

    isLater = true;
    const steering = new StorySteering({ look, known: [], everyMs: 1, told: toldIn([first]) });
    const next = await steering.next(signal, resumed);
    expect(next.messages.map(({ text }) => text)).toEqual(maybeAgain === undefined ? ['second'] : ['first', 'second']);
    expect(next.maybeAgain).toBe(maybeAgain ?? false);
    expect(steering.reached.map(({ text }) => text)).toEqual(['first', 'second']);
  });

  it('that comes after the end of the turn is handed to nobody', async () => {
    const over = new AbortController();
    const look = async () => {
      over.abort();
      return await Promise.resolve([says('late')]);
    };
    const steering = new StorySteering({ look, known: [], everyMs: 1 });
    await expect(steering.next(over.signal, false)).rejects.toThrow();
    expect(steering.reached).toEqual([]);
  });
});
