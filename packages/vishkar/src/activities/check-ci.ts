/** Step 15: what the checks of the head say; a source host that runs them itself does so here, once per head. */
import type { ActivityBody } from './activity-server.js';
import type { StoryTools } from './story-tools.js';

export function checkCi(tools: StoryTools): ActivityBody<'check_ci'> {
  return async ({ number, headSha }, call) => {
    const checks = await tools.sourceHost.checks(
      { number, headSha },
      {
        signal: call.signal,
        onProgress: (line) => {
          call.report({ line });
        },
      },
    );
    return { checks, artifacts: checks.runs.flatMap((run) => (run.log === undefined ? [] : [run.log])) };
  };
}
