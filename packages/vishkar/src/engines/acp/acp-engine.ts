/**
 * A coding agent that speaks the Agent Client Protocol: one class for all of them, with a profile for what differs.
 * Boundary between a task and an agent's process: private home, allow-listed environment, limits, resume, judgement.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Usage } from '../../domain/usage.js';
import { childEnvironment } from '../../processes/environment.js';
import { runIsolated, worktreeIsolation } from '../../processes/isolation.js';
import type { ProcessIsolation } from '../../processes/isolation.js';
import { sweepOrphans } from '../../processes/orphan-sweep.js';
import { maskValues } from '../../git/mask-secrets.js';
import type { CodingEngine, EngineDescription, EngineRun, EngineRunOptions, EngineTask } from '../coding-engine.js';
import { continueInFreshSession } from '../engine-prompt.js';
import { meterPorts, stopFacts } from '../model-access.js';
import type { ModelAccess, OpenedModel } from '../model-access.js';
import { Transcript } from '../transcript.js';
import { leftWork, worktreeFingerprint } from '../worktree-fingerprint.js';
import type { ReadFingerprint } from '../worktree-fingerprint.js';
import type { AcpProfile } from './acp-profile.js';
import { takeAcpTurn } from './acp-turn.js';
import type { AcpTurnResult, StopCause } from './acp-turn.js';
import { launchAgent } from './agent-transport.js';
import type { LaunchAgent, LaunchOptions } from './agent-transport.js';
import { findEngineProgram, readEngineVersion } from '../engine-program.js';
import { writeHomeFiles } from '../home-files.js';
import { judgeTurn } from './judge-turn.js';
import type { Judgement } from './judge-turn.js';
import type { PermissionRule } from './permission-rule.js';
import { ModelCallRecord } from './model-call-record.js';

export interface AcpEngineOptions {
  readonly profile: AcpProfile;
  readonly access: ModelAccess;
  readonly environment: NodeJS.ProcessEnv;
  /** Around its process. Default: none but the worktree. */
  readonly isolation?: ProcessIsolation;
  /** For what it asks; see `answerPermission`. Default: none but the usual answers. */
  readonly permissions?: readonly PermissionRule[];
  /** Ends a turn. */
  readonly timeoutMs: number;
  /** Ends a turn in which nothing came from the agent, and no answer from its model, for so long. */
  readonly idleTimeoutMs: number;
  /** Ends a turn in which so many calls to the model failed in a row. Default 5. */
  readonly failedCallsLimit?: number;
  /** After session/cancel, before the process is ended. Default 5,000. */
  readonly cancelWaitMs?: number;
  /** Default: the profile's program in a process group of its own. */
  readonly launch?: LaunchAgent;
  readonly fingerprint?: ReadFingerprint;
}

const DEFAULT_CANCEL_WAIT_MS = 5_000;
/** Engines wait longer from try to try: by the fifth half a minute or more has passed. */
const DEFAULT_FAILED_CALLS_LIMIT = 5;

export class AcpEngine implements CodingEngine {
  readonly #options: AcpEngineOptions;
  readonly #isolation: ProcessIsolation;

  constructor(options: AcpEngineOptions) {
    this.#options = options;
    this.#isolation = options.isolation ?? worktreeIsolation;
  }

  /** Throws VishkarError `ENGINE_NOT_INSTALLED`, `ENGINE_NOT_WORKING`. */
  async describe(): Promise<EngineDescription> {
    const { profile, access, environment } = this.#options;
    const program = findEngineProgram(profile, environment);
    await this.#isolation.check();
    const version = await readEngineVersion(profile, program, environment);
    return { name: profile.name, version, model: access.label };
  }

  /** Throws VishkarError `ENGINE_NOT_INSTALLED`, `MODEL_KEY_MISSING`, `PROCESS_NOT_STARTED`. */
  async run(task: EngineTask, options: EngineRunOptions): Promise<EngineRun> {
    // Whatever of an earlier attempt still edits this worktree is ended first.
    await sweepOrphans(task.worktree, { exclusive: true });
    await mkdir(task.home, { recursive: true });
    const model = await this.#options.access.open(task.usageLog);
    try {
      return await this.#runWith(model, task, options);
    } finally {
      await model.close();
    }
  }

  async #runWith(model: OpenedModel, task: EngineTask, options: EngineRunOptions): Promise<EngineRun> {
    const { profile, fingerprint = worktreeFingerprint, cancelWaitMs = DEFAULT_CANCEL_WAIT_MS } = this.#options;
    const { failedCallsLimit = DEFAULT_FAILED_CALLS_LIMIT } = this.#options;
    const { secrets } = model;
    const transcript = await Transcript.open(task.outputFolder, secrets);
    const limits = watchLimits(options.signal, this.#options);
    const calls = new ModelCallRecord();
    model.watch((call) => {
      if (calls.add(call)) limits.touch();
      transcript.write({ type: 'model_call', ...call });
      // An engine would wait for the provider by itself, for hours.
      if (model.stopped() !== undefined) limits.end();
      else if ((calls.failure?.times ?? 0) >= failedCallsLimit) limits.outage();
    });
    try {
      const before = await fingerprint(task.worktree);
      const launched = await this.#prepare(model, task);
      const { turn, ending } = await runIsolated(
        this.#isolation,
        {
          argv: launched.argv,
          places: { worktree: task.worktree, home: task.home, output: task.outputFolder },
          network: { ports: meterPorts(model), onAsked: (asked) => transcript.write({ type: 'network', ...asked }) },
        },
        async (argv) => {
          const { launch = launchAgent } = this.#options;
          const transport = await launch({ ...launched, argv, secrets, onBytes: limits.touch });
          try {
            const result = await takeAcpTurn(transport, {
              profile,
              worktree: task.worktree,
              permissions: this.#options.permissions ?? [],
              freshPrompt:
                before.changes === '' ? task.prompt : continueInFreshSession(task.prompt, options.doneBefore),
              stop: limits.stop,
              cancelWaitMs,
              transcript,
              onProgress: options.onProgress,
              onStep: options.onStep ?? (() => undefined),
              onAnswer: () => calls.endTurn(),
              ...(options.steering === undefined ? {} : { steering: options.steering }),
              ...(options.resumeSessionId === undefined ? {} : { resumeSessionId: options.resumeSessionId }),
            });
            return { turn: result, ending: result.end.kind === 'failed' ? await transport.ending() : undefined };
          } finally {
            await transport.close();
          }
        },
      );
      const hasWork = leftWork(before, await fingerprint(task.worktree));
      const { end, record, sessionId, resumed } = turn;
      const { toolCalls, rejected, lastMessage } = record;
      const stopped = model.stopped();
      const seen = model.isMetered ? calls : undefined;
      const judgement: Judgement =
        stopped === undefined
          ? judgeTurn({ profile, end, calls: seen, hasWork, toolCalls, lastMessage, rejected, ending })
          : { outcome: 'engine_error', retryable: false, detail: `${profile.name} was stopped: ${stopped.detail}.` };
      const usage = model.usage() ?? reportedUsage(turn, profile);
      transcript.write({ type: 'judged', ...judgement, hasWork, usage });
      return {
        ...judgement,
        detail: maskValues(judgement.detail, secrets),
        resumed,
        ...stopFacts(stopped),
        usage,
        transcriptPath: transcript.path,
        ...(sessionId === undefined ? {} : { sessionId }),
      };
    } finally {
      limits.release();
      await transcript.close();
    }
  }

  /** Writes the files of its home, and tells how it is started, but for its isolation. */
  async #prepare({ settings }: OpenedModel, task: EngineTask): Promise<Omit<LaunchOptions, 'secrets' | 'onBytes'>> {
    const { profile, environment, launch } = this.#options;
    const program = launch === undefined ? findEngineProgram(profile, environment).argv : [profile.name];
    await writeHomeFiles(task.home, profile.files?.(settings) ?? []);
    return {
      argv: [...program, ...profile.args],
      cwd: task.worktree,
      env: childEnvironment({
        from: environment,
        home: task.home,
        set: {
          ...withoutProxyToLoopback(environment),
          ...profile.environment(settings, task.home),
          ...(this.#isolation.level === 'worktree' ? {} : profile.sandboxedEnvironment),
        },
      }),
      logPath: join(task.outputFolder, 'engine.log'),
      exitsOnInputEnd: profile.quirks.exitsOnInputEnd,
    };
  }
}

/** Calls to our meter must not go to the proxy that leads out of this network. */
function withoutProxyToLoopback(environment: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  const given = environment['NO_PROXY'] ?? environment['no_proxy'] ?? '';
  const hosts = [...new Set([...given.split(','), '127.0.0.1', 'localhost'])].filter((host) => host.trim() !== '');
  return { NO_PROXY: hosts.join(','), no_proxy: hosts.join(',') };
}

/** What the engine says it used. Numbers that are known to leave calls out are not passed on. */
function reportedUsage({ end, record: { costUsd } }: AcpTurnResult, { quirks }: AcpProfile): Usage {
  const usage = end.kind === 'ended' && quirks.usageCoversTurn ? end.usage : undefined;
  const { inputTokens, outputTokens } = usage ?? {};
  if (inputTokens === undefined && outputTokens === undefined && costUsd === undefined) return { source: 'none' };
  return {
    source: 'engine',
    ...(inputTokens === undefined ? {} : { inputTokens }),
    ...(outputTokens === undefined ? {} : { outputTokens }),
    ...(costUsd === undefined ? {} : { costUsd }),
  };
}

/** One signal for all reasons to stop a turn; its reason says which. */
function watchLimits(signal: AbortSignal, { timeoutMs, idleTimeoutMs }: AcpEngineOptions) {
  const controller = new AbortController();
  const stop = (cause: StopCause) => () => controller.abort(cause);
  const total = setTimeout(stop('timeout'), timeoutMs);
  const idle = setTimeout(stop('idle'), idleTimeoutMs);
  const cancel = stop('cancelled');
  if (signal.aborted) cancel();
  signal.addEventListener('abort', cancel, { once: true });
  return {
    stop: controller.signal,
    touch: () => void idle.refresh(),
    end: stop('model'),
    outage: stop('outage'),
    release: () => {
      clearTimeout(total);
      clearTimeout(idle);
      signal.removeEventListener('abort', cancel);
    },
  };
}
