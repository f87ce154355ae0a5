import fc from 'fast-check';
import { expect, it } from 'vitest';
import { materialOf } from '../../test/support/scripted-panelist.js';
import { ANGLES, SEVERITIES } from '../domain/finding.js';
import type { AngleReview } from '../domain/finding.js';
import { distinctFindings } from '../domain/gate.js';
import { tableClaims } from './claim-table.js';
import { concludeDiscussion } from './consensus.js';

const material = materialOf('one', 'two', 'two', 'three');

const claim = fc.record({
  severity: fc.constantFrom(...SEVERITIES),
  category: fc.constantFrom('a', 'b'),
  issue: fc.constantFrom('x', 'y', 'z'),
  file: fc.constantFrom('src/a.ts', 'src/b.ts'),
  line: fc.integer({ min: 0, max: 6 }),
  suggestion: fc.constantFrom('s', 't'),
  source: fc.constantFrom('p', 'q'),
});
const opened = fc.dictionary(fc.constantFrom('p', 'q', 'r'), fc.array(claim, { maxLength: 6 })).map((byName) =>
  Object.entries(byName).map(([name, claims]) => ({
    name,
    kind: name === 'r' ? ('analyzer' as const) : ('model' as const),
    opening: { status: 'ran' as const, claims },
  })),
);
const shuffled = opened.chain((list) =>
  fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length, maxLength: list.length })),
);

const rank = (severity: (typeof SEVERITIES)[number]) => SEVERITIES.indexOf(severity);

it('claims on the table do not depend on who was done first', () => {
  fc.assert(
    fc.property(shuffled, ([left, right]) => {
      expect(tableClaims(right, material)).toEqual(tableClaims(left, material));
    }),
  );
});

it('no claim gets lost or weaker: one in the same file that is as grave at least names its maker', () => {
  fc.assert(
    fc.property(opened, (list) => {
      const table = tableClaims(list, material);
      expect(new Set(table.map(({ id }) => id)).size).toBe(table.length);
      for (const { name, opening } of list)
        for (const made of opening.claims)
          expect(
            table.some(
              ({ file, reportedBy, severity }) =>
                file === made.file && reportedBy.includes(name) && rank(severity) <= rank(made.severity),
            ),
          ).toBe(true);
    }),
  );
});

it("an analyzer's own places stay: every line that a rule names is on the table", () => {
  fc.assert(
    fc.property(opened, (list) => {
      const table = tableClaims(list, material);
      for (const { kind, opening } of list)
        if (kind === 'analyzer')
          for (const { file, line } of opening.claims)
            expect(table.some((claim) => claim.file === file && claim.line === line)).toBe(true);
    }),
  );
});

/** The reviews of several angles over the same material, each with claims of its own. */
const reviews = fc.array(opened, { minLength: 1, maxLength: 4 }).map((lists) =>
  lists.map((list, index): AngleReview => {
    const angle = ANGLES[index] ?? 'quality';
    const discussion = {
      openings: new Map(),
      claims: tableClaims(list, material),
      votes: [],
      turns: 0,
      settled: true,
    };
    const findings = [...concludeDiscussion(angle, [], discussion, material).findings];
    const panelists = [{ name: 'p', kind: 'analyzer' as const, version: '1', status: 'ran' as const }];
    return { angle, headSha: 'h', round: 1, panelists, discussionTurns: 0, consensus: true, dissent: [], findings };
  }),
);

it('fusion over angles: one finding per id, as grave as the gravest, and fusing again changes nothing', () => {
  fc.assert(
    fc.property(reviews, (list) => {
      const fused = distinctFindings(list);
      expect(new Set(fused.map(({ id }) => id)).size).toBe(fused.length);
      for (const finding of list.flatMap((review) => review.findings)) {
        const kept = fused.find(({ id }) => id === finding.id);
        expect(rank(kept?.severity ?? 'low')).toBeLessThanOrEqual(rank(finding.severity));
        expect(kept?.grounded).toBe(finding.grounded);
        expect(kept?.angles).toEqual(expect.arrayContaining(finding.angles));
      }
      const [first] = list;
      if (first !== undefined) expect(distinctFindings([{ ...first, findings: fused }])).toEqual(fused);
    }),
  );
});

it('fusion over angles: who comes first decides wording only', () => {
  fc.assert(
    fc.property(reviews, (list) => {
      const essence = (order: readonly AngleReview[]) =>
        distinctFindings(order).map(({ id, severity, grounded, angles, reportedBy }) => [
          id,
          severity,
          grounded,
          angles,
          reportedBy,
        ]);
      expect(essence([...list].reverse())).toEqual(essence(list));
    }),
  );
});
