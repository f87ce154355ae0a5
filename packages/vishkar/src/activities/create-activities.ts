/** All activities of a project under their wire names, ready for a worker. */
import { ACTIVITY_TYPES } from '../domain/wire-names.js';
import type { ActivityType } from '../domain/wire-names.js';
import { serveActivity } from './activity-server.js';
import type { ActivityBody } from './activity-server.js';
import { addressPrFeedback } from './address-pr-feedback.js';
import { allowChanges } from './allow-changes.js';
import { askInTracker } from './ask-in-tracker.js';
import { awaitStory, watchStory } from './await-story.js';
import { checkCi, rerunChecks } from './check-ci.js';
import { closeStory } from './close-story.js';
import { createPr } from './create-pr.js';
import { designTests } from './design-tests.js';
import { enqueuePr } from './enqueue-pr.js';
import { executeImplementation } from './execute-implementation.js';
import { fixCi } from './fix-ci.js';
import { fixIssues } from './fix-issues.js';
import { fixTests } from './fix-tests.js';
import { implementTests } from './implement-tests.js';
import { mutateChange } from './mutate-change.js';
import { notifyPerson } from './notify-person.js';
import { planImplementation } from './plan-implementation.js';
import { reviewAngle } from './review-angle.js';
import { reviewPr } from './review-pr.js';
import { runTests } from './run-tests.js';
import { selectTask } from './select-task.js';
import { settleFindings } from './settle-findings.js';
import { stopStory } from './stop-story.js';
import { storeFeedback } from './store-feedback.js';
import type { StoryTools } from './story-tools.js';
import { verifyStory } from './verify-story.js';
import { watchPr } from './watch-pr.js';

type Bodies = { readonly [T in ActivityType]: ActivityBody<T> };
export type Activity = (input: never) => Promise<unknown>;

export function createActivities(tools: StoryTools): Record<ActivityType, Activity> {
  const review = reviewAngle(tools);
  const bodies: Bodies = {
    select_task: selectTask(tools),
    plan_implementation: planImplementation(tools),
    execute_implementation: executeImplementation(tools),
    architecture_review: review,
    security_review: review,
    quality_review: review,
    techstack_review: review,
    settle_findings: settleFindings(tools),
    fix_issues: fixIssues(tools),
    allow_changes: allowChanges(tools),
    store_feedback: storeFeedback(tools),
    verify_story: verifyStory(tools),
    design_tests: designTests(tools),
    implement_tests: implementTests(tools),
    run_tests: runTests(tools),
    mutate_change: mutateChange(tools),
    fix_tests: fixTests(tools),
    create_pr: createPr(tools),
    review_pr: reviewPr(tools),
    address_pr_feedback: addressPrFeedback(tools),
    check_ci: checkCi(tools),
    rerun_checks: rerunChecks(tools),
    fix_ci: fixCi(tools),
    watch_pr: watchPr(tools),
    watch_story: watchStory(tools),
    ask_in_tracker: askInTracker(tools),
    await_story: awaitStory(tools),
    notify_person: notifyPerson(tools),
    enqueue_pr: enqueuePr(tools),
    close_story: closeStory(tools),
    stop_story: stopStory(tools),
  };
  const serve = <T extends ActivityType>(type: T): Activity =>
    serveActivity(type, tools.identity, bodies[type], tools.hideSecrets) as Activity;
  return Object.fromEntries(Object.values(ACTIVITY_TYPES).map((type) => [type, serve(type)])) as Record<
    ActivityType,
    Activity
  >;
}
