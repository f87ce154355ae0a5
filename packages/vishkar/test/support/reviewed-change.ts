/** A change made of files before and after, committed to a repository of its own, and the panels' view of it. */
import { ANGLES } from '../../src/domain/finding.js';
import type { Angle, AngleReview, Finding } from '../../src/domain/finding.js';
import { distinctFindings } from '../../src/domain/gate.js';
import type { Story } from '../../src/domain/story.js';
import { unifiedDiff } from '../../src/git/diff.js';
import type { AngleReviewer, ReviewSubject } from '../../src/review/angle-reviewer.js';
import { createAngleReviewer } from '../../src/review/panel-reviewer.js';
import { reviewConfigSchema } from '../../src/review/review-config.js';
import { commitFiles, runGit, testRepository } from './git-repository.js';

export type Files = Readonly<Record<string, string>>;

const STORY: Story = {
  key: 'T-1',
  title: 'A story',
  description: '',
  status: 'in_progress',
  priority: 'medium',
  acceptanceCriteria: [],
  blockedBy: [],
  url: '',
  revision: '1',
};

/** One reviewer for a test file, as a worker has one. */
const reviewer = createAngleReviewer(reviewConfigSchema.parse({}));

/** Commits `before`, then `after` on top, and returns what a panel is given. */
export async function changeOf(before: Files, after: Files): Promise<Omit<ReviewSubject, 'angle'>> {
  const { checkout } = testRepository({ 'README.md': '# Demo\n', ...before });
  const baseSha = runGit(checkout, 'rev-parse', 'HEAD');
  const headSha = commitFiles(checkout, after, 'the change');
  const diff = await unifiedDiff({ folder: checkout, base: baseSha, head: headSha });
  return { round: 1, story: STORY, worktree: checkout, baseSha, headSha, diff };
}

export async function reviewBy(
  panel: AngleReviewer,
  change: Omit<ReviewSubject, 'angle'>,
  angle: Angle,
  signal: AbortSignal = new AbortController().signal,
) {
  return await panel.review({ ...change, angle }, { signal, onProgress: () => undefined });
}

/** All four angles of the panels without a model. */
export async function reviewsOf(before: Files, after: Files): Promise<readonly AngleReview[]> {
  const change = await changeOf(before, after);
  return await Promise.all(ANGLES.map(async (angle) => (await reviewBy(reviewer, change, angle)).review));
}

export async function findingsOf(before: Files, after: Files): Promise<readonly Finding[]> {
  return distinctFindings(await reviewsOf(before, after));
}
