/**
 * The names on the wire, as the seed's own lines use them (Python's form: snake case), and the functions they map to.
 * What the seed leaves unnamed follows the same form. Workers in other languages serve activities under these names.
 */
export const WORKFLOW_TYPE = 'SDLCWorkflow';
export const DEFAULT_TASK_QUEUE = 'vishkar-sdlc';

/** The workflow that keeps the book of an account's budget. */
export const ACCOUNT_WORKFLOW_TYPE = 'AccountBudget';
/** Served by every worker of a project with such a budget, whatever its own task queue: an account spans projects. */
export const ACCOUNT_TASK_QUEUE = 'vishkar-budget';

export function accountWorkflowId(account: string): string {
  return `vishkar-budget-${account}`;
}

/** Activity types: wire name by function name. */
export const ACTIVITY_TYPES = {
  selectTask: 'select_task',
  planImplementation: 'plan_implementation',
  executeImplementation: 'execute_implementation',
  architectureReview: 'architecture_review',
  securityReview: 'security_review',
  qualityReview: 'quality_review',
  techstackReview: 'techstack_review',
  settleFindings: 'settle_findings',
  fixIssues: 'fix_issues',
  allowChanges: 'allow_changes',
  storeFeedback: 'store_feedback',
  verifyStory: 'verify_story',
  designTests: 'design_tests',
  implementTests: 'implement_tests',
  runTests: 'run_tests',
  mutateChange: 'mutate_change',
  fixTests: 'fix_tests',
  createPr: 'create_pr',
  reviewPr: 'review_pr',
  addressPrFeedback: 'address_pr_feedback',
  checkCi: 'check_ci',
  rerunChecks: 'rerun_checks',
  fixCi: 'fix_ci',
  watchPr: 'watch_pr',
  watchStory: 'watch_story',
  askInTracker: 'ask_in_tracker',
  awaitStory: 'await_story',
  notifyPerson: 'notify_person',
  enqueuePr: 'enqueue_pr',
  closeStory: 'close_story',
  stopStory: 'stop_story',
} as const;

export type ActivityName = keyof typeof ACTIVITY_TYPES;
export type ActivityType = (typeof ACTIVITY_TYPES)[ActivityName];

export const SIGNALS = {
  approve: 'approve',
  reject: 'reject',
  outsideChanged: 'outside_changed',
  /** From a story to its account, and back. */
  accountRequest: 'account_request',
  accountReply: 'account_reply',
} as const;
export const UPDATES = {
  approveHead: 'approve_head',
  rejectHead: 'reject_head',
  answer: 'answer',
  steer: 'steer',
  confirm: 'confirm',
  decideFinding: 'decide_finding',
} as const;
export const QUERIES = {
  status: 'status',
  evidence: 'evidence',
  findings: 'findings',
  guidance: 'guidance',
  accountBook: 'book',
} as const;

/** Search attributes that a story carries; all of type Keyword. */
export const SEARCH_ATTRIBUTES = {
  story: 'VishkarStory',
  project: 'VishkarProject',
  step: 'VishkarStep',
  phase: 'VishkarPhase',
  state: 'VishkarState',
} as const;

/** In a story's memo once its pull request is open: by these it is found when something changes outside. */
export const MEMO = { branch: 'vishkar_branch', pullRequest: 'vishkar_pull_request' } as const;

/** `sdlc-<KEY>`; with `project` (where one service holds several projects) `sdlc-<project>-<KEY>`. */
export function storyWorkflowId(key: string, project?: string): string {
  return project === undefined ? `sdlc-${key}` : `sdlc-${project}-${key}`;
}
