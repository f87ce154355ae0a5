/** Step 13: one formal review per head SHA; blocking findings become threads on their lines, the rest is listed. */
import { distinctFindings, isBlocking, qualityGate } from '../domain/gate.js';
import type { Finding } from '../domain/finding.js';
import { effectMarker } from '../domain/marker.js';
import type { ActivityBody } from './activity-server.js';
import type { StoryTools } from './story-tools.js';

export function reviewPr(tools: StoryTools): ActivityBody<'review_pr'> {
  return async ({ story, headSha, number, reviews, open }) => {
    const findings = open ?? distinctFindings(reviews);
    const gate = qualityGate(reviews, headSha, findings);
    const verdict = gate.passed ? ('approve' as const) : ('request_changes' as const);
    const marker = effectMarker(story.key, 'pr.review', 1, headSha);
    const review = await tools.sourceHost.submitReview(
      {
        number,
        headSha,
        verdict,
        body: reviewBody(findings, gate.reasons),
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
    return { review, verdict, headSha, openThreads: threads.filter((thread) => !thread.resolved), artifacts: [] };
  };
}

function reviewBody(findings: readonly Finding[], reasons: readonly string[]): string {
  const lines = findings.map(
    ({ severity, issue, file, line, grounded }) =>
      `- ${severity}: ${issue} (${file}:${String(line)})${grounded ? '' : ', not grounded in the diff'}`,
  );
  return [
    reasons.length === 0
      ? 'The gate is met: no critical and no high finding.'
      : `The gate is not met: ${reasons.join('; ')}.`,
    lines.length === 0 ? 'No findings.' : lines.join('\n'),
  ].join('\n\n');
}
