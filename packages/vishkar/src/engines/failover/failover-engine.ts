/**
 * A list of engines that stands for one: the next is taken when one is not installed here or gives up. Each goes on
 * from the files that the one before it left, in a home and an output folder of its own. Guards the rule that evidence
 * names the engine that did the work, and says why those before it did not.
 */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Usage } from '../../domain/usage.js';
import { VishkarError } from '../../errors.js';
import type {
  CodingEngine,
  EngineDescription,
  EngineRun,
  EngineRunOptions,
  EngineTask,
  EngineTaskKind,
  PassedOverEngine,
  ProviderLimit,
} from '../coding-engine.js';
import { afterRun, decodePlace, encodePlace } from './next-engine.js';

export interface ListedEngine {
  /** Its name in the configuration. */
  readonly name: string;
  readonly engine: CodingEngine;
}

export interface FailoverEngineOptions {
  /** In the order in which they are asked; at least one. */
  readonly engines: readonly ListedEngine[];
  /** Runs of one engine before the next is taken, for failures that may pass. */
  readonly attempts: number;
  /** Before the second run of an engine, the third, ...; the last holds for all that follow. */
  readonly retryAfterMs?: readonly number[];
}

const RETRY_AFTER_MS = [5_000, 30_000, 120_000] as const;
/** An engine that can't run here at all, for which no attempt is spent. */
const CANNOT_RUN = new Set([
  'ENGINE_NOT_INSTALLED',
  'MODEL_KEY_MISSING',
  'PROCESS_NOT_STARTED',
  'ISOLATION_NOT_AVAILABLE',
]);

export class FailoverEngine implements CodingEngine {
  readonly #options: FailoverEngineOptions;

  constructor(options: FailoverEngineOptions) {
    this.#options = options;
  }

  /** The first that is installed. Throws VishkarError `ENGINE_NOT_INSTALLED` of the first when none is. */
  async describe(kind?: EngineTaskKind): Promise<EngineDescription> {
    let first: unknown;
    for (const { engine } of this.#options.engines) {
      try {
        return await engine.describe(kind);
      } catch (error) {
        if (!cannotRun(error)) throw error;
        first ??= error;
      }
    }
    throw first;
  }

  /** Throws VishkarError `ENGINE_NOT_INSTALLED` when none of them can run here. */
  async run(task: EngineTask, options: EngineRunOptions): Promise<EngineRun> {
    const { engines, attempts, retryAfterMs = RETRY_AFTER_MS } = this.#options;
    let place = decodePlace(
      options.resumeSessionId,
      engines.map(({ name }) => name),
    );
    const passedOver: PassedOverEngine[] = [];
    const used: Usage[] = [];
    const limits: ProviderLimit[] = [];
    let last: EngineRun | undefined;
    let missing: unknown;
    for (let index = place?.index ?? 0; index < engines.length; index += 1) {
      const listed = engines[index];
      if (listed === undefined) break;
      for (let attempt = place?.attempt ?? 1; ; attempt += 1) {
        const turn = await this.#runOne(listed, { index, attempt, sessionId: place?.sessionId }, task, options);
        place = undefined;
        if ('missing' in turn) {
          missing ??= turn.missing;
          passedOver.push({ engine: listed.name, why: turn.missing.message });
          break;
        }
        const { run, engine } = turn;
        used.push(run.usage);
        if (run.limit !== undefined) limits.push(run.limit);
        last = { ...run, engine, usage: sumUsage(used), passedOver: [...passedOver] };
        const step = options.signal.aborted ? 'done' : afterRun(run, attempt, attempts);
        if (step === 'done') return last;
        if (step === 'next') {
          passedOver.push({ engine: `${engine.name} (${engine.model})`, why: run.detail });
          break;
        }
        const waitMs = retryAfterMs[Math.min(attempt, retryAfterMs.length) - 1] ?? 0;
        // Stopped while it waits: the run that failed is what there is to tell.
        await pause(waitMs, undefined, { signal: options.signal }).catch(() => undefined);
        if (options.signal.aborted)
          return { ...last, outcome: 'cancelled', retryable: true, detail: 'It was stopped.' };
      }
    }
    if (last === undefined) throw missing;
    const reasons = passedOver.map(({ engine, why }) => `${engine}: ${why}`).join(' ');
    // Each had its attempts; a person decides now, or the first provider that lets calls through again.
    return {
      ...last,
      ...firstToPass(limits),
      passedOver,
      retryable: false,
      detail: `No engine of the list did the work. ${reasons}`,
    };
  }

  async #runOne(
    { name, engine }: ListedEngine,
    at: { readonly index: number; readonly attempt: number; readonly sessionId: string | undefined },
    task: EngineTask,
    { signal, onProgress, steering, onStep, doneBefore }: EngineRunOptions,
  ): Promise<{ readonly run: EngineRun; readonly engine: EngineDescription } | { readonly missing: VishkarError }> {
    const { index, attempt, sessionId } = at;
    const placeOf = (session: string | undefined) =>
      encodePlace({ index, name, attempt, ...(session === undefined ? {} : { sessionId: session }) });
    const folder = `${String(index + 1)}-${name}`;
    try {
      const description = await engine.describe(task.kind);
      onProgress({ sessionId: placeOf(sessionId), bytes: 0, toolCalls: 0, activity: `${name} begins` });
      const run = await engine.run(
        {
          ...task,
          home: join(task.home, folder),
          outputFolder: join(task.outputFolder, `${folder}-attempt-${String(attempt)}`),
        },
        {
          signal,
          ...(steering === undefined ? {} : { steering }),
          ...(onStep === undefined ? {} : { onStep }),
          ...(doneBefore === undefined ? {} : { doneBefore }),
          onProgress: (progress) => onProgress({ ...progress, sessionId: placeOf(progress.sessionId ?? sessionId) }),
          ...(sessionId === undefined ? {} : { resumeSessionId: sessionId }),
        },
      );
      const session = run.sessionId === undefined ? {} : { sessionId: placeOf(run.sessionId) };
      return { run: { ...run, ...session }, engine: run.engine ?? description };
    } catch (error) {
      if (cannotRun(error)) return { missing: error };
      throw error;
    }
  }
}

/** Of several limits the one that is over first; one whose end is not known counts as the last. */
function firstToPass(limits: readonly ProviderLimit[]): Pick<EngineRun, 'limit'> {
  const end = ({ resumesAtMs }: ProviderLimit) => resumesAtMs ?? Number.POSITIVE_INFINITY;
  const [limit] = limits.toSorted((one, other) => end(one) - end(other));
  return limit === undefined ? {} : { limit };
}

function cannotRun(error: unknown): error is VishkarError {
  return error instanceof VishkarError && CANNOT_RUN.has(error.code);
}

/** What a turn cost over all who tried; a number that one of them does not know is left out of the sum, not zero. */
function sumUsage(parts: readonly Usage[]): Usage {
  const sum = (name: 'inputTokens' | 'outputTokens' | 'costUsd') => {
    const known = parts.flatMap((part) => part[name] ?? []);
    return known.length === 0 ? {} : { [name]: known.reduce((total, value) => total + value, 0) };
  };
  const source = parts.findLast((part) => part.source !== 'none')?.source ?? 'none';
  return { source, ...sum('inputTokens'), ...sum('outputTokens'), ...sum('costUsd') };
}
