/**
 * How far an attempt at an engine's turn came, on this host's disk as it goes: its session, the steps that it finished, what it
 * was told by people, a sign of life now and then. An attempt that is killed tells nothing more; the next one reads this and
 * knows where to go on, what is done, and what was lost. Heartbeats bring the session to other hosts, but later: the SDK holds
 * them back for most of the heartbeat timeout.
 */
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { DurableLines, readLines } from '../durable-lines.js';
import type { EngineProgress, EngineRun, FinishedStep } from '../engines/coding-engine.js';

const FILE = 'attempt.jsonl';

const at = z.number();
const lineSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('begin'), at, heartbeatIntervalMs: z.number() }),
  z.object({ type: z.literal('session'), at, sessionId: z.string(), resumed: z.boolean() }),
  z.object({ type: z.literal('step'), at, title: z.string(), digest: z.string() }),
  z.object({ type: z.literal('alive'), at }),
  /** Digests of what people said: about to be told, and known to be told. */
  z.object({ type: z.literal('handing-on'), at, messages: z.array(z.string()) }),
  z.object({ type: z.literal('handed-on'), at, messages: z.array(z.string()) }),
  z.object({ type: z.literal('end'), at, outcome: z.string() }),
]);
export type AttemptLine = z.infer<typeof lineSchema>;
type Unstamped<T> = T extends unknown ? Omit<T, 'at'> : never;
type NewLine = Unstamped<AttemptLine>;

const ALIVE_EVERY_MS = 1_000;

export interface AttemptRecordOptions {
  /** Of the attempt; made if it is missing. */
  readonly folder: string;
  readonly heartbeatIntervalMs: number;
  /** Takes secrets out of what is written. */
  readonly hide: (text: string) => string;
}

export class AttemptRecord {
  readonly lines: AttemptLine[] = [];
  readonly #file: DurableLines;
  readonly #hide: (text: string) => string;
  readonly #timer: NodeJS.Timeout;
  #session: string | undefined;

  private constructor({ folder, hide }: AttemptRecordOptions) {
    this.#file = new DurableLines(join(folder, FILE));
    this.#hide = hide;
    this.#timer = setInterval(() => void this.add({ type: 'alive' }), ALIVE_EVERY_MS);
  }

  static async open(options: AttemptRecordOptions): Promise<AttemptRecord> {
    await mkdir(options.folder, { recursive: true });
    const record = new AttemptRecord(options);
    await record.add({ type: 'begin', heartbeatIntervalMs: options.heartbeatIntervalMs });
    return record;
  }

  progress({ sessionId, resumed = false }: EngineProgress): void {
    const session = JSON.stringify([sessionId, resumed]);
    if (sessionId === undefined || session === this.#session) return;
    this.#session = session;
    void this.add({ type: 'session', sessionId, resumed });
  }

  step({ title, digest }: FinishedStep): void {
    void this.add({ type: 'step', title: this.#hide(title), digest });
  }

  async add(line: NewLine): Promise<void> {
    const stamped = { ...line, at: Date.now() } as AttemptLine;
    this.lines.push(stamped);
    // A full disk costs what the record is for, and not the turn that is paid for already.
    await this.#file.add(stamped).catch(() => undefined);
  }

  /** `asked`: the turn ended with a question. */
  async close(outcome: EngineRun['outcome'] | 'asked'): Promise<void> {
    clearInterval(this.#timer);
    await this.add({ type: 'end', outcome });
  }
}

/** Records of attempts at the same turn, in the order in which they began; `folders` are those of the story's run. */
export async function attemptsBefore(
  folders: string,
  isOfTurn: (folder: string) => boolean,
): Promise<readonly (readonly AttemptLine[])[]> {
  const names = await readdir(folders).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const records = await Promise.all(
    names.filter(isOfTurn).map(async (name) => await readLines(join(folders, name, FILE), lineSchema)),
  );
  const begin = (lines: readonly AttemptLine[]) => lines[0]?.at ?? 0;
  return records.filter((lines) => lines.length > 0).toSorted((one, other) => begin(one) - begin(other));
}

/** The session that the last of these attempts worked in. */
export function lastSession(attempts: readonly (readonly AttemptLine[])[]): string | undefined {
  return attempts.flat().findLast((line) => line.type === 'session')?.sessionId;
}

/** How many of them the engine itself brought to a bad end: those that were killed with their worker are none of them. */
export function failedAttempts(attempts: readonly (readonly AttemptLine[])[]): number {
  const isFailed = (line: AttemptLine) => line.type === 'end' && /^(?:engine_error|timeout)$/.test(line.outcome);
  return attempts.filter((lines) => lines.some(isFailed)).length;
}

/** Steps that they finished, in words. */
export function finishedSteps(attempts: readonly (readonly AttemptLine[])[]): readonly string[] {
  return attempts.flat().flatMap((line) => (line.type === 'step' ? [line.title] : []));
}
