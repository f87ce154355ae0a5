/** After each round of review: the ledger of the story's findings, with the identities that they keep. Changes nothing outside. */
import { openPlaces } from '../review/identity/open-places.js';
import { settleFindings as settle } from '../review/identity/settle-findings.js';
import type { ActivityBody } from './activity-server.js';
import { openWorktree } from './story-worktree.js';
import type { StoryTools } from './story-tools.js';

export function settleFindings(tools: StoryTools): ActivityBody<'settle_findings'> {
  return async ({ ledger, reviews, ...work }, call) => {
    const worktree = await openWorktree(tools, work, call.signal);
    const { headSha } = work;
    const files = reviews.flatMap(({ findings, refuted = [] }) =>
      [...findings, ...refuted.map(({ claim }) => claim)].map(({ file }) => file),
    );
    const places = await openPlaces(worktree, headSha, ledger, files);
    return { ledger: settle(ledger, { headSha, reviews, ...places }) };
  };
}
