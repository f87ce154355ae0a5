/**
 * Reads a set of reviews from elsewhere, in the form that docs/reviews.md describes, or a folder of the public code review benchmark
 * in its own form (`candidates.json` and `evaluations.json`). Nothing of such a set is kept in this repository.
 */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { SEVERITIES } from '../../../src/domain/finding.js';
import type { LabelledChange } from './labelled-change.js';

const place = { file: z.string().optional(), line: z.number().int().nonnegative().optional() };
const severity = z.preprocess(
  (given) => (typeof given === 'string' ? given.toLowerCase() : given),
  z.enum(SEVERITIES).optional(),
);

/** The documented form. Ids are unique within their pull request; what is not listed in `judgements` does not match. */
export const outsideSetSchema = z.object({
  name: z.string(),
  pullRequests: z.array(
    z.object({
      id: z.string(),
      golden: z.array(z.object({ id: z.string(), text: z.string(), severity, ...place })),
      candidates: z.array(
        z.object({
          id: z.string(),
          tool: z.string(),
          text: z.string(),
          category: z.string().optional(),
          severity,
          ...place,
        }),
      ),
      judgements: z.array(z.object({ candidate: z.string(), golden: z.string() })),
    }),
  ),
});

export type OutsideSet = z.output<typeof outsideSetSchema>;

export function readOutsideSet(path: string): OutsideSet {
  const json = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));
  if (!statSync(path).isDirectory()) return outsideSetSchema.parse(json(path));
  return fromBenchmarkFolder(path, json(join(path, 'candidates.json')), json(join(path, 'evaluations.json')));
}

/** Throws Error when a judgement names what is not there: a score over a set with holes is no score. */
export function changesOf({ pullRequests }: OutsideSet): readonly LabelledChange[] {
  return pullRequests.map(({ id, golden, candidates, judgements }) => {
    const faults = golden.map((each) => each.id);
    const known = new Set(candidates.map((each) => each.id));
    const finds = new Map<string, string[]>();
    for (const { candidate, golden: fault } of judgements) {
      if (!known.has(candidate) || !faults.includes(fault))
        throw new Error(
          `pull request ${id}: a judgement names candidate ${candidate} and golden comment ${fault}, and one is missing`,
        );
      finds.set(candidate, [...(finds.get(candidate) ?? []), fault]);
    }
    const reports = candidates.map(({ id: candidate, tool, text, file, line, category, severity: grade }) => ({
      by: tool,
      text,
      finds: finds.get(candidate) ?? [],
      ...(file === undefined ? {} : { file }),
      ...(line === undefined ? {} : { line }),
      ...(category === undefined ? {} : { category }),
      ...(grade === undefined ? {} : { severity: grade }),
    }));
    return { id, faults, reports };
  });
}

const candidatesSchema = z.record(z.string(), z.record(z.string(), z.array(z.object({ text: z.string() }))));
const evaluationsSchema = z.record(
  z.string(),
  z.record(
    z.string(),
    z.object({
      true_positives: z.array(
        z.object({ golden_comment: z.string(), matched_candidate: z.string(), severity: z.string().nullish() }),
      ),
      false_positives: z.array(z.object({ candidate: z.string() })),
      false_negatives: z.array(z.object({ golden_comment: z.string(), severity: z.string().nullish() })),
    }),
  ),
);

/** Its judge keeps one candidate per tool and golden comment: the one that it was surest of. */
function fromBenchmarkFolder(name: string, candidates: unknown, evaluations: unknown): OutsideSet {
  const said = candidatesSchema.parse(candidates);
  const pullRequests = Object.entries(evaluationsSchema.parse(evaluations)).map(([id, tools]) => {
    const judged = Object.entries(tools);
    const golden = new Map<string, string | null | undefined>();
    for (const [, result] of judged)
      for (const each of [...result.true_positives, ...result.false_negatives])
        golden.set(each.golden_comment, each.severity);
    const goldenIds = new Map([...golden.keys()].map((text, at) => [text, `g${String(at + 1)}`]));
    const texts = judged.map(([tool, result]) => {
      const order = (said[id]?.[tool] ?? []).map(({ text }) => text);
      const matched = result.true_positives.map((each) => each.matched_candidate);
      return {
        tool,
        result,
        texts: [...new Set([...order, ...matched, ...result.false_positives.map((each) => each.candidate)])],
      };
    });
    const idOf = (tool: string, at: number) => `${tool}-${String(at + 1)}`;
    return {
      id,
      golden: [...golden].map(([text, grade]) => ({ id: goldenIds.get(text), text, severity: grade ?? undefined })),
      candidates: texts.flatMap(({ tool, texts: all }) => all.map((text, at) => ({ id: idOf(tool, at), tool, text }))),
      judgements: texts.flatMap(({ tool, texts: all, result }) =>
        result.true_positives.map((each) => ({
          candidate: idOf(tool, all.indexOf(each.matched_candidate)),
          golden: goldenIds.get(each.golden_comment),
        })),
      ),
    };
  });
  return outsideSetSchema.parse({ name, pullRequests });
}
