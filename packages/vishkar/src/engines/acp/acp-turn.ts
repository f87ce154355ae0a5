/**
 * One turn with an agent over its protocol: shake hands, load or make a session, prompt, and wait for the end or for a
 * reason to stop. It reports what the protocol showed; what that is worth is judged by `judgeTurn`.
 *
 *   handshake -> session (loaded | new) -> prompt -> ended
 *                                          |   ^-- session/cancel, its end, and a prompt with what a person said meanwhile
 *       \________________\____________________\-> stopped: session/cancel, a few seconds, then the process is ended
 */
import { setTimeout as pause } from 'node:timers/promises';
import * as acp from '@agentclientprotocol/sdk';
import { z } from 'zod';
import type { EngineProgress, FinishedStep, Steered, Steering } from '../coding-engine.js';
import { CONTINUE_PROMPT, steeringPrompt } from '../engine-prompt.js';
import { packageVersion } from '../../package-version.js';
import type { Transcript } from '../transcript.js';
import type { AcpProfile } from './acp-profile.js';
import { AcpSessionRecord } from './acp-session-record.js';
import type { AgentTransport } from './agent-transport.js';
import { answerPermission } from './permission-policy.js';
import type { PermissionRule } from './permission-rule.js';

/** Why a turn was stopped from our side. */
/** `outage`: calls to the model keep failing; `model`: it is not to be asked any more. */
export type StopCause = 'cancelled' | 'timeout' | 'idle' | 'outage' | 'model';

export interface AcpTurnOptions {
  readonly profile: AcpProfile;
  readonly worktree: string;
  /** Of the project, for what the agent asks. */
  readonly permissions: readonly PermissionRule[];
  /** The prompt for a session that knows nothing of the task yet. */
  readonly freshPrompt: string;
  readonly resumeSessionId?: string;
  /** Aborted with a {@link StopCause} as reason. */
  readonly stop: AbortSignal;
  /** After session/cancel, for the agent to end its turn. */
  readonly cancelWaitMs: number;
  readonly transcript: Transcript;
  readonly onProgress: (progress: EngineProgress) => void;
  readonly onStep: (step: FinishedStep) => void;
  readonly steering?: Steering;
  /** The agent says that its turn is over; what it does from now on is not of the turn. */
  readonly onAnswer: () => void;
}

export type AcpTurnEnd =
  | { readonly kind: 'ended'; readonly stopReason: acp.StopReason; readonly usage: TurnUsage | undefined }
  | { readonly kind: 'failed'; readonly code: number | undefined; readonly message: string }
  | { readonly kind: 'stopped'; readonly cause: StopCause };

export interface AcpTurnResult {
  readonly end: AcpTurnEnd;
  readonly sessionId: string | undefined;
  readonly resumed: boolean;
  readonly record: AcpSessionRecord;
}

const usageSchema = z.looseObject({
  inputTokens: z.number().nonnegative().optional(),
  outputTokens: z.number().nonnegative().optional(),
  totalTokens: z.number().nonnegative().optional(),
});
export type TurnUsage = z.infer<typeof usageSchema>;

/** Updates may come after the answer to the prompt: the turn is over when none came for so long, or after the limit. */
const QUIET_MS = 250;
const DRAIN_LIMIT_MS = 2_000;

/** Takes one turn. Never throws for what the agent does: that is the result. */
export async function takeAcpTurn(transport: AgentTransport, options: AcpTurnOptions): Promise<AcpTurnResult> {
  const { transcript, stop, worktree } = options;
  const record = new AcpSessionRecord(transcript, options.onStep);
  let sessionId: string | undefined;
  let resumed = false;
  const report = () => {
    options.onProgress({
      bytes: transport.bytes(),
      toolCalls: record.toolCalls,
      // A session that has heard nothing of the task yet is none to go on with.
      ...(sessionId === undefined || !(resumed || record.hasWorked) ? {} : { sessionId, resumed }),
      ...(transport.pid === undefined ? {} : { pid: transport.pid }),
      ...(record.activity === undefined ? {} : { activity: record.activity }),
    });
  };
  const client = acp
    .client({ name: 'vishkar' })
    .onRequest(acp.methods.client.session.requestPermission, async ({ params }) => {
      const { allowed, reason, response } = await answerPermission(params, { worktree, rules: options.permissions });
      transcript.write({ type: 'permission', toolCall: params.toolCall, allowed, reason });
      if (!allowed) record.addRejection();
      return response;
    })
    .onNotification(acp.methods.client.session.update, ({ params }) => {
      record.add(params.update);
      report();
    });

  const end = await client
    .connectWith(transport.stream, async (agent): Promise<AcpTurnEnd> => {
      const orStop = async <T>(work: Promise<T>): Promise<T> => await Promise.race([work, rejectOnStop(stop)]);
      const session = await orStop(openSession(agent, options, record));
      ({ sessionId, resumed } = session);
      transcript.write({ type: 'session', sessionId, resumed });
      report();
      const prompt = (text: string) => {
        transcript.write({ type: 'prompt', text });
        const { prompt: method } = acp.methods.agent.session;
        return agent.request(method, { sessionId: session.sessionId, prompt: [{ type: 'text', text }] });
      };
      let answer = prompt(resumed ? CONTINUE_PROMPT : options.freshPrompt);
      try {
        const { steering } = options;
        const said = watchSteering(steering, resumed);
        try {
          for (let news = await orStop(said.before(answer)); news !== undefined;) {
            transcript.write({ type: 'steered', ...news });
            await agent.notify(acp.methods.agent.session.cancel, { sessionId: session.sessionId });
            // Its end tells nothing of the task: it was asked for.
            await orStop(answer.catch(() => undefined));
            // What still comes of it is no sign that the agent has heard what it is told next.
            await drain(record, stop);
            await steering?.handingOn();
            answer = prompt(steeringPrompt(news.messages, news.maybeAgain));
            record.onceHeard(() => void steering?.handedOn());
            news = await orStop(said.before(answer));
          }
        } finally {
          said.close();
        }
        const response: acp.PromptResponse = await orStop(answer);
        options.onAnswer();
        transcript.write({ type: 'answer', response });
        await drain(record, stop);
        const usage = usageSchema.safeParse((response as { usage?: unknown }).usage);
        return { kind: 'ended', stopReason: response.stopReason, usage: usage.success ? usage.data : undefined };
      } catch (error) {
        if (!stop.aborted) throw error;
        await cancelTurn(agent, sessionId, answer, options.cancelWaitMs);
        throw error;
      }
    })
    .catch((error: unknown): AcpTurnEnd => describeFailure(error, stop));
  transcript.write({ type: 'end', end });
  return { end, sessionId, resumed, record };
}

async function openSession(
  agent: acp.ClientContext,
  { profile, worktree, resumeSessionId, transcript }: AcpTurnOptions,
  record: AcpSessionRecord,
): Promise<{ sessionId: string; resumed: boolean }> {
  const { agentCapabilities, agentInfo } = await agent.request(acp.methods.agent.initialize, {
    protocolVersion: acp.PROTOCOL_VERSION,
    clientInfo: { name: 'vishkar', version: packageVersion() },
    // The agent writes files itself, in the worktree: simpler, and atomic on its side.
    clientCapabilities: { fs: { readTextFile: false, writeTextFile: false }, terminal: false },
  });
  transcript.write({ type: 'agent', agentInfo, agentCapabilities });
  let sessionId = resumeSessionId;
  let resumed = false;
  if (sessionId !== undefined) {
    resumed = await record
      .whileReplaying(async () => await loadSession(agent, record, resumeSessionId ?? '', worktree, agentCapabilities))
      .catch((error: unknown) => {
        // Sessions get lost (another host, a home that is gone): the task then starts in a fresh one.
        transcript.write({ type: 'session-not-loaded', sessionId: resumeSessionId, error: String(error) });
        return false;
      });
  }
  if (sessionId === undefined || !resumed) {
    ({ sessionId } = await agent.request(acp.methods.agent.session.new, { cwd: worktree, mcpServers: [] }));
    for (const { method, params } of profile.sessionRequests?.(sessionId) ?? []) {
      const refused = await agent.request(method, params).then(
        () => undefined,
        (error: unknown) => String(error),
      );
      transcript.write({ type: 'session-request', method, ...(refused === undefined ? {} : { refused }) });
    }
  }
  if (profile.sessionMode !== undefined) {
    await agent.request(acp.methods.agent.session.setMode, { sessionId, modeId: profile.sessionMode });
  }
  return { sessionId, resumed };
}

/** Loads a session in the way the agent can; false when it can't at all, or when nothing of the session is left. */
async function loadSession(
  agent: acp.ClientContext,
  record: AcpSessionRecord,
  sessionId: string,
  cwd: string,
  capabilities: acp.AgentCapabilities | undefined,
): Promise<boolean> {
  const params = { sessionId, cwd, mcpServers: [] };
  // Resuming does not send the whole past again, so it is preferred.
  if (capabilities?.sessionCapabilities?.resume != null) await agent.request(acp.methods.agent.session.resume, params);
  else if (capabilities?.loadSession === true) {
    await agent.request(acp.methods.agent.session.load, params);
    // A load sends the whole past. Without any, the agent has lost it and knows nothing of the task.
    return record.replayed > 0;
  } else return false;
  return true;
}

/** Waits for a turn's end or for what people say, whichever comes first; what comes after the end is for the next turn. */
function watchSteering(steering: Steering | undefined, resumed: boolean) {
  const over = new AbortController();
  const never = new Promise<never>(() => undefined);
  return {
    before: async (answer: Promise<unknown>): Promise<Steered | undefined> => {
      const ended = answer.then(
        () => undefined,
        () => undefined,
      );
      const said = steering?.next(over.signal, resumed).catch(() => never) ?? never;
      return await Promise.race([ended, said]);
    },
    close: () => over.abort(),
  };
}

async function cancelTurn(
  agent: acp.ClientContext,
  sessionId: string,
  answer: Promise<unknown>,
  waitMs: number,
): Promise<void> {
  const settled = answer.then(
    () => undefined,
    () => undefined,
  );
  // The agent may be gone already; its process is ended next in any case.
  await agent.notify(acp.methods.agent.session.cancel, { sessionId }).catch(() => undefined);
  await Promise.race([settled, pause(waitMs, undefined, { ref: false })]);
}

async function drain(record: AcpSessionRecord, stop: AbortSignal): Promise<void> {
  const since = performance.now();
  for (;;) {
    const now = performance.now();
    const quietFor = now - Math.max(since, record.lastUpdateAt);
    if (quietFor >= QUIET_MS || now - since >= DRAIN_LIMIT_MS || stop.aborted) return;
    await pause(QUIET_MS - quietFor);
  }
}

function rejectOnStop(stop: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const fail = () => reject(new Error('the turn was stopped'));
    if (stop.aborted) fail();
    stop.addEventListener('abort', fail, { once: true });
  });
}

function describeFailure(error: unknown, stop: AbortSignal): AcpTurnEnd {
  if (stop.aborted) return { kind: 'stopped', cause: stop.reason as StopCause };
  if (!(error instanceof acp.RequestError)) return { kind: 'failed', code: undefined, message: String(error) };
  // What went wrong at the model often stands in `data` only.
  const data = typeof error.data === 'string' ? error.data : JSON.stringify(error.data ?? '');
  return { kind: 'failed', code: error.code, message: data === '""' ? error.message : `${error.message} ${data}` };
}
