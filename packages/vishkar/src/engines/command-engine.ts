/**
 * An engine that is any program: an argv with placeholders, the prompt by file, stdin or argument. Covers headless
 * agents that speak no protocol, and in-house ones. What it did is read from the worktree; its exit code is only told.
 */
import { access, constants, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { VishkarError } from '../errors.js';
import { childEnvironment } from '../processes/environment.js';
import { runIsolated, worktreeIsolation } from '../processes/isolation.js';
import type { ProcessIsolation } from '../processes/isolation.js';
import type { AskedHost } from '../processes/network-gate.js';
import { sweepOrphans } from '../processes/orphan-sweep.js';
import { runProcess } from '../processes/process-runner.js';
import type { ProcessResult } from '../processes/process-runner.js';
import type { CodingEngine, EngineDescription, EngineRun, EngineRunOptions, EngineTask } from './coding-engine.js';
import { Transcript } from './transcript.js';
import { leftWork, worktreeFingerprint } from './worktree-fingerprint.js';

export interface CommandEngineOptions {
  /** `{promptFile}`, `{prompt}`, `{worktree}`, `{output}` and `{home}` are replaced in each argument. */
  readonly argv: readonly string[];
  /** How the prompt reaches it. Default `file`: only through `{promptFile}`. */
  readonly promptBy: 'file' | 'stdin' | 'argument';
  /** Shown as the engine's model. Default `unknown`. */
  readonly model?: string;
  readonly version?: string;
  /** The environment to choose from: the allow-list, and what `passEnvironment` names. */
  readonly environment: NodeJS.ProcessEnv;
  readonly passEnvironment: readonly string[];
  /** Around its process. Default: none but the worktree. */
  readonly isolation?: ProcessIsolation;
  readonly timeoutMs: number;
  readonly idleTimeoutMs: number;
}

export class CommandEngine implements CodingEngine {
  readonly #options: CommandEngineOptions;
  readonly #isolation: ProcessIsolation;

  constructor(options: CommandEngineOptions) {
    this.#options = options;
    this.#isolation = options.isolation ?? worktreeIsolation;
  }

  /** Throws VishkarError `ENGINE_NOT_INSTALLED` when its program is not there. */
  async describe(): Promise<EngineDescription> {
    const program = this.#options.argv[0] ?? '';
    if (!(await canRun(program, this.#options.environment['PATH'] ?? ''))) {
      throw new VishkarError('ENGINE_NOT_INSTALLED', `The engine's command ${program} can't be run here.`, {
        hint: `Install ${program}, or name another one in "engine.argv" of the configuration.`,
      });
    }
    await this.#isolation.check();
    return { name: 'command', version: this.#options.version ?? 'unknown', model: this.#options.model ?? 'unknown' };
  }

  async run(task: EngineTask, { signal, onProgress }: EngineRunOptions): Promise<EngineRun> {
    const { environment, passEnvironment, promptBy } = this.#options;
    await sweepOrphans(task.worktree, { exclusive: true });
    await mkdir(task.home, { recursive: true });
    const secrets = passEnvironment.flatMap((name) => environment[name] ?? []);
    const transcript = await Transcript.open(task.outputFolder, secrets);
    const promptFile = join(task.outputFolder, 'prompt.md');
    await writeFile(promptFile, task.prompt, { mode: 0o600 });
    const before = await worktreeFingerprint(task.worktree);
    const finish = async (judgement: Pick<EngineRun, 'outcome' | 'retryable' | 'detail'>): Promise<EngineRun> => {
      transcript.write({ type: 'judged', ...judgement });
      await transcript.close();
      return { ...judgement, resumed: false, usage: { source: 'none' }, transcriptPath: transcript.path };
    };
    let bytes = 0;
    const argv = this.#argv(task, promptFile);
    transcript.write({ type: 'command', argv: argv.map((each) => (each === task.prompt ? '{prompt}' : each)) });
    try {
      let pid: number | undefined;
      const places = { worktree: task.worktree, home: task.home, output: task.outputFolder };
      const network = { ports: [], onAsked: (asked: AskedHost) => transcript.write({ type: 'network', ...asked }) };
      const run = {
        cwd: task.worktree,
        env: childEnvironment({ from: environment, home: task.home, pass: passEnvironment }),
        timeoutMs: this.#options.timeoutMs,
        idleTimeoutMs: this.#options.idleTimeoutMs,
        signal,
        secrets,
        logPath: join(task.outputFolder, 'engine.log'),
        ...(promptBy === 'stdin' ? { stdin: task.prompt } : {}),
        onStart: (started: number) => void (pid = started),
        onOutput: (text: string) => {
          bytes += Buffer.byteLength(text);
          transcript.write({ type: 'output', text });
          const activity = text.trim().split('\n').at(-1)?.slice(0, 200) ?? '';
          onProgress({ bytes, toolCalls: 0, activity, ...(pid === undefined ? {} : { pid }) });
        },
      };
      const result = await runIsolated(
        this.#isolation,
        { argv, places, network },
        async (inside) => await runProcess({ ...run, argv: inside }),
      );
      const hasWork = leftWork(before, await worktreeFingerprint(task.worktree));
      return await finish(judge(result, hasWork));
    } catch (error) {
      if (signal.aborted) return await finish({ outcome: 'cancelled', retryable: true, detail: 'It was stopped.' });
      await transcript.close();
      throw error;
    }
  }

  #argv(task: EngineTask, promptFile: string): readonly string[] {
    const values: Readonly<Record<string, string>> = {
      promptFile,
      prompt: task.prompt,
      worktree: task.worktree,
      output: task.outputFolder,
      home: task.home,
    };
    const { argv, promptBy } = this.#options;
    const hasPrompt = argv.some((each) => each.includes('{prompt}'));
    const whole = promptBy === 'argument' && !hasPrompt ? [...argv, '{prompt}'] : argv;
    // One pass, so that a prompt that speaks of {worktree} stays as it is.
    return whole.map((each) => each.replace(/\{(\w+)\}/g, (found, name: string) => values[name] ?? found));
  }
}

function judge(result: ProcessResult, hasWork: boolean): Pick<EngineRun, 'outcome' | 'retryable' | 'detail'> {
  const { exitCode, signalName, timedOut, idle, durationMs } = result;
  const seconds = `${String(Math.round(durationMs / 1000))} s`;
  if (timedOut) {
    const why = idle ? 'It printed nothing for too long' : 'It took too long';
    return { outcome: 'timeout', retryable: true, detail: `${why} and was ended after ${seconds}.` };
  }
  const end = signalName === undefined ? `exit code ${String(exitCode)}` : `ended by ${signalName}`;
  if (hasWork) return { outcome: 'edited', retryable: false, detail: `It changed files in ${seconds} (${end}).` };
  if (exitCode === 0) return { outcome: 'no_change', retryable: false, detail: `It changed nothing (${end}).` };
  const said = result.outputTail.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
  return { outcome: 'engine_error', retryable: true, detail: `It failed (${end}) and changed nothing: ${said}` };
}

async function canRun(program: string, path: string): Promise<boolean> {
  // A relative path starts in the worktree, which is not known here; the run tells when it is not there.
  if (!isAbsolute(program) && /[\\/]/.test(program)) return true;
  const folders = path.split(delimiter).filter((folder) => folder !== '');
  const places = isAbsolute(program) ? [program] : folders.map((folder) => join(folder, program));
  for (const place of places) {
    const isThere = await access(place, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return true;
  }
  return false;
}
