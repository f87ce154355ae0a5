/**
 * All claims of a panel on one table, one per fault: what several panelists say in different words is one claim, the gravest
 * wording stands, and everyone who made it is named. Guards that the table is the same in whichever order panelists were done.
 */
import { SEVERITIES } from '../domain/finding.js';
import { claimId } from './finding-identity.js';
import { DEFAULT_FUSION_MODEL } from './fusion/default-model.js';
import { fuseReports } from './fusion/fuse.js';
import type { Report } from './fusion/report.js';
import type { Claim, Opening, TabledClaim } from './panelist.js';
import type { ReviewMaterial } from './review-material.js';

export interface Opened {
  readonly name: string;
  readonly kind: 'analyzer' | 'model';
  readonly opening: Opening;
}

export function tableClaims(opened: readonly Opened[], material: ReviewMaterial): readonly TabledClaim[] {
  const reports = opened.flatMap(({ name, kind, opening }) =>
    opening.claims.map((claim) => ({ ...reportOf(claim, name), isFact: kind === 'analyzer', claim })),
  );
  const table = new Map<string, TabledClaim>();
  for (const { reports: alike } of fuseReports(inOrder(reports), DEFAULT_FUSION_MODEL)) {
    // What a rule finds in a line is exact: a model's words next to it add a voice, and take nothing away.
    const wordings = alike.some(({ isFact }) => isFact) ? alike.filter(({ isFact }) => isFact) : alike;
    const [claim] = wordings.map((each) => each.claim).sort((a, b) => (isBefore(a, b) ? -1 : 1));
    if (claim === undefined) continue;
    const severity =
      SEVERITIES.find((each) => alike.some(({ claim: made }) => made.severity === each)) ?? claim.severity;
    const id = claimId(
      claim,
      material.files.find(({ path }) => path === claim.file),
    );
    const known = table.get(id);
    const own = { ...claim, severity };
    const wording = known === undefined || isBefore(own, known) ? own : known;
    const makers = [...(known?.reportedBy ?? []), ...alike.map(({ by }) => by)];
    table.set(id, { ...wording, id, reportedBy: [...new Set(makers)].sort() });
  }
  return [...table.values()].sort((a, b) => (isBefore(a, b) ? -1 : 1));
}

function reportOf({ issue, file, line, category, severity }: Claim, by: string): Report {
  return { by, text: issue, file, line, category, severity };
}

function inOrder<R extends { readonly by: string; readonly claim: Claim }>(reports: readonly R[]): readonly R[] {
  return [...reports].sort((a, b) => (a.by < b.by ? -1 : a.by > b.by ? 1 : isBefore(a.claim, b.claim) ? -1 : 1));
}

/** Graver first; then by place and words, so that there is one order. */
function isBefore(a: Claim, b: Claim): boolean {
  const [left, right] = [a, b].map((claim) => [
    String(SEVERITIES.indexOf(claim.severity)),
    claim.file,
    String(claim.line).padStart(8, '0'),
    claim.category,
    claim.source,
    claim.issue,
    claim.suggestion,
  ]);
  return JSON.stringify(left) < JSON.stringify(right);
}
