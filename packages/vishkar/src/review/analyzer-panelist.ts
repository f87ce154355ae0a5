/**
 * A deterministic panelist: a function from the material to claims. In the discussion it confirms what it finds itself at
 * the same place and refutes what points at a line that is not there; about everything else it has no opinion.
 */
import type { Angle } from '../domain/finding.js';
import type { Claim, Disputed, Opening, ReviewPanelist, TabledClaim, Vote } from './panelist.js';
import type { ReviewMaterial } from './review-material.js';

/** Thrown by an analyzer that can't run here; the panel records why. */
export class AnalyzerUnavailableError extends Error {}

export interface Analysis {
  /** How many files it looked at; 0: the change has nothing for it. */
  readonly files: number;
  readonly claims: readonly Claim[];
  /** What it could not look at, one sentence each. */
  readonly notes?: readonly string[];
}

export interface Analyzer {
  readonly name: string;
  readonly version: string;
  readonly angle: Angle;
  analyze(material: ReviewMaterial, signal: AbortSignal): Promise<Analysis>;
}

/** Notes that the record of a panelist keeps. */
const NOTED = 5;

export class AnalyzerPanelist implements ReviewPanelist {
  readonly kind = 'analyzer';
  readonly name: string;
  readonly version: string;
  readonly angle: Angle;
  readonly #analyzer: Analyzer;
  #claims: readonly Claim[] = [];

  constructor(analyzer: Analyzer) {
    this.#analyzer = analyzer;
    this.name = analyzer.name;
    this.version = analyzer.version;
    this.angle = analyzer.angle;
  }

  async open(material: ReviewMaterial, signal: AbortSignal): Promise<Opening> {
    try {
      const { files, claims, notes = [] } = await this.#analyzer.analyze(material, signal);
      this.#claims = claims;
      return {
        status: 'ran',
        claims,
        note: [files === 1 ? '1 file' : `${String(files)} files`, ...notes.slice(0, NOTED)].join('; '),
      };
    } catch (error) {
      signal.throwIfAborted();
      const note = error instanceof Error ? error.message : String(error);
      return { status: error instanceof AnalyzerUnavailableError ? 'unavailable' : 'failed', note, claims: [] };
    }
  }

  judge(material: ReviewMaterial, disputed: readonly Disputed[]): Promise<readonly Vote[]> {
    return Promise.resolve(disputed.map(({ claim, isOwn }) => this.#vote(material, claim, isOwn)));
  }

  #vote(material: ReviewMaterial, claim: TabledClaim, isOwn: boolean): Vote {
    const vote = (kind: Vote['vote'], reason: string): Vote => ({ claimId: claim.id, vote: kind, reason });
    if (isOwn) return vote('confirm', 'its rule finds it again in the same text');
    const file = material.files.find((candidate) => candidate.path === claim.file);
    if (file === undefined) return vote('refute', 'the file is not part of the change');
    const lines = file.text?.split('\n').length ?? 0;
    if (claim.line > lines) return vote('refute', `the file has ${String(lines)} lines`);
    if (this.#claims.some((own) => own.file === claim.file && own.line === claim.line && own.line > 0))
      return vote('confirm', 'it finds a fault in the same line');
    return vote('abstain', 'it has no rule for this');
  }
}
