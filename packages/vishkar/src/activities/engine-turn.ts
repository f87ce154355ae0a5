/**
 * One turn of the engine in the story's worktree: prompt in, commit out. Done twice it leaves one commit: what an
 * earlier attempt committed under the same marker is adopted, what it left uncommitted is gone on with (the engine's
 * own session is loaded where it can be). What the turn did is read from the diff, never from the engine's word.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ApplicationFailure } from '@temporalio/activity';
import type { EngineWork, StoryWork } from '../domain/activity-contracts.js';
import type { Guidance } from '../domain/guidance.js';
import { tellInterruption } from '../domain/interruption.js';
import type { ProtectedPaths } from '../domain/protected-paths.js';
import type { EngineFailureDetails } from '../domain/engine-failure.js';
import { VishkarError } from '../errors.js';
import type { EngineRun, EngineTaskKind, PassedOverEngine, UsageLog } from '../engines/coding-engine.js';
import { commitAll, findMarkedCommit, pushBranch } from '../git/checkpoint.js';
import { changedFiles } from '../git/diff.js';
import { gitText } from '../git/git-command.js';
import { restoreGuardedFiles } from '../git/guarded-files.js';
import { changesAround, lookAround } from '../git/surroundings.js';
import { isIntactWorktree } from '../git/worktree.js';
import type { ActivityCall } from './activity-server.js';
import { refuseQuestion } from './engine-question.js';
import type { AttemptRecord } from './attempt-record.js';
import { AttemptUsage, usageFolder, usedBefore } from './attempt-usage.js';
import { engineTrailer, readCommitEngine } from './commit-engine.js';
import { StorySteering } from './steering.js';
import { holdBack } from './held-back.js';
import { openWorktree } from './story-worktree.js';
import { storyRemote } from './story-tools.js';
import type { StoryTools } from './story-tools.js';
import { TurnAttempts } from './turn-attempts.js';

export interface EngineTurn {
  /** With the session of a turn that its provider cut off, and what people answered. */
  readonly work: StoryWork & {
    readonly resumeSessionId?: string | undefined;
    readonly guidance: readonly Guidance[];
    readonly settledUsage: readonly string[];
    readonly protectedPaths: ProtectedPaths;
  };
  readonly kind: EngineTaskKind;
  readonly round: number;
  readonly prompt: (worktree: string) => Promise<string>;
  /** Called with what the engine left, before it is committed. */
  readonly beforeCommit?: (worktree: string) => Promise<void>;
  /** First line of the commit. */
  readonly message: string;
}

interface TurnChannels {
  readonly usageLog: UsageLog;
  readonly steering: StorySteering;
  readonly attempts: TurnAttempts;
  readonly record: AttemptRecord;
}

type Reported = Pick<EngineWork, 'usageMarker' | 'usedBefore'>;
type Turn = Omit<EngineWork, 'attempt' | 'by'> & { readonly worktree: string };

export async function takeEngineTurn(tools: StoryTools, turn: EngineTurn, call: ActivityCall): Promise<Turn> {
  const { work, kind, round } = turn;
  const worktree = await openWorktree(tools, work, call.signal);
  const trailers = { 'Vishkar-Story': work.story.key, 'Vishkar-Step': kind, 'Vishkar-Round': String(round) };
  const engine = await tools.engine.describe(kind);
  // Only after the head that this turn began at: an earlier run of the story may have left the same marker before it.
  const done = await findMarkedCommit(worktree, work.branch, trailers, work.headSha);
  if (done === undefined) await refuseQuestion(worktree, work.guidance);
  const before = await lookAround(tools.repository);
  const records = await usageFolder(tools, work.story.key);
  const [runId = ''] = call.marker.split('/');
  const reported = {
    usageMarker: call.marker,
    usedBefore: await usedBefore(records, { runId, own: call.marker, settled: work.settledUsage }),
  };
  const usageLog = new AttemptUsage(records, call.marker);
  const attempts = await TurnAttempts.look(tools, { storyKey: work.story.key, kind, round }, call);
  const record = done === undefined ? await attempts.begin() : undefined;
  const steering = new StorySteering({ look: call.guidance, known: work.guidance, told: attempts.told, record });
  const run =
    record === undefined
      ? undefined
      : await runEngineIn(tools, turn, worktree, call, { usageLog, steering, attempts, record });
  // An engine that nobody meters says itself what it used, at its end.
  if (run !== undefined && usageLog.isEmpty && run.usage.source !== 'none') await usageLog.add(run.usage);
  const undone = done === undefined ? await restoreGuardedFiles(worktree, work.story.key, work.headSha) : [];
  const { interruptions } = attempts;
  const warnings = [
    ...interruptions.map(tellInterruption),
    ...steering.reached.map(({ by }) => `what ${by} said reached the engine while it worked`),
    ...changesAround(before, await lookAround(tools.repository)),
    ...(undone.length === 0 ? [] : [`what the engine did to ${undone.join(', ')} was undone: it judges the engine`]),
  ];

  // Not always who is at hand now: a list may have gone on to its next engine.
  const worker = run?.engine ?? (done === undefined ? undefined : await readCommitEngine(worktree, done)) ?? engine;
  // What a failed turn left stays in the worktree, uncommitted: the next attempt goes on from it.
  if (run !== undefined) {
    refuseFailure(run, attempts.failures, reported);
    await refuseQuestion(worktree, work.guidance, { usage: run.usage, ...reported }).catch(async (error: unknown) => {
      await record?.close('asked');
      throw error;
    });
  }
  await turn.beforeCommit?.(worktree);
  call.report({ line: 'committing' });
  const heldBack = await holdBack(tools, { ...turn, runId, worktree, isOver: done !== undefined });
  const sha =
    done ??
    (await commitAll(worktree, {
      message: turn.message,
      trailers: { ...trailers, ...engineTrailer(worker) },
      branch: work.branch,
      parent: work.headSha,
      signal: call.signal,
    }));
  const head = sha ?? work.headSha;
  await pushBranch({ worktree, ...storyRemote(tools), branch: work.branch, signal: call.signal });

  const commits = await gitText(['rev-list', '--reverse', `${work.headSha}..${head}`], { cwd: worktree });
  const files = sha === undefined ? [] : await changedFiles({ folder: worktree, base: work.headSha, head });
  return {
    worktree,
    outcome: files.length > 0 ? 'edited' : 'no_change',
    headSha: head,
    files: files.map((file) => file.path),
    commits: commits === '' ? [] : commits.split('\n'),
    engine: worker,
    usage: run?.usage ?? { source: 'none' },
    ...reported,
    resumed: run?.resumed ?? false,
    interruptions,
    ...heldBack.changes,
    warnings: [...warnings, ...heldBack.warnings, ...(run?.passedOver ?? []).map(tellPassedOver)],
    detail: run?.detail ?? 'adopted the commit that an earlier attempt left',
    artifacts:
      run === undefined ? [] : [await tools.artifacts.putFile('transcript', run.transcriptPath, 'application/jsonl')],
  };
}

function tellPassedOver({ engine, why }: PassedOverEngine): string {
  return `the engine ${engine} was passed over: ${why}`;
}

/** Whatever the engine says, a worktree that it took apart is not looked at as if it were the story's. */
async function runEngineIn(
  tools: StoryTools,
  turn: EngineTurn,
  worktree: string,
  call: ActivityCall,
  channels: TurnChannels,
): Promise<EngineRun> {
  const outcome = await runEngine(tools, turn, worktree, call, channels).then(
    (run) => ({ run }),
    (error: unknown) => ({ error }),
  );
  const isDamaged = !call.signal.aborted && !(await isIntactWorktree(worktree));
  await channels.record.close('run' in outcome && !isDamaged ? outcome.run.outcome : 'engine_error');
  if (isDamaged)
    throw new VishkarError('WORKTREE_DAMAGED', 'The engine took the worktree apart (its .git or its HEAD is gone).', {
      hint: 'The attempt is dropped and the worktree is built again from the story branch; then answer "retry".',
      ...retry(true, channels.attempts.failures),
      ...('error' in outcome ? { cause: outcome.error } : {}),
    });
  if ('error' in outcome) throw outcome.error;
  return outcome.run;
}

async function runEngine(
  tools: StoryTools,
  turn: EngineTurn,
  worktree: string,
  call: ActivityCall,
  { usageLog, steering, attempts, record }: TurnChannels,
): Promise<EngineRun> {
  const { work, kind, round } = turn;
  const home = join(tools.folders.engineHomes, work.story.key);
  // On another host the record is not there, and the last heartbeat is what is known.
  const resumeSessionId = attempts.session ?? call.before?.sessionId ?? work.resumeSessionId;
  await mkdir(home, { recursive: true });
  return await tools.engine.run(
    {
      storyKey: work.story.key,
      kind,
      round,
      prompt: await turn.prompt(worktree),
      worktree,
      home,
      outputFolder: attempts.folder,
      usageLog,
    },
    {
      signal: call.signal,
      steering,
      doneBefore: attempts.done,
      onStep: (step) => record.step(step),
      ...(resumeSessionId === undefined ? {} : { resumeSessionId }),
      onProgress: (progress) => {
        record.progress(progress);
        const { sessionId, bytes, toolCalls, activity } = progress;
        call.report({
          line: activity ?? `${String(toolCalls)} tool calls, ${String(bytes)} bytes`,
          bytes,
          toolCalls,
          ...(sessionId === undefined ? {} : { sessionId }),
        });
      },
    },
  );
}

/** Pauses before the next attempt; after as many failures a person is asked, because every attempt costs time and tokens. */
const ENGINE_RETRY_AFTER_MS = [5_000, 30_000, 120_000] as const;

/** `failures`: of attempts before this one. An attempt that was killed with its worker is none. */
function retry(retryable: boolean, failures: number): { readonly retryable: boolean; readonly retryAfterMs?: number } {
  const retryAfterMs = ENGINE_RETRY_AFTER_MS[failures];
  return retryable && retryAfterMs !== undefined ? { retryable, retryAfterMs } : { retryable: false };
}

/** Trouble of an engine is tried again or refused; an engine that found nothing to do is a result. */
function refuseFailure(run: EngineRun, failures: number, reported: Reported): void {
  switch (run.outcome) {
    case 'edited':
    case 'no_change':
    case 'refused':
      return;
    case 'cancelled':
      throw ApplicationFailure.retryable(`the engine was stopped: ${run.detail}`, 'ENGINE_CANCELLED');
    case 'timeout':
    case 'engine_error':
      if (run.limit !== undefined)
        throw new VishkarError('PROVIDER_LIMITED', run.detail, {
          hint: 'The story waits for the provider and goes on by itself; "retry" asks it at once.',
          details: failureDetails(run, reported),
        });
      throw new VishkarError(run.outcome === 'timeout' ? 'ENGINE_TIMEOUT' : 'ENGINE_FAILED', run.detail, {
        hint: 'Run "vishkar doctor" to check the engine and its model; then answer "retry".',
        ...retry(run.retryable, failures),
        details: failureDetails(run, reported),
      });
    default:
      throw new Error(`unknown engine outcome ${String(run.outcome satisfies never)}`);
  }
}

function failureDetails({ usage, limit, sessionId }: EngineRun, reported: Reported): EngineFailureDetails {
  if (limit === undefined) return { usage, ...reported };
  return {
    usage,
    ...reported,
    ...(sessionId === undefined ? {} : { sessionId }),
    limit: { kind: limit.kind, resumesAtMs: limit.resumesAtMs ?? null },
  };
}
