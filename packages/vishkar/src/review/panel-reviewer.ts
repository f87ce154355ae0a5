/**
 * The AngleReviewer of this product: a panel per angle, discussing in a graph, judged in code. Without a model the panel is
 * made of analyzers; configured models join every panel.
 */
import type { Angle, AngleReview } from '../domain/finding.js';
import type { FindingLedger } from '../domain/finding-ledger.js';
import type { Usage } from '../domain/usage.js';
import { analyzerSeats } from './analyzer-seats.js';
import type { AngleReviewer, ReviewOptions, ReviewRound, ReviewSubject } from './angle-reviewer.js';
import { concludeDiscussion } from './consensus.js';
import { discuss } from './discussion.js';
import type { Discussion } from './discussion.js';
import { ModelPanelist } from './model-panelist.js';
import type { ReviewPanelist } from './panelist.js';
import { openMaterial } from './review-material.js';
import type { ReviewMaterial } from './review-material.js';
import { openPlaces } from './identity/open-places.js';
import { settleFindings } from './identity/settle-findings.js';
import { reviewersFor } from './model-choice.js';
import type { ReviewConfig, TechStack } from './review-config.js';
import { stacksOf } from './tech-stacks.js';
import { TokenAllowance } from './token-allowance.js';

/** `baselineFolder`: where findings of base commits are kept (absolute); without it, in memory. */
export function createAngleReviewer(config: ReviewConfig, baselineFolder?: string): AngleReviewer {
  const seats = analyzerSeats(config.sarif, baselineFolder);
  return new PanelReviewer(
    (angle, subject, material) => [...seats[angle](), ...modelSeats(config, angle, subject, material)],
    config.maxTurns,
  );
}

/** One seat per model that did not write the change; on the tech-stack panel one per stack that it touches, in turns. */
function modelSeats(
  { models, prices, prompts, stacks, maxTokensPerPanel }: ReviewConfig,
  angle: Angle,
  { authors = [] }: ReviewSubject,
  { files }: ReviewMaterial,
): readonly ModelPanelist[] {
  const reviewers = reviewersFor(models, authors);
  const allowance = new TokenAllowance(maxTokensPerPanel);
  const seat = (model: string, stack?: TechStack) =>
    new ModelPanelist(model, angle, {
      allowance,
      price: prices[model],
      promptFile: prompts[angle],
      ...(stack === undefined ? {} : { stack }),
    });
  const touched =
    angle === 'techstack'
      ? stacksOf(
          files.map(({ path }) => path),
          stacks,
        )
      : [];
  if (touched.length === 0 || reviewers.length === 0) return reviewers.map((model) => seat(model));
  // Every model has a seat, and every stack has one.
  return Array.from({ length: Math.max(reviewers.length, touched.length) }, (_, at) => {
    const [model = '', stack] = [reviewers[at % reviewers.length], touched[at % touched.length]];
    return seat(model, stack);
  });
}

type Seats = (angle: Angle, subject: ReviewSubject, material: ReviewMaterial) => readonly ReviewPanelist[];

export class PanelReviewer implements AngleReviewer {
  readonly #seats: Seats;
  readonly #maxTurns: number;
  #last: { readonly key: string; readonly material: Promise<ReviewMaterial> } | undefined;

  /** `seats`: a fresh panel per review; at least two panelists, so that there is a discussion. */
  constructor(seats: Seats, maxTurns: number) {
    this.#seats = seats;
    this.#maxTurns = maxTurns;
  }

  async review(subject: ReviewSubject, options: ReviewOptions) {
    const material = await this.#materialOf(subject);
    const panelists = this.#seats(subject.angle, subject, material);
    const discussion = await discuss(panelists, material, { maxTurns: this.#maxTurns, ...options });
    const { findings, refuted, dissent } = concludeDiscussion(subject.angle, panelists, discussion, material);
    const review: AngleReview = {
      angle: subject.angle,
      headSha: subject.headSha,
      round: subject.round,
      panelists: panelists.map(({ name, kind, version }) => {
        const { status, note } = discussion.openings.get(name) ?? { status: 'failed' as const, note: 'it never spoke' };
        return { name, kind, version, status, ...(note === undefined ? {} : { note }) };
      }),
      discussionTurns: discussion.turns,
      consensus: dissent.length === 0 && discussion.settled,
      dissent: [...dissent],
      findings: [...findings],
      ...(refuted.length === 0 ? {} : { refuted: [...refuted] }),
    };
    return { review, usage: usageOf(panelists), transcript: transcriptOf(review, discussion) };
  }

  async settle({ worktree, headSha, ledger, reviews }: ReviewRound): Promise<FindingLedger> {
    const files = reviews.flatMap(({ findings, refuted = [] }) =>
      [...findings, ...refuted.map(({ claim }) => claim)].map(({ file }) => file),
    );
    return settleFindings(ledger, { headSha, reviews, ...(await openPlaces(worktree, headSha, ledger, files)) });
  }

  /** Four angles look at the same change, most of the time in one process: it is read once. */
  #materialOf(subject: ReviewSubject): Promise<ReviewMaterial> {
    const key = [subject.worktree, subject.baseSha, subject.headSha, subject.diff].join('\0');
    if (this.#last?.key !== key) {
      const opened = { key, material: openMaterial(subject) };
      this.#last = opened;
      opened.material.catch(() => {
        // Whoever asked for it sees the error; the next one tries again.
        if (this.#last === opened) this.#last = undefined;
      });
    }
    return this.#last.material;
  }
}

function usageOf(panelists: readonly ReviewPanelist[]): Usage {
  const usages = panelists.flatMap((panelist) => panelist.usage?.() ?? []).filter(({ source }) => source !== 'none');
  if (usages.length === 0) return { source: 'none' };
  const sum = (pick: (usage: Usage) => number | undefined) =>
    usages.reduce((total, usage) => total + (pick(usage) ?? 0), 0);
  // Where one has no price, the whole cost is not known.
  const isPriced = usages.every(({ costUsd }) => costUsd !== undefined);
  return {
    source: 'engine',
    inputTokens: sum((usage) => usage.inputTokens),
    outputTokens: sum((usage) => usage.outputTokens),
    ...(isPriced ? { costUsd: sum((usage) => usage.costUsd) } : {}),
  };
}

function transcriptOf(review: AngleReview, discussion: Discussion): string {
  const seats = review.panelists.map(
    ({ name, version, status, note }) => `${name} ${version}: ${status}${note === undefined ? '' : ` (${note})`}`,
  );
  const table = discussion.claims.map(
    ({ id, severity, issue, file, line, reportedBy }) =>
      `${id} ${severity} ${file}:${String(line)} ${issue} [${reportedBy.join(', ')}]`,
  );
  const votes = discussion.votes.map(({ claimId, by, vote, reason }) => `${claimId} ${by}: ${vote}, ${reason}`);
  return [
    `${review.angle} review, round ${String(review.round)}, head ${review.headSha}`,
    '',
    'Panel',
    ...seats,
    '',
    'Claims',
    ...(table.length === 0 ? ['none'] : table),
    '',
    `Votes after ${String(discussion.turns)} turns${discussion.settled ? ', settled' : ''}`,
    ...(votes.length === 0 ? ['none'] : votes),
    '',
  ].join('\n');
}
