/** What the analyzers of the panels, really run, say about a planted change; and whether that is its fault. */
import { ANGLES } from '../../../src/domain/finding.js';
import { analyzerSeats } from '../../../src/review/analyzer-seats.js';
import type { LabelledReport } from './labelled-change.js';
import type { PlantedChange } from './labelled-set.js';
import { withMaterial } from './planted-material.js';

/** Categories of analyzers that name a kind of ours otherwise. */
const KIND_OF: Readonly<Record<string, string>> = {
  'unsafe-deserialization': 'code-injection',
  'unescaped-output': 'code-injection',
  'unverified-certificate': 'weak-crypto',
  'weak-hash': 'weak-crypto',
  'weak-random': 'weak-crypto',
  'weak-cipher': 'weak-crypto',
  'missing-await': 'race',
  'shared-default': 'wrong-default',
  'compares-identity': 'wrong-condition',
  'impossible-typeof': 'wrong-condition',
};
const NEAR_LINES = 3;

export interface AnalyzerReports {
  readonly reports: readonly LabelledReport[];
  /** Analyzers that could not look, with their reason. */
  readonly unavailable: readonly string[];
}

const seats = analyzerSeats();

export async function analyzerReports(planted: PlantedChange): Promise<AnalyzerReports> {
  return await withMaterial(planted, async (material) => {
    const panelists = ANGLES.flatMap((angle) => seats[angle]());
    const openings = await Promise.all(
      panelists.map(async (panelist) => ({
        panelist,
        opening: await panelist.open(material, new AbortController().signal),
      })),
    );
    return {
      reports: openings.flatMap(({ panelist, opening }) =>
        opening.claims.map(({ issue, file, line, category, severity }) => ({
          by: panelist.name,
          text: issue,
          file,
          line,
          category,
          severity,
          isFact: true,
          finds: isOfFault(planted, category, line) ? [planted.id] : [],
        })),
      ),
      unavailable: openings.flatMap(({ panelist, opening }) =>
        opening.status === 'ran' ? [] : [`${panelist.name}: ${opening.note ?? opening.status}`],
      ),
    };
  });
}

function isOfFault({ fault }: PlantedChange, category: string, line: number): boolean {
  if (fault === undefined || Math.abs(line - fault.line) > NEAR_LINES) return false;
  return category === fault.kind || KIND_OF[category] === fault.kind;
}
