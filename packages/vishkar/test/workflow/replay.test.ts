import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ANGLES } from '../../src/domain/finding.js';
import type { Angle } from '../../src/domain/finding.js';
import { evidenceQuery } from '../../src/workflows/story-messages.js';
import { angleReview, finding, scriptActivities } from '../support/scripted-activities.js';
import { startWorkflowEnvironment } from '../support/workflow-environment.js';
import type { WorkflowEnvironment } from '../support/workflow-environment.js';

let environment: WorkflowEnvironment;
beforeAll(async () => {
  environment = await startWorkflowEnvironment();
});
afterAll(() => environment.close());

/** Lets reviews of a round through one by one in the given order. */
function inOrder(order: readonly Angle[]) {
  const turns = new Map<string, { readonly promise: Promise<void>; readonly open: () => void }>();
  const turn = (round: number, at: number) => {
    const key = `${String(round)}/${String(at)}`;
    const known = turns.get(key);
    if (known !== undefined) return known;
    let open = () => {};
    const promise = new Promise<void>((resolve) => (open = resolve));
    const made = { promise, open };
    turns.set(key, made);
    if (at === 0) open();
    return made;
  };
  return async (angle: Angle, round: number) => {
    const at = order.indexOf(angle);
    await turn(round, at).promise;
    turn(round, at + 1).open();
  };
}

describe('replay', () => {
  it.each([
    ['as they are listed', ANGLES],
    ['backwards', [...ANGLES].reverse()],
    ['mixed', ['security', 'techstack', 'architecture', 'quality'] as const],
  ])(
    'takes the same way when the four reviews finish %s, over fix rounds and a pull request',
    async (_title, order) => {
      const wait = inOrder(order);
      const review = async ({ angle, headSha, round }: { angle: Angle; headSha: string; round: number }) => {
        await wait(angle, round);
        // Every angle has something to say about the first head, so that deduplication and fixes are in the history too.
        return { review: angleReview(angle, headSha, round, round === 1 ? [finding({ angles: [angle] })] : []) };
      };
      const scripted = scriptActivities({
        architecture_review: review,
        security_review: review,
        quality_review: review,
        techstack_review: review,
        watch_pr: ({ headSha, ...work }) => ({
          pullRequest: {
            number: 1,
            url: 'file:///r#1',
            state: 'merged',
            headSha,
            branch: work.branch,
            baseBranch: 'main',
          },
        }),
      });
      const handle = await environment.start(scripted);
      expect(await environment.result(handle)).toMatchObject({ outcome: 'merged', review_rounds: 2 });
      const feedback = (await handle.query(evidenceQuery)).find((item) => item.step === 'feedback');
      expect(feedback?.data['fixes']).toHaveLength(1);
      expect((await environment.replayAll()).differences).toEqual([]);
    },
  );
});
