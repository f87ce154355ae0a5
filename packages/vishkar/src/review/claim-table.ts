/**
 * All claims of a panel on one table, one per identity: the gravest wording stands, and everyone who made it is named.
 * Guards that the table is the same in whichever order panelists were done.
 */
import { SEVERITIES } from '../domain/finding.js';
import { claimId } from './finding-identity.js';
import type { Claim, Opening, TabledClaim } from './panelist.js';
import type { ReviewMaterial } from './review-material.js';

export function tableClaims(
  opened: readonly { readonly name: string; readonly opening: Opening }[],
  material: ReviewMaterial,
): readonly TabledClaim[] {
  const table = new Map<string, TabledClaim>();
  for (const { name, opening } of opened)
    for (const claim of opening.claims) {
      const file = material.files.find((candidate) => candidate.path === claim.file);
      const id = claimId(claim, file);
      const known = table.get(id);
      const reportedBy = [...new Set([...(known?.reportedBy ?? []), name])].sort();
      const wording = known === undefined || isBefore(claim, known) ? claim : known;
      table.set(id, { ...wording, id, reportedBy });
    }
  return [...table.values()].sort((a, b) => (isBefore(a, b) ? -1 : 1));
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
