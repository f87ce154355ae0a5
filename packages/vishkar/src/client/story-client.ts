/**
 * What people can do with stories, over the official client: start or attach, look, approve, reject, answer, cancel.
 * The CLI is written on this, and so is whatever comes beside it.
 */
import {
  Client,
  Connection,
  isGrpcDeadlineError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import type { WorkflowHandle } from '@temporalio/client';
import { MEMO, SEARCH_ATTRIBUTES, storyWorkflowId, WORKFLOW_TYPE } from '../domain/wire-names.js';
import type { StoryPlace } from '../domain/outside-change.js';
import type { Evidence } from '../domain/evidence.js';
import type { FindingDecision } from '../domain/finding-ledger.js';
import type { StoryInput, StoryResult } from '../domain/story-input.js';
import { VishkarError } from '../errors.js';
import type { TemporalAccess } from '../service/temporal-access.js';
import { ensureSearchAttributes } from './search-attribute-setup.js';
import {
  answerUpdate,
  confirmUpdate,
  approveHeadUpdate,
  decideFindingUpdate,
  evidenceQuery,
  findingsQuery,
  outsideChangedSignal,
  rejectHeadUpdate,
  statusQuery,
  steerUpdate,
} from '../workflows/story-messages.js';
import type {
  AnswerMessage,
  ConfirmationMessage,
  FindingsView,
  SteeringMessage,
  StoryStatusView,
} from '../workflows/story-messages.js';

/** Workers answer queries in milliseconds; a large history that has to be replayed first takes a few seconds. */
const QUERY_WITHIN_MS = 5_000;
const QUERY_ATTEMPTS = 12;
/** A story with a longer history looks at its own pace only; 51,200 events are the end of one. */
const WAKE_UP_TO_EVENTS = 20_000;

export interface StoryListEntry {
  readonly key: string;
  readonly workflowId: string;
  readonly runId: string;
  /** `running`, `completed`, `failed`, `canceled`, `terminated`, ... as the service says. */
  readonly status: string;
  readonly step: string;
  readonly state: string;
  readonly startedAt: string;
  readonly closedAt: string | null;
}

export class StoryClient {
  readonly #client: Client;
  readonly #access: TemporalAccess;

  private constructor(client: Client, access: TemporalAccess) {
    this.#client = client;
    this.#access = access;
  }

  static async connect(access: TemporalAccess): Promise<StoryClient> {
    const connection = await Connection.connect(access.connectionOptions);
    return new StoryClient(new Client({ connection, namespace: access.namespace }), access);
  }

  async close(): Promise<void> {
    await this.#client.connection.close();
  }

  /** False when another service has taken the address of the project's own: it knows nothing of these stories. */
  async isOurService(): Promise<boolean> {
    const { clusterId } = this.#access;
    if (clusterId === undefined) return true;
    const ask = () => this.#client.workflowService.getClusterInfo({});
    return (await this.#client.withDeadline(Date.now() + QUERY_WITHIN_MS, ask)).clusterId === clusterId;
  }

  /** Starts the story, or attaches to the run that is under way. A closed one starts again. */
  async start(
    key: string,
    project: string,
    options: Partial<StoryInput['options']>,
  ): Promise<{ readonly attached: boolean; readonly runId: string }> {
    const searchAttributes = await ensureSearchAttributes(
      this.#client.connection as Connection,
      this.#access.namespace,
    );
    const input = { jira_key: key, project, options: { ...options, searchAttributes } };
    try {
      const handle = await this.#client.workflow.start(WORKFLOW_TYPE, {
        workflowId: this.#id(key),
        taskQueue: this.#access.taskQueue,
        args: [input],
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        workflowIdConflictPolicy: 'FAIL',
      });
      return { attached: false, runId: handle.firstExecutionRunId };
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      return { attached: true, runId: (await this.#handle(key).describe()).runId };
    }
  }

  /** True while the story's workflow runs. */
  async isOpen(key: string): Promise<boolean> {
    return (await this.#state(key)) === 'RUNNING';
  }

  async status(key: string): Promise<StoryStatusView> {
    return await this.#query(key, (handle) => handle.query(statusQuery));
  }

  async evidence(key: string): Promise<readonly Evidence[]> {
    return await this.#query(key, (handle) => handle.query(evidenceQuery));
  }

  async findings(key: string): Promise<FindingsView> {
    return await this.#query(key, (handle) => handle.query(findingsQuery));
  }

  async result(key: string): Promise<StoryResult> {
    return (await this.#known(key, (handle) => handle.result())) as StoryResult;
  }

  /** Approves exactly `headSha`; throws VishkarError `NOT_WAITING` when the story does not wait for that. */
  async approve(
    key: string,
    vote: { readonly by: string; readonly comment: string; readonly headSha: string },
  ): Promise<void> {
    await this.#update(key, (handle) => handle.executeUpdate(approveHeadUpdate, { args: [vote] }));
  }

  async reject(
    key: string,
    vote: { readonly by: string; readonly reason: string; readonly headSha: string },
  ): Promise<void> {
    await this.#update(key, (handle) => handle.executeUpdate(rejectHeadUpdate, { args: [vote] }));
  }

  async answer(key: string, answer: AnswerMessage): Promise<void> {
    await this.#update(key, (handle) => handle.executeUpdate(answerUpdate, { args: [answer] }));
  }

  /** A person's word that a criterion holds; returns when it will count, in a sentence. */
  async confirm(key: string, message: ConfirmationMessage): Promise<string> {
    let told = '';
    await this.#update(key, async (handle) => (told = await handle.executeUpdate(confirmUpdate, { args: [message] })));
    return told;
  }

  /** Says something to the story's engine; returns when it will be told, in a sentence. */
  async steer(key: string, message: SteeringMessage): Promise<string> {
    let told = '';
    await this.#update(key, async (handle) => (told = await handle.executeUpdate(steerUpdate, { args: [message] })));
    return told;
  }

  /** A person refutes or accepts one finding; returns in a sentence what that changes. Throws VishkarError `NOT_WAITING` for one that is not known. */
  async decideFinding(key: string, decision: FindingDecision): Promise<string> {
    let told = '';
    await this.#update(key, async (handle) => {
      told = await handle.executeUpdate(decideFindingUpdate, { args: [decision] });
    });
    return told;
  }

  /** Throws VishkarError `STORY_NOT_STARTED`, and `STORY_ENDED` where a service would take the request all the same. */
  async cancel(key: string): Promise<void> {
    await this.#known(key, async (handle) => {
      if (!(await this.isOpen(key))) throw new WorkflowNotFoundError('it does not run', handle.workflowId, undefined);
      await handle.cancel();
    });
  }

  /** The stories that run, by what a change outside can name of them. */
  async places(): Promise<readonly StoryPlace[]> {
    const places: StoryPlace[] = [];
    const query = `WorkflowType = '${WORKFLOW_TYPE}' AND ExecutionStatus = 'Running'`;
    for await (const { workflowId, memo = {} } of this.#client.workflow.list({ query })) {
      if (!this.#isOurs(workflowId)) continue;
      const { [MEMO.branch]: branch, [MEMO.pullRequest]: pullRequest } = memo;
      places.push({
        key: workflowId.slice(this.#id('').length),
        branch: typeof branch === 'string' ? branch : undefined,
        pullRequest: typeof pullRequest === 'number' ? pullRequest : undefined,
      });
    }
    return places;
  }

  /** Has a story that waits look outside now; `what` is for those who read its history. False when it was not told. */
  async wake(key: string, what: string): Promise<boolean> {
    return await this.#known(key, async (handle) => {
      const { historyLength } = await handle.describe();
      if (historyLength > WAKE_UP_TO_EVENTS) return false;
      await handle.signal(outsideChangedSignal, what);
      return true;
    });
  }

  async list(): Promise<readonly StoryListEntry[]> {
    const entries: StoryListEntry[] = [];
    for await (const info of this.#client.workflow.list({ query: `WorkflowType = '${WORKFLOW_TYPE}'` })) {
      if (!this.#isOurs(info.workflowId)) continue;
      const attribute = (name: string) => String((info.searchAttributes as Record<string, unknown[]>)[name]?.[0] ?? '');
      entries.push({
        key: attribute(SEARCH_ATTRIBUTES.story) || info.workflowId.slice(this.#id('').length),
        workflowId: info.workflowId,
        runId: info.runId,
        status: info.status.name.toLowerCase(),
        step: attribute(SEARCH_ATTRIBUTES.step),
        state: attribute(SEARCH_ATTRIBUTES.state),
        startedAt: info.startTime.toISOString(),
        closedAt: info.closeTime?.toISOString() ?? null,
      });
    }
    return entries;
  }

  /** Status of the latest run as the service names it; undefined when there is none. */
  async #state(key: string): Promise<string | undefined> {
    try {
      const description = await this.#client.withDeadline(Date.now() + QUERY_WITHIN_MS, () =>
        this.#handle(key).describe(),
      );
      return description.status.name;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return undefined;
      throw error;
    }
  }

  #id(key: string): string {
    return storyWorkflowId(key, this.#access.idPrefix);
  }

  #isOurs(workflowId: string): boolean {
    return workflowId.startsWith(this.#id(''));
  }

  #handle(key: string): WorkflowHandle {
    return this.#client.workflow.getHandle(this.#id(key));
  }

  /** A worker that is killed with a query in its hands never answers it: after a while it is asked of the next one. */
  async #query<T>(key: string, ask: (handle: WorkflowHandle) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1)
      try {
        const deadline = Date.now() + QUERY_WITHIN_MS;
        return await this.#client.withDeadline(deadline, () => this.#known(key, ask));
      } catch (error) {
        if (attempt === QUERY_ATTEMPTS || !isGrpcDeadlineError(error)) throw error;
      }
  }

  async #known<T>(key: string, ask: (handle: WorkflowHandle) => Promise<T>): Promise<T> {
    try {
      return await ask(this.#handle(key));
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
      if ((await this.#state(key)) !== undefined)
        throw new VishkarError('STORY_ENDED', `${key} has ended.`, {
          hint: `"vishkar status ${key}" shows how.`,
          cause: error,
        });
      throw new VishkarError('STORY_NOT_STARTED', `No story ${key} has been started here.`, {
        hint: `Start it with "vishkar run ${key}", or see "vishkar list".`,
        cause: error,
      });
    }
  }

  async #update(key: string, ask: (handle: WorkflowHandle) => Promise<unknown>): Promise<void> {
    try {
      await this.#known(key, ask);
    } catch (error) {
      if (!(error instanceof WorkflowUpdateFailedError)) throw error;
      throw new VishkarError('NOT_WAITING', `${key}: ${error.cause?.message ?? error.message}`, {
        hint: `"vishkar status ${key}" shows what it waits for.`,
        cause: error,
      });
    }
  }
}
