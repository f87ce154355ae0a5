/** A pull request as a Markdown page for people; drawn after each change, never read back. */
import type { PullRequestRecord } from './pull-request-record.js';

/** The page's text. */
export function renderPage(record: PullRequestRecord): string {
  const { number, title, state, branch, baseBranch, headSha, mergeSha } = record;
  const merged = mergeSha === undefined ? '' : `, merged as \`${mergeSha}\``;
  const sections = [
    `# #${number} ${title}`,
    `**${state}**: \`${branch}\` into \`${baseBranch}\`, head \`${headSha}\`${merged}`,
    record.body,
    ...list('Checks', record.checks.flatMap(checkLines)),
    ...list(
      'Reviews',
      record.reviews.map(
        (review) =>
          `**${review.verdict}** of \`${review.headSha}\` by ${review.author}, ${review.at}${quoted(review.body)}`,
      ),
    ),
    ...list('Threads', record.threads.map(threadLine)),
  ];
  return `${sections.join('\n\n')}\n`;
}

function list(heading: string, items: readonly string[]): readonly string[] {
  return items.length === 0 ? [] : [`## ${heading}`, items.map((item) => `- ${item}`).join('\n')];
}

function checkLines({ headSha, state, runs }: PullRequestRecord['checks'][number]): readonly string[] {
  const shown = runs
    .map((run) => `${run.name}: exit code ${run.exitCode}${run.timedOut ? ', timed out' : ''}`)
    .join('; ');
  return [`**${state}** on \`${headSha}\`: ${shown}`];
}

function threadLine(thread: PullRequestRecord['threads'][number]): string {
  const replies = thread.replies.map((reply) => quoted(`${reply.author}: ${reply.body}`)).join('');
  const { author, file, line, resolved, id, body } = thread;
  return `${id}, ${resolved ? 'resolved' : '**open**'}, ${file}:${line}, ${author}${quoted(body)}${replies}`;
}

/** As a quotation inside a list item. */
function quoted(text: string): string {
  const lines = text.trim() === '' ? [] : text.trim().split('\n');
  return lines.length === 0 ? '' : `\n\n${lines.map((line) => `  > ${line}`.trimEnd()).join('\n')}\n`;
}
