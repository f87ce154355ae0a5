import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { angleReview, finding } from '../../../test/support/scripted-activities.js';
import { ANGLES } from '../../domain/finding.js';
import type { AngleReview, Finding } from '../../domain/finding.js';
import {
  decideFinding,
  EMPTY_LEDGER,
  findTracked,
  openFindings,
  repeatedFindings,
} from '../../domain/finding-ledger.js';
import type { FindingLedger, TrackedFinding } from '../../domain/finding-ledger.js';
import { parseDiff } from '../../git/parse-diff.js';
import { claimId } from '../finding-identity.js';
import { anchorAt } from './anchor.js';
import { placeNow } from './line-map.js';
import { settleFindings } from './settle-findings.js';

const FILE = 'src/a.ts';

/** A whole-file diff with all lines in it: what git would say, in one hunk. Lines are tagged, so equal tags are the same line. */
function diffOf(before: readonly string[], after: readonly string[]) {
  // The longest common run, by the table that every diff is built on.
  const table = Array.from({ length: before.length + 1 }, () => new Array<number>(after.length + 1).fill(0));
  const at = (i: number, j: number) => table[i]?.[j] ?? 0;
  for (let i = before.length - 1; i >= 0; i -= 1)
    for (let j = after.length - 1; j >= 0; j -= 1)
      (table[i] ?? [])[j] = before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const body: string[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length)
    if (i < before.length && j < after.length && before[i] === after[j]) {
      body.push(` ${before[i] ?? ''}`);
      i += 1;
      j += 1;
    } else if (i < before.length && (j === after.length || at(i + 1, j) >= at(i, j + 1))) {
      body.push(`-${before[i] ?? ''}`);
      i += 1;
    } else {
      body.push(`+${after[j] ?? ''}`);
      j += 1;
    }
  const hunk = `@@ -1,${String(before.length)} +1,${String(after.length)} @@`;
  return parseDiff([`diff --git a/${FILE} b/${FILE}`, `--- a/${FILE}`, `+++ b/${FILE}`, hunk, ...body, ''].join('\n'));
}

function found(text: readonly string[], line: number, over: Partial<Finding> = {}): Finding {
  const category = over.category ?? 'code-injection';
  const claim = { severity: 'high', category, issue: '', file: FILE, line, suggestion: '', source: 'x' } as const;
  const id = claimId(claim, { path: FILE, text: text.join('\n'), diff: undefined as never });
  return finding({ id, file: FILE, line, category, ...over });
}

/** Settles one round per text; each text is the file at that round's commit. */
class Rounds {
  ledger: FindingLedger = EMPTY_LEDGER;
  readonly #texts: (readonly string[])[] = [];

  settle(text: readonly string[], findings: readonly Finding[], reviews?: readonly AngleReview[]): FindingLedger {
    const headSha = `head-${String(this.#texts.push(text))}`;
    this.ledger = settleFindings(this.ledger, {
      headSha,
      reviews:
        reviews ??
        ANGLES.map((angle) =>
          angleReview(
            angle,
            headSha,
            1,
            findings.filter((each) => each.angles.includes(angle)),
          ),
        ),
      anchorOf: ({ line }) => anchorAt(text.join('\n'), line),
      placeOf: (entry: TrackedFinding) => {
        const before = this.#texts[Number(entry.headSha.slice('head-'.length)) - 1] ?? [];
        return placeNow(before === text ? [] : diffOf(before, text), entry.finding.file, entry.finding.line);
      },
    });
    return this.ledger;
  }

  get states() {
    return this.ledger.findings.map(({ finding: { id }, state }) => `${id} ${state}`);
  }
}

const lines = fc
  .uniqueArray(fc.integer({ min: 0, max: 99 }), { minLength: 3, maxLength: 12 })
  .map((numbers) => numbers.map((n) => `line${String(n)}(x);`));

describe('a finding keeps its identity', () => {
  it('while lines come and go around it, whatever its line number', () => {
    fc.assert(
      fc.property(
        lines,
        fc.nat(),
        fc.array(fc.tuple(fc.nat(), fc.constantFrom('insert', 'remove')), { maxLength: 8 }),
        (before, pick, edits) => {
          const at = pick % before.length;
          const fault = before[at] ?? '';
          const after = [...before];
          for (const [index, [where, kind]] of edits.entries()) {
            const place = where % (after.length + 1);
            if (kind === 'insert') after.splice(place, 0, `new${String(index)}();`);
            else if (after[place] !== undefined && after[place] !== fault) after.splice(place, 1);
          }
          const rounds = new Rounds();
          rounds.settle(before, [found(before, at + 1)]);
          const [first] = openFindings(rounds.ledger);
          const line = after.indexOf(fault) + 1;
          // Said by a model this time, of another angle, and in other words.
          rounds.settle(after, [found(after, line, { issue: 'eval of what a user typed', angles: ['quality'] })]);
          expect(openFindings(rounds.ledger).map(({ id, line: now }) => [id, now])).toEqual([[first?.id, line]]);
          expect(repeatedFindings({ ...rounds.ledger, findings: rounds.ledger.findings }, rounds.ledger)).toHaveLength(
            1,
          );
        },
      ),
    );
  });

  it('when its line is edited and the fault stays', () => {
    const rounds = new Rounds();
    const [before, after] = [
      ['const a = 1;', 'return eval(text);', 'export {};'],
      ['const a = 1;', '// by the rules', 'return eval(text.trim());', 'export {};'],
    ];
    rounds.settle(before, [found(before, 2)]);
    const id = openFindings(rounds.ledger)[0]?.id;
    rounds.settle(after, [found(after, 3)]);
    expect(rounds.states).toEqual([`${String(id)} open`]);
  });

  it('when of two equal lines the first is mended: the other one is still itself', () => {
    const rounds = new Rounds();
    const before = ['f(() => {', 'eval(a);', '});', 'g(() => {', 'eval(a);', '});'];
    const after = ['f(() => {', 'parse(a);', '});', 'g(() => {', 'eval(a);', '});'];
    const [first, second] = [found(before, 2), found(before, 5)];
    rounds.settle(before, [first, second]);
    rounds.settle(after, [found(after, 5)]);
    expect(findTracked(rounds.ledger, first.id)).toMatchObject({ state: 'fixed' });
    expect(rounds.ledger.findings.find(({ finding: { id } }) => id === second.id)).toMatchObject({ state: 'open' });
  });

  it('when its block moves to another place of the file', () => {
    const rounds = new Rounds();
    const block = ['function f(a) {', '  return eval(a);', '}'];
    const rest = ['const x = 1;', 'const y = 2;', 'const z = 3;', 'const w = 4;'];
    const [before, after] = [
      [...block, ...rest],
      [...rest, ...block],
    ];
    rounds.settle(before, [found(before, 2)]);
    rounds.settle(after, [found(after, 6)]);
    expect(rounds.ledger.findings).toHaveLength(1);
  });
});

it('no two findings of a round are one entry, none is lost, and angles may come in any order', () => {
  const text = ['a();', 'b();', 'c();', 'd();'];
  const some = fc.array(
    fc.record({
      line: fc.integer({ min: 0, max: 4 }),
      category: fc.constantFrom('x', 'y'),
      angles: fc.constantFrom(['security'] as const, ['quality'] as const),
      reportedBy: fc.constantFrom('eslint/a', 'm'),
    }),
    { maxLength: 6 },
  );
  fc.assert(
    fc.property(some, some, (one, two) => {
      const run = (order: 1 | -1) => {
        const rounds = new Rounds();
        for (const round of [one, two]) {
          const findings = round.map(({ angles, reportedBy, ...over }) =>
            found(text, over.line, { ...over, angles: [...angles], reportedBy: [reportedBy] }),
          );
          const reviews = ANGLES.map((angle) =>
            angleReview(
              angle,
              'h',
              1,
              findings.filter((each) => each.angles.includes(angle)),
            ),
          );
          rounds.settle(text, [], order === 1 ? reviews : reviews.reverse());
          const ids = rounds.ledger.findings.map(({ finding: { id } }) => id);
          expect(new Set(ids).size).toBe(ids.length);
          const known = new Set(rounds.ledger.findings.flatMap(({ finding: { id }, aliases }) => [id, ...aliases]));
          for (const { id } of findings) expect(known).toContain(id);
        }
        return rounds.ledger.findings.map(({ finding: { id, line, category }, state }) => [id, line, category, state]);
      };
      expect(run(-1)).toEqual(run(1));
    }),
    { numRuns: 40 },
  );
});

it('what two angles say in different words about one place is one finding of both', () => {
  const text = ['function f() {', '  return eval(a);', '}'];
  const rounds = new Rounds();
  rounds.settle(text, [
    found(text, 2, { category: 'code-injection', issue: '`eval(a)` executes the text of a user', reportedBy: ['m'] }),
    found(text, 2, {
      ...{ category: 'unsafe-eval', issue: '`eval(a)` executes whatever text the user gives', angles: ['quality'] },
      reportedBy: ['m'],
    }),
  ]);
  expect(openFindings(rounds.ledger).map(({ angles }) => angles)).toEqual([['security', 'quality']]);
});

describe('a finding counts as fixed', () => {
  const text = ['eval(a);'];

  it('when who found it has looked again', () => {
    const rounds = new Rounds();
    rounds.settle(text, [found(text, 1)]);
    rounds.settle(['parse(a);'], []);
    expect(rounds.ledger.findings).toMatchObject([{ state: 'fixed', lastRound: 1 }]);
  });

  it('not when nobody who found it could look', () => {
    const rounds = new Rounds();
    rounds.settle(text, [found(text, 1)]);
    const blind = ANGLES.map((angle) => ({
      ...angleReview(angle, 'head-2', 2),
      panelists: [
        { name: 'eslint', kind: 'analyzer' as const, version: '1', status: 'failed' as const },
        { name: 'other', kind: 'analyzer' as const, version: '1', status: 'ran' as const },
      ],
    }));
    rounds.settle(['parse(a);'], [], blind);
    expect(rounds.ledger.findings).toMatchObject([{ state: 'open' }]);
  });
});

describe('what was refuted or accepted', () => {
  const text = ['first();', 'eval(a);', 'last();'];
  const fault = found(text, 2);
  const decided = (verdict: 'refuted' | 'accepted') => {
    const rounds = new Rounds();
    rounds.settle(text, [fault]);
    rounds.ledger = decideFinding(rounds.ledger, { id: fault.id, verdict, by: 'Ann', reason: 'only in tests' });
    return rounds;
  };

  it.each(['refuted', 'accepted'] as const)(
    '%s by a person stays so while its line is the same, whoever says it again',
    (verdict) => {
      const rounds = decided(verdict);
      const moved = ['zeroth();', ...text];
      rounds.settle(moved, [found(moved, 3, { reportedBy: ['somebody else'], issue: 'eval is evil' })]);
      expect(rounds.states).toEqual([`${fault.id} ${verdict}`]);
      expect(rounds.ledger.findings[0]?.decision).toMatchObject({ by: 'Ann', reason: 'only in tests' });
    },
  );

  it('is raised again when its line is another one, or the fault is graver', () => {
    const edited = decided('accepted');
    const after = ['first();', 'eval(a + b);', 'last();'];
    edited.settle(after, [found(after, 2)]);
    expect(edited.states).toEqual([`${fault.id} open`]);
    const graver = decided('accepted');
    graver.settle(text, [{ ...fault, severity: 'critical' }]);
    expect(graver.states).toEqual([`${fault.id} open`]);
  });

  it('by a panel is raised again by a new voice or a rule, and not by the same voices', () => {
    const claim = found(text, 2, { reportedBy: ['m1'] });
    const fallen = (rounds: Rounds) =>
      rounds.settle(
        text,
        [],
        [{ ...angleReview('security', 'head-1', 1), refuted: [{ claim, reason: 'm2: a constant' }] }],
      );
    const again = (reportedBy: string[]) => {
      const rounds = new Rounds();
      fallen(rounds);
      expect(rounds.ledger.findings).toMatchObject([{ state: 'refuted', decision: { by: 'the security panel' } }]);
      rounds.settle(text, [{ ...claim, reportedBy }]);
      return rounds.ledger.findings[0]?.state;
    };
    expect(again(['m1'])).toBe('refuted');
    expect(again(['m1', 'm3'])).toBe('open');
    expect(again(['eslint/no-eval', 'm1'])).toBe('open');
  });

  it('does not fall in one panel when another one upholds it', () => {
    const rounds = new Rounds();
    const refuted = [{ claim: { ...fault, reportedBy: ['m1'] }, reason: 'm2: no' }];
    rounds.settle(
      text,
      [],
      [{ ...angleReview('quality', 'head-1', 1), refuted }, angleReview('security', 'head-1', 1, [fault])],
    );
    expect(rounds.ledger.findings).toMatchObject([{ state: 'open' }]);
  });
});

describe('findings repeat', () => {
  const [a, b] = [
    ['eval(a);', 'end();'],
    ['exec(a);', 'end();'],
  ];
  const evalFault = found(a, 1);
  const execFault = found(b, 1, { category: 'command-injection', issue: 'a shell runs what the user typed' });

  it('when a turn mends nothing of what blocks, and when a fault is back that was fixed', () => {
    const rounds = new Rounds();
    const first = rounds.settle(a, [evalFault]);
    const second = rounds.settle(b, [execFault]);
    expect(repeatedFindings(first, second)).toEqual([]);
    const third = rounds.settle(a, [evalFault]);
    expect(repeatedFindings(second, third)).toEqual([
      `${evalFault.id} (${evalFault.issue}) is back after it was fixed`,
    ]);
    const fourth = rounds.settle(a, [evalFault]);
    expect(repeatedFindings(third, fourth)).toEqual([`${evalFault.id} (${evalFault.issue}) is still there`]);
  });

  it('not while some of them go, nor when nothing blocks', () => {
    const text = ['eval(a);', 'exec(b);'];
    const rounds = new Rounds();
    const first = rounds.settle(text, [found(text, 1), found(text, 2, { category: 'command-injection' })]);
    const second = rounds.settle(['eval(a);', 'run(b);'], [found(text, 1)]);
    expect(repeatedFindings(first, second)).toEqual([]);
    expect(repeatedFindings(EMPTY_LEDGER, EMPTY_LEDGER)).toEqual([]);
  });
});
