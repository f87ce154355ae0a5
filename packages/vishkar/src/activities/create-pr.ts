/** Step 12: pushes the head and opens, or adopts, the one pull request of the story's branch. */
import { effectMarker } from '../domain/marker.js';
import type { StoryWork } from '../domain/activity-contracts.js';
import { pushBranch } from '../git/checkpoint.js';
import type { ActivityBody } from './activity-server.js';
import { openWorktree } from './story-worktree.js';
import { storyRemote } from './story-tools.js';
import type { StoryTools } from './story-tools.js';

export function createPr(tools: StoryTools): ActivityBody<'create_pr'> {
  return async ({ checklist, evidence, ...work }, call) => {
    const worktree = await openWorktree(tools, work, call.signal);
    await pushBranch({ worktree, ...storyRemote(tools), branch: work.branch, signal: call.signal });
    const recordedFrom = evidence.map((item) => recordedSource(item.data)).find((source) => source !== undefined);
    const { adopted, ...pullRequest } = await tools.sourceHost.openPullRequest(
      {
        branch: work.branch,
        baseBranch: work.baseBranch,
        title: `${work.story.key}: ${work.story.title}`,
        body: pullRequestBody(work, checklist, recordedFrom),
        headSha: work.headSha,
      },
      effectMarker(work.story.key, 'pr.create', 1, 'pull-request'),
    );
    return { pullRequest, adopted, artifacts: [] };
  };
}

/** The body is our own words and the story's text as a quotation: it came from outside. */
function pullRequestBody(work: StoryWork, checklist: readonly string[], recordedFrom: string | undefined): string {
  const { story } = work;
  const quote = (text: string) =>
    text
      .split('\n')
      .map((line) => `> ${line}`)
      .join('\n');
  return [
    `Story: [${story.key}](${story.url})`,
    ...(recordedFrom === undefined ? [] : [`**The changes are a replay of a recorded session** (${recordedFrom}).`]),
    quote(story.description.trim() || story.title),
    '### Acceptance criteria',
    story.acceptanceCriteria.map(({ id, text }) => `- ${id}: ${text}`).join('\n') || 'The story names none.',
    '### What has been shown',
    checklist.map((line) => `- [x] ${line}`).join('\n'),
  ].join('\n\n');
}

function recordedSource(data: Readonly<Record<string, unknown>>): string | undefined {
  const engine = data['engine'];
  if (typeof engine !== 'object' || engine === null || !('recordedFrom' in engine)) return undefined;
  return typeof engine.recordedFrom === 'string' ? engine.recordedFrom : undefined;
}
