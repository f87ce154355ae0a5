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

/** Step 15: has red checks of the head run once more. Done twice they run once more each time, which harms nothing. */
export function rerunChecks(tools: StoryTools): ActivityBody<'rerun_checks'> {
  return async ({ number, headSha, names }) => ({
    names: [...(await tools.sourceHost.rerunChecks({ number, headSha, names }))],
  });
}
