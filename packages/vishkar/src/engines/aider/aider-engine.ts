/**
 * Aider, which speaks no protocol: one call of its command line per turn, the model behind our meter, edits read from
 * the worktree. Boundary between a task and its process: private home, allow-listed environment, limits, judgement.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { childEnvironment } from '../../processes/environment.js';
import { runIsolated, worktreeIsolation } from '../../processes/isolation.js';
import type { ProcessIsolation } from '../../processes/isolation.js';
import type { AskedHost } from '../../processes/network-gate.js';
import { sweepOrphans } from '../../processes/orphan-sweep.js';
import { maskValues } from '../../git/mask-secrets.js';
import { runProcess } from '../../processes/process-runner.js';
import { findEngineProgram, readEngineVersion } from '../engine-program.js';
import type { CodingEngine, EngineDescription, EngineRun, EngineRunOptions, EngineTask } from '../coding-engine.js';
import { continueInFreshSession } from '../engine-prompt.js';
import { meterPorts, stopFacts } from '../model-access.js';
import type { ModelAccess, ModelCall, OpenedModel } from '../model-access.js';
import { Transcript } from '../transcript.js';
import { leftWork, worktreeFingerprint } from '../worktree-fingerprint.js';
import { aiderArguments, aiderEnvironment, aiderMessage, TASK_FILE } from './aider-command.js';
import type { AiderEditFormat } from './aider-command.js';
import { aiderProgram } from './aider-program.js';
import { chooseFiles, listCandidates } from './chosen-files.js';
import { judgeAider } from './judge-aider.js';
import type { AiderEnd } from './judge-aider.js';

export interface AiderEngineOptions {
  readonly access: ModelAccess;
  /** Default: what Aider takes for the model. */
  readonly editFormat?: AiderEditFormat | undefined;
  /** Files up to this size in all are given from the start. */
  readonly contextBytes: number;
  readonly environment: NodeJS.ProcessEnv;
  /** Around its process. Default: none but the worktree. */
  readonly isolation?: ProcessIsolation;
  readonly timeoutMs: number;
  readonly idleTimeoutMs: number;
}

/** Aider would try again for more than a minute; our own attempts come after it, with longer pauses. */
const FAILED_CALLS_IN_A_ROW = 4;
const TAIL_CHARACTERS = 2_000;

export class AiderEngine implements CodingEngine {
  readonly #options: AiderEngineOptions;
  readonly #isolation: ProcessIsolation;
  #version: Promise<string> | undefined;

  constructor(options: AiderEngineOptions) {
    this.#options = options;
    this.#isolation = options.isolation ?? worktreeIsolation;
  }

  /** Throws VishkarError `ENGINE_NOT_INSTALLED`. */
  async describe(): Promise<EngineDescription> {
    const { environment } = this.#options;
    const program = findEngineProgram(aiderProgram, environment);
    await this.#isolation.check();
    // Python takes a second to say it.
    const version = await (this.#version ??= readEngineVersion(aiderProgram, program, environment));
    return { name: 'aider', version, model: this.#options.access.label };
  }

  /** Throws VishkarError `ENGINE_NOT_INSTALLED`, `MODEL_KEY_MISSING`, `PROCESS_NOT_STARTED`. */
  async run(task: EngineTask, options: EngineRunOptions): Promise<EngineRun> {
    const program = findEngineProgram(aiderProgram, this.#options.environment).path;
    await sweepOrphans(task.worktree, { exclusive: true });
    const model = await this.#options.access.open(task.usageLog);
    try {
      return await this.#runWith(program, model, task, options);
    } finally {
      await model.close();
    }
  }

  async #runWith(
    program: string,
    model: OpenedModel,
    task: EngineTask,
    { signal, onProgress, doneBefore }: EngineRunOptions,
  ): Promise<EngineRun> {
    const { environment, timeoutMs, idleTimeoutMs } = this.#options;
    const { settings } = model;
    const secrets = settings.apiKey === undefined ? [] : [settings.apiKey];
    const transcript = await Transcript.open(task.outputFolder, secrets);
    try {
      const before = await worktreeFingerprint(task.worktree);
      const prompt = before.changes === '' ? task.prompt : continueInFreshSession(task.prompt, doneBefore);
      const args = await this.#prepare(model, { ...task, prompt });
      const argv = [program, ...args];
      transcript.write({ type: 'command', argv });
      const outage = new AbortController();
      const calls = watchCalls(model, transcript, () => outage.abort());
      let bytes = 0;
      let said = '';
      let pid: number | undefined;
      const places = { worktree: task.worktree, home: task.home, output: task.outputFolder };
      const onAsked = (asked: AskedHost) => transcript.write({ type: 'network', ...asked });
      const network = { ports: meterPorts(model), onAsked };
      const run = {
        cwd: task.worktree,
        env: childEnvironment({ from: environment, home: task.home, set: aiderEnvironment(settings) }),
        timeoutMs,
        idleTimeoutMs,
        signal: AbortSignal.any([signal, outage.signal]),
        secrets,
        logPath: join(task.outputFolder, 'engine.log'),
        onStart: (started: number) => {
          pid = started;
          onProgress({ bytes, toolCalls: 0, pid: started });
        },
        onOutput: (text: string) => {
          bytes += Buffer.byteLength(text);
          transcript.write({ type: 'output', text });
          said = (said + text).slice(-TAIL_CHARACTERS);
          const activity = said.trim().split('\n').at(-1)?.slice(0, 200) ?? '';
          onProgress({ bytes, toolCalls: calls.length, activity, ...(pid === undefined ? {} : { pid }) });
        },
      };
      const end = await runIsolated(
        this.#isolation,
        { argv, places, network },
        async (inside) => await runProcess({ ...run, argv: inside }),
      ).then<AiderEnd, AiderEnd>(
        ({ exitCode, signalName, timedOut, idle }) =>
          timedOut ? { kind: 'timeout', idle } : { kind: 'exited', exitCode, signalName },
        (error: unknown) => {
          if (signal.aborted) return { kind: 'cancelled' };
          if (outage.signal.aborted) return { kind: 'outage' };
          throw error;
        },
      );
      const hasWork = leftWork(before, await worktreeFingerprint(task.worktree));
      const usage = model.usage();
      const stopped = model.stopped();
      const judgement = judgeAider({ end, calls, usage, stopped, hasWork, said });
      transcript.write({ type: 'judged', ...judgement, hasWork, usage });
      return {
        ...judgement,
        detail: maskValues(judgement.detail, secrets),
        resumed: false,
        ...stopFacts(stopped),
        usage: usage ?? { source: 'none' },
        transcriptPath: transcript.path,
      };
    } finally {
      await transcript.close();
    }
  }

  /** Writes the files of a turn, and returns the arguments that name them. */
  async #prepare({ settings }: OpenedModel, task: EngineTask): Promise<readonly string[]> {
    const { contextBytes, editFormat } = this.#options;
    const { home, outputFolder, worktree, prompt } = task;
    await writeModelCache(home);
    const files = {
      task: join(outputFolder, TASK_FILE),
      message: join(outputFolder, 'aider-message.md'),
      home,
      outputFolder,
    };
    await writeFile(files.task, prompt, { mode: 0o600 });
    await writeFile(files.message, aiderMessage(prompt), { mode: 0o600 });
    const chosen = chooseFiles(await listCandidates(worktree), prompt, contextBytes);
    return aiderArguments(settings, files, { editFormat, files: chosen });
  }
}

/** Aider fetches a list of models from the network unless it has fetched one today; what it needs is in its package. */
async function writeModelCache(home: string): Promise<void> {
  const folder = join(home, '.aider', 'caches');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'model_prices_and_context_window.json'), '{"none": {}}');
}

/** All calls of a run as they end; tells when no more will help: so many have failed one after the other, or none is let through. */
function watchCalls(model: OpenedModel, transcript: Transcript, onOutage: () => void): readonly ModelCall[] {
  const calls: ModelCall[] = [];
  model.watch((call) => {
    calls.push(call);
    transcript.write({ type: 'model_call', ...call });
    const recent = calls.slice(-FAILED_CALLS_IN_A_ROW);
    const isOutage = recent.length === FAILED_CALLS_IN_A_ROW && recent.every(({ status }) => status >= 500);
    // Aider would wait for the provider by itself.
    if (isOutage || model.stopped() !== undefined) onOutage();
  });
  return calls;
}
