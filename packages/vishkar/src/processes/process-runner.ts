/**
 * Runs one program to its end, with limits: the way engines and a project's own commands are run.
 * Guards two rules: nothing of a run outlives it (its group and what left the group are ended), and its exit code is
 * reported, never judged, here.
 */
import { OutputRecord } from './output-record.js';
import { startProcessGroup } from './process-group.js';

export interface RunProcessOptions {
  /** Program and arguments; never a shell. */
  readonly argv: readonly string[];
  readonly cwd: string;
  /** The whole environment; see `childEnvironment`. */
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Ends a program that prints nothing for so long. Default: none. */
  readonly idleTimeoutMs?: number;
  readonly signal: AbortSignal;
  /** Written to standard input, which is closed after it. */
  readonly stdin?: string;
  /** File for stdout and stderr together, masked; its folder exists. */
  readonly logPath?: string;
  /** Default 16 MiB; what comes after is counted, not kept. */
  readonly logLimitBytes?: number;
  /** Values to mask in everything that is kept or returned, on top of well-known forms of secrets. */
  readonly secrets?: readonly string[];
  /** Whole lines of stdout and stderr, masked, as they come. */
  readonly onOutput?: (text: string) => void;
  /** Called once with the group's leader. */
  readonly onStart?: (pid: number) => void;
  /** Between SIGTERM and SIGKILL. Default 3,000. */
  readonly graceMs?: number;
}

export interface ProcessResult {
  /** -1 when a signal ended it. */
  readonly exitCode: number;
  readonly signalName?: NodeJS.Signals;
  /** True for either of the two limits; `idle` tells them apart. */
  readonly timedOut: boolean;
  /** True when it was ended because it printed nothing for too long. */
  readonly idle: boolean;
  readonly durationMs: number;
  /** At most the last 16 KiB, masked. */
  readonly outputTail: string;
  /** Bytes of output, also of what was not kept. */
  readonly outputBytes: number;
}

/**
 * Runs a program and returns how it ended. A failing program or a time-out is a result; throws the signal's reason
 * when aborted (after everything of the run is gone) and VishkarError `PROCESS_NOT_STARTED`.
 */
export async function runProcess(options: RunProcessOptions): Promise<ProcessResult> {
  options.signal.throwIfAborted();
  const startedAt = performance.now();
  const output = new OutputRecord(options);
  try {
    const group = await startProcessGroup(options);
    options.onStart?.(group.pid);
    const limits = watchLimits(options);
    const recorded = [output.record(group.stdout, limits.touch), output.record(group.stderr, limits.touch)];
    group.stdin.end(options.stdin ?? '');
    const ended = await Promise.race([group.exited.then(() => 'exited' as const), limits.reached]);
    limits.release();
    const exit = ended === 'exited' ? await group.over : await group.stop(options.graceMs);
    if (ended === 'aborted') options.signal.throwIfAborted();
    await Promise.all(recorded);
    return {
      ...exit,
      timedOut: ended === 'timeout' || ended === 'idle',
      idle: ended === 'idle',
      durationMs: Math.round(performance.now() - startedAt),
      outputTail: output.tail,
      outputBytes: output.bytes,
    };
  } finally {
    await output.close();
  }
}

type Limit = 'timeout' | 'idle' | 'aborted';

/** The three reasons to end a program before it ends by itself. */
function watchLimits(options: RunProcessOptions) {
  const { idleTimeoutMs, signal } = options;
  const over = new AbortController();
  const reach = (limit: Limit) => () => over.abort(limit);
  const reached = new Promise<Limit>((resolve) => {
    over.signal.addEventListener('abort', () => resolve(over.signal.reason as Limit), { once: true });
  });
  const total = setTimeout(reach('timeout'), options.timeoutMs);
  const idle = idleTimeoutMs === undefined ? undefined : setTimeout(reach('idle'), idleTimeoutMs);
  const abort = reach('aborted');
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  return {
    reached,
    touch: () => void idle?.refresh(),
    release: () => {
      clearTimeout(total);
      clearTimeout(idle);
      signal.removeEventListener('abort', abort);
    },
  };
}
