/**
 * The state of one story while it runs, and the few verbs that steps are written in: run a step (its predecessors'
 * evidence is checked here, in code), call an activity, ask a person. Steps hold no state of their own, so that
 * queries, receipt and replay all see one truth.
 */
import { ApplicationFailure, condition, isCancellation, workflowInfo } from '@temporalio/workflow';
import type { AccountWatch } from './account-watch.js';
import { callActivity } from './activity-caller.js';
import { failureDetails, failureType, rootMessage } from './activity-failure.js';
import { BudgetWatch } from './budget-watch.js';
import { FindingsBook } from './findings-book.js';
import { decideHeldChanges } from './protected-changes.js';
import { StoryIndex } from './story-index.js';
import type {
  AnswerMessage,
  ConfirmationMessage,
  SteeringMessage,
  StoryStatusView,
  Waiting,
} from './story-messages.js';
import { BY_TRACKER, StoryParking } from './story-parking.js';
import type { Question } from './story-parking.js';
import { StoryStopped } from './story-stopped.js';
import { isBlocked, waitForProvider, waitForStories, watchAccount } from './story-waits.js';
import type { ActivityInput, ActivityOutput, EngineWork, StoryWork } from '../domain/activity-contracts.js';
import type { ApprovalState } from '../domain/approval.js';
import type { Confirmation } from '../domain/criteria.js';
import type { Evidence, StepState } from '../domain/evidence.js';
import type { AngleReview } from '../domain/finding.js';
import type { FindingLedger } from '../domain/finding-ledger.js';
import { GUIDANCE_CHARACTERS } from '../domain/guidance.js';
import type { Guidance } from '../domain/guidance.js';
import { effectMarker } from '../domain/marker.js';
import type { PullRequest, ReviewThread } from '../domain/pull-request.js';
import type { DecidedChange } from '../domain/protected-paths.js';
import { missingBefore, stepOf, STEPS } from '../domain/step.js';
import type { Story } from '../domain/story.js';
import type { StepId } from '../domain/step.js';
import type { StoryInput, StoryOptions, StoryOutcome } from '../domain/story-input.js';
import type { ActivityType } from '../domain/wire-names.js';

/** Activities in which an engine edits the story's worktree. */
export type EngineActivity =
  | 'plan_implementation'
  | 'execute_implementation'
  | 'fix_issues'
  | 'implement_tests'
  | 'fix_tests'
  | 'address_pr_feedback'
  | 'fix_ci';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What a step's body returns; `runStep` adds who, when and which round. */
export type EvidenceDraft = Pick<Evidence, 'summary' | 'headSha' | 'data'> &
  Partial<Pick<Evidence, 'verdict' | 'artifacts' | 'limits' | 'by'>>;

export class StoryRun {
  readonly options: StoryOptions;
  readonly budget: BudgetWatch;
  /** Undefined for a story without a budget that it shares with others. */
  readonly account: AccountWatch | undefined;
  readonly evidence: Evidence[] = [];
  readonly reviewRounds: { headSha: string; reviews: AngleReview[] }[] = [];
  readonly findings = new FindingsBook();
  readonly fixes: { findingId: string; commit: string; note: string }[] = [];
  readonly notes: string[] = [];
  /** What became of an engine's changes of protected paths; the last word about each. */
  protectedChanges: readonly DecidedChange[] = [];
  /** Protected paths that the pull request changes, whoever did it. */
  protectedFiles: readonly string[] = [];
  readonly #steps: Mutable<StepState>[];
  #work: StoryWork | undefined;
  #current: StepId = 'select';
  /** What people answered in words, in order. */
  readonly guidance: Guidance[] = [];
  /** Criteria that a person says hold, in order. */
  readonly confirmations: Confirmation[] = [];
  #seenStory: Story | undefined;
  readonly #searchAttributes: StoryIndex | undefined;
  /** Worker that served a step's last activity. */
  readonly #servedBy = new Map<StepId, string>();
  readonly parking = new StoryParking(this);
  approval: ApprovalState | undefined;
  pullRequest: PullRequest | undefined;
  engine: EngineWork['engine'] | undefined;
  outcome: StoryOutcome | null = null;
  reason = '';

  constructor(
    readonly input: StoryInput,
    /** Called when a step begins, before its body. */
    readonly beforeStep: (run: StoryRun, step: StepId) => Promise<void>,
  ) {
    this.options = input.options;
    this.#searchAttributes = input.options.searchAttributes ? new StoryIndex(input.jira_key, input.project) : undefined;
    this.account = watchAccount(input.options, this.parking, async (text) => {
      this.notes.push(`nearly used up: ${text}`);
      await this.notify(this.#current, "knows that its account's budget is nearly used up", text);
    });
    this.budget = new BudgetWatch({
      limits: input.options.budget,
      account: this.account,
      warn: async (step, used) => {
        this.notes.push(`step ${step}: the story's budget is nearly used up: ${used}`);
        await this.notify(step, 'has nearly used up its budget', used);
      },
      askToRaise: async (step, used) => {
        const question = `the story's budget is used up: ${used}; "raise" allows as much again`;
        await this.askPerson({ step, question, options: ['raise', 'abandon'] });
      },
    });
    this.#steps = STEPS.map(({ number, id }) => ({
      number,
      id,
      status: 'pending',
      startedAt: null,
      endedAt: null,
      attempts: 0,
      rounds: 0,
      summary: '',
    }));
  }

  get work(): StoryWork {
    if (this.#work === undefined)
      throw ApplicationFailure.nonRetryable('step 1 has not set up the story', 'STEP_ORDER');
    return this.#work;
  }

  /** The story as the tracker showed it last, and as it was dealt with; its text may be newer than the one that is worked from. */
  get seenStory(): Story {
    return this.#seenStory ?? this.work.story;
  }

  set seenStory(story: Story) {
    this.#seenStory = story;
  }

  /** All steps are to do again; branch, evidence and what was spent stay. */
  restart(): void {
    for (const state of this.#steps) Object.assign(state, { status: 'pending', endedAt: null });
    this.#seenStory = undefined;
  }

  /** Undefined until step 1 has chosen branch and base. */
  get workIfAny(): StoryWork | undefined {
    return this.#work;
  }

  set work(work: StoryWork) {
    this.#work = work;
  }

  get headSha(): string {
    return this.#work?.headSha ?? '';
  }

  moveHead(headSha: string): void {
    this.work = { ...this.work, headSha };
  }

  #stepState(id: StepId): Mutable<StepState> {
    const state = this.#steps[stepOf(id).number - 1];
    if (!state) throw new Error(`no state for step ${id}`);
    return state;
  }

  hasPassed(id: StepId): boolean {
    return this.#stepState(id).status === 'passed';
  }

  /** Runs one pass of a step: checks what must be there first, records start, attempts, end and evidence. */
  async runStep(id: StepId, body: (round: number) => Promise<EvidenceDraft>): Promise<Evidence> {
    const missing = missingBefore(id, (earlier) => this.hasPassed(earlier));
    if (missing.length > 0)
      throw ApplicationFailure.nonRetryable(
        `step ${id} may not start: no evidence of ${missing.join(', ')}`,
        'STEP_ORDER',
      );
    const state = this.#stepState(id);
    state.rounds += 1;
    state.startedAt ??= this.now();
    state.endedAt = null;
    this.#enter(id);
    const round = state.rounds;
    const before = this.guidance.length;
    try {
      await this.beforeStep(this, id);
      const draft = await body(round);
      // A pass that had nothing to call was an attempt, too.
      state.attempts = Math.max(state.attempts, round);
      const evidence: Evidence = {
        step: id,
        round,
        verdict: draft.verdict ?? 'passed',
        by: draft.by ?? this.#servedBy.get(id) ?? 'workflow',
        at: this.now(),
        headSha: draft.headSha,
        summary: draft.summary,
        limits: draft.limits ?? [],
        artifacts: draft.artifacts ?? [],
        data: withAnswers(draft.data, this.guidance.slice(before)),
      };
      this.evidence.push(evidence);
      state.status = draft.verdict === 'failed' ? 'failed' : 'passed';
      state.summary = evidence.summary;
      state.endedAt = evidence.at;
      return evidence;
    } catch (error) {
      state.status = 'failed';
      state.summary = error instanceof Error ? error.message : String(error);
      state.endedAt = this.now();
      throw error;
    }
  }

  /**
   * Calls an activity for a step. When its attempts are used up the story does not fail: a person decides whether to
   * try again or to abandon it. A provider's limit is waited for.
   */
  async call<T extends ActivityType>(step: StepId, type: T, input: ActivityInput<T>): Promise<ActivityOutput<T>> {
    let next = input;
    for (let refusals = 1; ; refusals += 1) {
      try {
        return await this.callOnce(step, type, next);
      } catch (error) {
        if (isCancellation(error)) throw error;
        if (failureType(error) === 'STORY_NOT_FOUND') throw new StoryStopped('closed_outside', rootMessage(error));
        const { limit, sessionId, question, ...used } = failureDetails(error);
        await this.budget.count(step, used);
        if (question !== undefined) await this.#askForEngine(step, question);
        else if (limit !== undefined) await waitForProvider(this.parking, step, limit, refusals);
        else if (isBlocked(error)) await waitForStories(this.parking, step, error);
        else await this.askAboutFailure(step, type, error);
        next = {
          ...input,
          ...(sessionId === undefined ? {} : { resumeSessionId: sessionId }),
          ...('guidance' in input ? { guidance: this.#guidanceFor(step) } : {}),
        };
        if (used.usage !== undefined) await this.budget.requireRoom(step);
      }
    }
  }

  /** Like `call` for a step that knows what to do when the activity gives up: the failure is thrown. */
  async callOnce<T extends ActivityType>(step: StepId, type: T, input: ActivityInput<T>): Promise<ActivityOutput<T>> {
    const output = await callActivity(type, input, this.options);
    this.#stepState(step).attempts += output.attempt;
    this.#servedBy.set(step, output.by);
    if ('usage' in output) await this.budget.count(step, output);
    return output;
  }

  /** After a round of review of the story's head: its findings get the identities of the rounds before. */
  async settleFindings(step: StepId, reviews: readonly AngleReview[]): Promise<FindingLedger> {
    return await this.findings.settle(async (ledger) => {
      const input = { ...this.work, ledger, reviews: [...reviews] };
      return (await this.call(step, 'settle_findings', input)).ledger;
    });
  }

  /** Comes back when a person wants it tried again. */
  async askAboutFailure(step: StepId, type: ActivityType, error: unknown): Promise<void> {
    const message = rootMessage(error);
    await this.askPerson({ step, question: `${type} could not be done: ${message}`, options: ['retry', 'abandon'] });
  }

  /**
   * An engine's turn: like `call`, and the story's head moves to what the engine left. Turns of one kind are counted
   * over the whole story, so that the marker of a turn never names two different ones.
   */
  async engineTurn<T extends EngineActivity>(
    step: StepId,
    type: T,
    input: Omit<ActivityInput<T>, 'round'>,
  ): Promise<ActivityOutput<T>> {
    const round = this.nextRound(type);
    await this.budget.requireRoom(step);
    const guidance = this.#guidanceFor(step);
    const settledUsage = [...this.budget.unsettled];
    this.#isTurn = true;
    const { protectedPaths } = this.options;
    const told = { round, guidance, settledUsage, protectedPaths };
    const turn = this.call(step, type, { ...input, ...told } as ActivityInput<T>);
    const work = await turn.finally(() => (this.#isTurn = false));
    this.budget.settle(settledUsage);
    this.engine = work.engine;
    for (const warning of work.warnings) this.notes.push(`step ${step}: ${warning}`);
    this.moveHead(work.headSha);
    return await decideHeldChanges(this, step, work);
  }

  /** Brings in what was held back and is allowed now. */
  async allowChanges(
    step: StepId,
    allowed: Pick<ActivityInput<'allow_changes'>, 'patch' | 'paths' | 'by'>,
  ): Promise<string> {
    const { headSha } = await this.call(step, 'allow_changes', {
      ...this.work,
      round: this.nextRound('allow_changes'),
      ...allowed,
    });
    this.moveHead(headSha);
    return headSha;
  }

  /** Counts what is done over and over in a story, so that the marker of one never names two. */
  nextRound(type: ActivityType): number {
    const round = (this.#turns.get(type) ?? 0) + 1;
    this.#turns.set(type, round);
    return round;
  }
  readonly #turns = new Map<ActivityType, number>();

  #guidanceFor(step: StepId): Guidance[] {
    return this.guidance.filter((each) => each.holdsFor === 'story' || each.step === step);
  }

  /** Parks the story until a person answers; `abandon` and expiry leave by StoryStopped. Costs nothing while it waits. */
  async askPerson(question: Question): Promise<AnswerMessage> {
    const wait = { ...question.wake, ...this.#askable(question) };
    const watch = Object.keys(wait).length === 0 ? undefined : wait;
    const answer = await this.parking.park(question, {
      waitsFor: 'decision',
      title: 'needs your decision',
      limits: (nowMs) => ({ untilMs: nowMs + this.options.approvalExpiresMs }),
      watch,
    });
    if (answer === undefined) throw new StoryStopped('expired', `nobody decided within the time: ${question.question}`);
    const isInWords = answer.choice === 'retry' && answer.by !== BY_TRACKER && answer.reason.trim() !== '';
    if (isInWords)
      this.guidance.push({
        step: question.step,
        question: question.asked ?? question.question,
        by: answer.by,
        at: this.now(),
        text: answer.reason.slice(0, GUIDANCE_CHARACTERS),
        holdsFor: question.holdsFor ?? 'step',
      });
    return answer;
  }

  /** A person says something to the engine, whether it works just now or not: it holds for all turns from now on. */
  steer({ by, text }: SteeringMessage): string {
    const step = this.#current;
    this.guidance.push({ step, question: '', by, at: this.now(), text, holdsFor: 'story' });
    this.notes.push(`${by} said to the engine at step ${step}: ${text}`);
    return this.#isTurn
      ? 'the engine is told now if it can be told while it works, else at its next turn'
      : 'the engine is told at its next turn, if there is one';
  }
  #isTurn = false;

  /** A person's word for a criterion counts from the next look at what shows the criteria. */
  confirm({ criterion, by, reason }: ConfirmationMessage): string {
    this.confirmations.push({ criterion, by, reason, at: this.now(), headSha: this.headSha });
    this.notes.push(`${by} confirmed ${criterion}: ${reason}`);
    return this.hasPassed('test.execute')
      ? 'the story has passed its tests: it counts when they run again'
      : 'it counts when the tests have run; where the story waits for a decision on them, answer "retry"';
  }

  /** The marker of a question that is put into the tracker: one that can be answered in words. */
  #askable({ options }: Question): Pick<ActivityInput<'await_story'>, 'question'> {
    if (!this.options.askInTracker || !options.includes('retry')) return {};
    this.#questions += 1;
    const { runId } = this.workflowIds;
    // With the run: an answer that an earlier run of the story got is not one to this question.
    return { question: effectMarker(this.input.jira_key, 'select', this.#questions, `question/${runId}`) };
  }
  #questions = 0;

  /** An engine asks instead of guessing: what it is told holds for the whole story. */
  async #askForEngine(step: StepId, asked: string): Promise<void> {
    const question = `the engine asks: ${asked}`;
    await this.askPerson({ step, question, asked, holdsFor: 'story', options: ['retry', 'abandon'] });
  }

  /** Something changed outside: whoever waits in `pause` looks again. */
  wake(): void {
    this.#wakes += 1;
    this.parking.lookNow();
  }

  /** Comes before a look outside, so that what changes while we look is not missed. */
  beginLook(): void {
    this.#seenWakes = this.#wakes;
  }

  /** True when something changed outside since the last look began. */
  get isWoken(): boolean {
    return this.#wakes !== this.#seenWakes;
  }

  /** A durable pause between two looks; a change outside ends it early. */
  async pause(ms: number): Promise<void> {
    await condition(() => this.isWoken, ms);
  }
  #wakes = 0;
  #seenWakes = 0;

  /** Conversations as step 13 or 14 has dealt with them. */
  noteThreads(threads: readonly ReviewThread[]): void {
    for (const thread of threads) this.#threads.add(threadState(thread));
  }

  hasNewThreads(threads: readonly ReviewThread[]): boolean {
    return threads.some((thread) => !this.#threads.has(threadState(thread)));
  }
  readonly #threads = new Set<string>();

  /** For `parking`: the step's state and the search attributes tell that the story waits, or goes on. */
  showWaiting(step: StepId, waiting: Waiting | null): void {
    const state = this.#stepState(step);
    if (waiting !== null) state.status = 'waiting';
    else if (state.status === 'waiting') state.status = 'running';
    this.#index();
  }

  /** Tells a person once per step, title and count of tellings; a channel that is down does not hold the story. */
  async notify(step: StepId, title: string, body: string): Promise<void> {
    this.#notifications += 1;
    const key = this.input.jira_key;
    try {
      await callActivity(
        'notify_person',
        {
          storyKey: key,
          title: `${key} ${title}`,
          body,
          marker: effectMarker(key, step, this.#notifications, 'notify'),
        },
        this.options,
      );
    } catch (error) {
      if (isCancellation(error)) throw error;
      this.notes.push(`a notification could not be delivered: ${rootMessage(error)}`);
    }
  }
  #notifications = 0;

  now(): string {
    return new Date(Date.now()).toISOString();
  }

  finish(outcome: StoryOutcome, reason: string): void {
    this.outcome = outcome;
    this.reason = reason;
    this.parking.end();
    this.#index();
  }

  #enter(id: StepId): void {
    this.#stepState(id).status = 'running';
    this.#current = id;
    this.#index();
  }

  #index(): void {
    const state = this.outcome ?? (this.parking.waiting === null ? 'running' : `waiting_${this.parking.waiting.for}`);
    this.#searchAttributes?.update(this.#current, state);
  }

  view(): StoryStatusView {
    const { number, id, title } = stepOf(this.#current);
    return {
      key: this.input.jira_key,
      title: this.#work?.story.title ?? '',
      project: this.input.project,
      state: this.outcome !== null ? 'done' : this.parking.waiting === null ? 'running' : 'waiting',
      outcome: this.outcome,
      reason: this.reason,
      step: { number, id, title },
      steps: this.#steps.map((step) => ({ ...step })),
      waiting: this.parking.waiting,
      rounds: this.reviewRounds.length,
      branch: this.#work?.branch ?? '',
      headSha: this.headSha,
      pullRequest: this.pullRequest ?? null,
      approval: this.approval ?? null,
      spent: this.budget.spent,
      engine: this.engine ?? null,
      protectedChanges: this.protectedChanges,
      notes: [...this.notes],
    };
  }

  get workflowIds(): { workflowId: string; runId: string } {
    const { workflowId, runId } = workflowInfo();
    return { workflowId, runId };
  }
}

/** Evidence says what people were asked and answered on the way. */
function withAnswers(data: Evidence['data'], answers: readonly Guidance[]): Evidence['data'] {
  return answers.length === 0 ? data : { ...data, answers: answers.map((each) => ({ ...each })) };
}

function threadState({ id, replies }: ReviewThread): string {
  return `${id} ${String(replies.length)}`;
}
