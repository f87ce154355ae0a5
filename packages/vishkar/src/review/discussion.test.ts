import { afterEach, describe, expect, it, vi } from 'vitest';
import { claimAt, materialOf, scriptedPanelist } from '../../test/support/scripted-panelist.js';
import { discuss } from './discussion.js';
import type { Disputed, Vote } from './panelist.js';

const material = materialOf('one', 'two', 'three');
const options = { maxTurns: 3, signal: new AbortController().signal, onProgress: () => undefined };
const all = (vote: Vote['vote']) => (disputed: readonly Disputed[]) =>
  disputed.map(({ claim }) => ({ claimId: claim.id, vote, reason: vote }));

describe('a discussion', () => {
  it('ends at once when nobody claims anything', async () => {
    const panel = [scriptedPanelist('a', []), scriptedPanelist('b', [])];
    expect(await discuss(panel, material, options)).toMatchObject({ claims: [], votes: [], turns: 0, settled: true });
  });

  it('ends when a turn changes no vote', async () => {
    const panel = [scriptedPanelist('a', [claimAt(1)]), scriptedPanelist('b', [], all('confirm'))];
    const discussion = await discuss(panel, material, options);
    expect(discussion).toMatchObject({ turns: 2, settled: true });
    expect(discussion.votes.map(({ by, vote }) => `${by} ${vote}`)).toEqual(['b confirm']);
  });

  it.each([0, 1, 2, 7])('ends after %i turns when a vote changes in each of them', async (maxTurns) => {
    const restless = (disputed: readonly Disputed[], turn: number) =>
      all(turn % 2 === 0 ? 'confirm' : 'abstain')(disputed);
    const panel = [scriptedPanelist('a', [claimAt(1)]), scriptedPanelist('b', [], restless)];
    const { turns, settled } = await discuss(panel, material, { ...options, maxTurns });
    expect([turns, settled]).toEqual([maxTurns, maxTurns === 0]);
  });

  it('gives each the claims of the others, and its own ones once they are refuted, with what was said', async () => {
    const asked: string[] = [];
    const note = (name: string, vote: Vote['vote']) => (disputed: readonly Disputed[], turn: number) => {
      for (const { claim, isOwn, said } of disputed)
        asked.push(
          `${String(turn)} ${name} line ${String(claim.line)}${isOwn ? ' own' : ''} [${said.map(({ by }) => by).join()}]`,
        );
      return all(vote)(disputed);
    };
    const panel = [
      scriptedPanelist('a', [claimAt(1)], note('a', 'confirm')),
      scriptedPanelist(
        'b',
        [claimAt(2, { category: 'endless-wait', issue: 'nothing ends this loop' })],
        note('b', 'refute'),
      ),
    ];
    await discuss(panel, material, { ...options, maxTurns: 2 });
    expect(asked.sort()).toEqual(
      ['1 a line 2 []', '1 b line 1 []', '2 a line 1 own [b]', '2 a line 2 [a]', '2 b line 1 [b]'].sort(),
    );
  });

  it('puts the same fault on the table once, whoever sees it, with the gravest severity', async () => {
    const panel = [scriptedPanelist('a', [claimAt(1, { severity: 'low' })]), scriptedPanelist('b', [claimAt(1)])];
    const { claims } = await discuss(panel, material, options);
    expect(claims).toEqual([expect.objectContaining({ severity: 'high', reportedBy: ['a', 'b'] })]);
  });

  it('is the same in whichever order panelists are done', async () => {
    const run = async (order: readonly number[]) => {
      const panel = [
        scriptedPanelist('a', [claimAt(1), claimAt(3)], all('refute')),
        scriptedPanelist(
          'b',
          [claimAt(2, { category: 'endless-wait', issue: 'nothing ends this loop' })],
          all('confirm'),
        ),
      ];
      return await discuss(
        order.flatMap((index) => panel[index] ?? []),
        material,
        options,
      );
    };
    const [left, right] = [await run([0, 1]), await run([1, 0])];
    expect([left.claims, left.votes]).toEqual([right.claims, right.votes]);
  });
});

describe('a discussion that is aborted', () => {
  it.each(['open', 'judge'] as const)('ends at once, also when a panelist never answers (%s)', async (at) => {
    const abort = new AbortController();
    const silent = scriptedPanelist('b', []);
    const never = () => {
      abort.abort(new Error('the step was cancelled'));
      return new Promise<never>(() => undefined);
    };
    const panel = [scriptedPanelist('a', [claimAt(1)]), { ...silent, [at]: never }];
    await expect(discuss(panel, material, { ...options, signal: abort.signal })).rejects.toThrow();
  });
});

describe('the graph', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('prints nothing', async () => {
    const printed: unknown[] = [];
    for (const stream of [process.stdout, process.stderr])
      vi.spyOn(stream, 'write').mockImplementation((text) => printed.push(text) > 0);
    for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const)
      vi.spyOn(console, method).mockImplementation((...texts) => void printed.push(texts));
    const warn = (warning: Error) => void printed.push(warning.message);
    process.on('warning', warn);
    // Enough steps that listeners left behind on the signal would be warned about.
    for (let count = 0; count < 12; count += 1) {
      const seats = ['b', 'c', 'd', 'e'].map((name) => scriptedPanelist(name, [], all('refute')));
      await discuss([scriptedPanelist('a', [claimAt(1)]), ...seats], material, options);
    }
    const many = Array.from({ length: 12 }, (_, seat) => scriptedPanelist(`seat-${String(seat)}`, []));
    await discuss(many, material, options);
    const broken = { ...scriptedPanelist('c', []), open: () => Promise.reject(new Error('broken')) };
    await expect(discuss([broken, scriptedPanelist('d', [])], material, options)).rejects.toThrow('broken');
    // Warnings are given on the next tick.
    await new Promise(setImmediate);
    process.off('warning', warn);
    expect(printed).toEqual([]);
  });
});
