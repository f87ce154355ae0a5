/**
 * Precision, recall and F1 of findings against the faults that are there. One finding stands for one fault at most, and one fault
 * counts once: what names a fault a second time is as false as what names none.
 */
import type { LabelledChange, LabelledReport } from './labelled-change.js';

/** A finding as a scorer sees it: all reports that it is made of. */
export type Found = readonly LabelledReport[];

export interface Score {
  readonly findings: number;
  readonly faults: number;
  /** Faults that were found. */
  readonly found: number;
  /** 0 to 1; of nothing reported it is 1. */
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

export function scoreOf(
  reviewed: readonly { readonly change: LabelledChange; readonly found: readonly Found[] }[],
): Score {
  const total = (count: (each: (typeof reviewed)[number]) => number) =>
    reviewed.reduce((sum, each) => sum + count(each), 0);
  const findings = total(({ found }) => found.length);
  const faults = total(({ change }) => change.faults.length);
  const found = total((each) => faultsFound(each.found));
  const precision = findings === 0 ? 1 : found / findings;
  const recall = faults === 0 ? 1 : found / faults;
  return {
    findings,
    faults,
    found,
    precision,
    recall,
    f1: found === 0 ? 0 : (2 * precision * recall) / (precision + recall),
  };
}

/** The most faults that can be given each a finding of its own (augmenting paths). */
export function faultsFound(findings: readonly Found[]): number {
  const finds = findings.map((reports) => [...new Set(reports.flatMap((report) => report.finds))]);
  const finderOf = new Map<string, number>();
  const canTake = (finding: number, tried: Set<string>): boolean => {
    for (const fault of finds[finding] ?? []) {
      if (tried.has(fault)) continue;
      tried.add(fault);
      const finder = finderOf.get(fault);
      if (finder !== undefined && !canTake(finder, tried)) continue;
      finderOf.set(fault, finding);
      return true;
    }
    return false;
  };
  return finds.filter((_, finding) => canTake(finding, new Set())).length;
}
