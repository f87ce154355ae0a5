/**
 * An engine without a model: it replays the edits of a recorded session, and says so wherever its work is shown.
 * It makes the demo and tests run without a key; the review, the tests and the gates after it are real.
 * Rule guarded here: a replay is a function of the commit and the recording, so that doing it again changes nothing.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { git } from '../../git/git-command.js';
import type { CodingEngine, EngineDescription, EngineRun, EngineRunOptions, EngineTask } from '../coding-engine.js';
import { Transcript } from '../transcript.js';
import { leftWork, worktreeFingerprint } from '../worktree-fingerprint.js';
import { describeProvenance, readRecording, roundsOf } from './recording.js';
import { planRound, RecordingMismatch } from './replay-plan.js';
import type { PlannedEdit } from './replay-plan.js';
import { readWorktreeFile, setWorktreeFile } from './worktree-file.js';

export interface RecordedEngineOptions {
  /** Absolute path of the folder with `recording.json`. */
  readonly folder: string;
  /** Time that an edit takes, so that progress can be followed. Default 150. */
  readonly editDelayMs?: number;
}

const DEFAULT_EDIT_DELAY_MS = 150;
/** Version of the replay, not of the engine that was recorded. */
const VERSION = '1';

type Judgement = Pick<EngineRun, 'outcome' | 'retryable' | 'detail'>;

export class RecordedEngine implements CodingEngine {
  readonly #folder: string;
  readonly #editDelayMs: number;

  constructor(options: RecordedEngineOptions) {
    this.#folder = options.folder;
    this.#editDelayMs = options.editDelayMs ?? DEFAULT_EDIT_DELAY_MS;
  }

  /** Throws VishkarError `RECORDING_INVALID` when there is nothing valid to replay. */
  async describe(): Promise<EngineDescription> {
    const recording = await readRecording(this.#folder);
    return { name: 'recorded', version: VERSION, model: 'none', recordedFrom: describeProvenance(recording) };
  }

  /** Throws VishkarError `RECORDING_INVALID`. */
  async run(task: EngineTask, options: EngineRunOptions): Promise<EngineRun> {
    const recording = await readRecording(this.#folder);
    const transcript = await Transcript.open(task.outputFolder);
    transcript.write({ type: 'replay', kind: task.kind, round: task.round, provenance: recording.provenance });
    let judgement: Judgement;
    try {
      const round = recording.rounds.find((each) => each.kind === task.kind && each.round === task.round);
      if (round === undefined) {
        const rounds = roundsOf(recording, task.kind).join(', ') || 'none';
        judgement = {
          outcome: 'no_change',
          retryable: false,
          detail: `The recording has no round ${String(task.round)} of ${task.kind} (rounds of it: ${rounds}).`,
        };
      } else {
        const readCommitted = async (file: string) => await readFileAtHead(task.worktree, file);
        const plan = await planRound(round, this.#folder, readCommitted);
        judgement = await this.#replay(plan, task, options, transcript);
        if (round.say !== undefined) transcript.write({ type: 'say', text: round.say });
      }
    } catch (error) {
      if (!(error instanceof RecordingMismatch)) throw error;
      const detail = `The recorded round ${String(task.round)} of ${task.kind} does not fit here: ${error.message}.`;
      judgement = { outcome: 'engine_error', retryable: false, detail };
    } finally {
      await transcript.close();
    }
    return { ...judgement, resumed: false, usage: { source: 'none' }, transcriptPath: transcript.path };
  }

  async #replay(
    plan: readonly PlannedEdit[],
    task: EngineTask,
    { signal, onProgress }: EngineRunOptions,
    transcript: Transcript,
  ): Promise<Judgement> {
    const before = await worktreeFingerprint(task.worktree);
    // All paths are looked at before the first is written.
    for (const { file } of plan) await readWorktreeFile(task.worktree, file);
    let bytes = 0;
    for (const [index, edit] of plan.entries()) {
      if (signal.aborted) return cancelled(index, plan.length);
      const activity = `replaying edit ${String(index + 1)} of ${String(plan.length)}: ${edit.op} ${edit.file}`;
      const isDone = await isAlreadyDone(plan.slice(index), task.worktree);
      transcript.write({ type: 'edit', op: edit.op, file: edit.file, adopted: isDone });
      if (!isDone) {
        await pause(this.#editDelayMs, undefined, { signal }).catch(ignoreAbort);
        if (signal.aborted) return cancelled(index, plan.length);
        await setWorktreeFile(task.worktree, edit.file, edit.content);
      }
      bytes += Buffer.byteLength(edit.content ?? '');
      onProgress({ bytes, toolCalls: index + 1, activity });
    }
    const edited = leftWork(before, await worktreeFingerprint(task.worktree));
    return {
      outcome: edited ? 'edited' : 'no_change',
      retryable: false,
      detail: edited
        ? `Replayed ${String(plan.length)} recorded edits.`
        : 'The recorded edits leave the files as they are in the commit.',
    };
  }
}

/** True when the first edit's file is as this edit, or a later one of the same file, leaves it. */
async function isAlreadyDone(rest: readonly PlannedEdit[], worktree: string): Promise<boolean> {
  const file = rest[0]?.file ?? '';
  const current = await readWorktreeFile(worktree, file);
  return rest.some((edit) => edit.file === file && edit.content === current);
}

async function readFileAtHead(worktree: string, file: string): Promise<string | undefined> {
  const exists = await git(['cat-file', '-e', `HEAD:${file}`], { cwd: worktree, acceptedExitCodes: [0, 1, 128] });
  return exists.exitCode === 0 ? (await git(['show', `HEAD:${file}`], { cwd: worktree })).stdout : undefined;
}

function cancelled(done: number, total: number): Judgement {
  const detail = `Stopped after ${String(done)} of ${String(total)} recorded edits.`;
  return { outcome: 'cancelled', retryable: true, detail };
}

function ignoreAbort(error: Error): void {
  // The caller looks at the signal next.
  if (error.name !== 'AbortError') throw error;
}
