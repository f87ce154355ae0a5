/** Step 13: one formal review per head SHA; blocking findings become threads on their lines, the rest is listed. */
import { distinctFindings, isBlocking, qualityGate } from '../domain/gate.js';
import type { Finding } from '../domain/finding.js';
import { effectMarker } from '../domain/marker.js';
import { changedFiles } from '../git/diff.js';
import { protectedPathRule } from '../git/protected-paths.js';
import type { ActivityBody } from './activity-server.js';
import { openWorktree } from './story-worktree.js';
import type { StoryTools } from './story-tools.js';

export function reviewPr(tools: StoryTools): ActivityBody<'review_pr'> {
  return async ({ number, reviews, open, protectedPaths, round: _round, ...work }, call) => {
    const { story, baseSha, headSha } = work;
    const findings = open ?? distinctFindings(reviews);
    const gate = qualityGate(reviews, headSha, findings);
    const verdict = gate.passed ? ('approve' as const) : ('request_changes' as const);
    const worktree = await openWorktree(tools, work, call.signal);
    const changed = await changedFiles({ folder: worktree, base: baseSha, head: headSha });
    const isProtected = protectedPathRule(protectedPaths);
    const protectedFiles = changed
      .flatMap(({ path, oldPath }) => (oldPath === undefined ? [path] : [oldPath, path]))
      .filter(isProtected);
    const marker = effectMarker(story.key, 'pr.review', 1, headSha);
    const review = await tools.sourceHost.submitReview(
      {
        number,
        headSha,
        verdict,
        body: reviewBody(findings, gate.reasons, protectedFiles),
        comments: findings.filter(isBlocking).map((finding) => ({
          file: finding.file,
          line: finding.line,
          body: `**${finding.severity}** ${finding.issue}\n\n${finding.suggestion}`,
          marker: effectMarker(story.key, 'pr.review', 1, finding.id),
        })),
      },
      marker,
    );
    const threads = await tools.sourceHost.listThreads(number);
    const openThreads = threads.filter((thread) => !thread.resolved);
    return { review, verdict, headSha, openThreads, protectedFiles, artifacts: [] };
  };
}

function reviewBody(
  findings: readonly Finding[],
  reasons: readonly string[],
  protectedFiles: readonly string[],
): string {
  const lines = findings.map(
    ({ severity, issue, file, line, grounded }) =>
      `- ${severity}: ${issue} (${file}:${String(line)})${grounded ? '' : ', not grounded in the diff'}`,
  );
  return [
    reasons.length === 0
      ? 'The gate is met: no critical and no high finding.'
      : `The gate is not met: ${reasons.join('; ')}.`,
    lines.length === 0 ? 'No findings.' : lines.join('\n'),
    ...(protectedFiles.length === 0
      ? []
      : [`It changes protected paths:\n\n${protectedFiles.map((path) => `- \`${path}\``).join('\n')}`]),
  ].join('\n\n');
}
