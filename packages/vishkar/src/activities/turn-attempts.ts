/**
 * The attempts at one turn of an engine, each in a folder of its own on this host: no attempt overwrites what another left, also
 * not after a person's "retry", which begins to count attempts anew, or in another run of the story.
 */
import { join } from 'node:path';
import type { Interruption } from '../domain/interruption.js';
import { AttemptRecord, attemptsBefore, failedAttempts, finishedSteps, lastSession } from './attempt-record.js';
import type { AttemptLine, AttemptRecordOptions } from './attempt-record.js';
import type { ActivityCall } from './activity-server.js';
import { interruptionsOf } from './interruptions.js';
import { toldIn } from './steering.js';
import type { Told } from './steering.js';
import { runFolder } from './story-worktree.js';
import type { StoryTools } from './story-tools.js';

export class TurnAttempts {
  /** For transcript, logs and record of this attempt. */
  readonly folder: string;
  readonly #before: readonly (readonly AttemptLine[])[];
  readonly #options: Omit<AttemptRecordOptions, 'folder'>;
  #own: AttemptRecord | undefined;

  private constructor(
    folder: string,
    before: readonly (readonly AttemptLine[])[],
    ofCall: readonly (readonly AttemptLine[])[],
    options: Omit<AttemptRecordOptions, 'folder'>,
  ) {
    this.folder = folder;
    this.session = lastSession(ofCall);
    this.failures = failedAttempts(ofCall);
    this.#before = before;
    this.#options = options;
  }

  static async look(
    tools: StoryTools,
    { storyKey, kind, round }: { readonly storyKey: string; readonly kind: string; readonly round: number },
    { marker, attempt, heartbeatIntervalMs }: ActivityCall,
  ): Promise<TurnAttempts> {
    const [runId = '', activityId = ''] = marker.split('/');
    const folders = runFolder(tools, storyKey, runId);
    const turn = `${kind}-${String(round)}-`;
    const call = `${turn}${activityId}-`;
    const own = `${call}attempt-${String(attempt)}`;
    // A person's word begins a new call.
    const isBefore = (start: string) => (name: string) => name.startsWith(start) && name !== own;
    return new TurnAttempts(
      join(folders, own),
      await attemptsBefore(folders, isBefore(turn)),
      await attemptsBefore(folders, isBefore(call)),
      { hide: tools.hideSecrets, heartbeatIntervalMs },
    );
  }

  /**
   * The engine's session to go on with. Only of attempts that nobody came between: after a person's word the task is told anew,
   * with that word in it.
   */
  readonly session: string | undefined;
  /** Of those attempts, as many ended badly by themselves. */
  readonly failures: number;

  /** Steps that are done, in words. */
  get done(): readonly string[] {
    return finishedSteps(this.#before);
  }

  /** What people said to the session already. */
  get told(): Told {
    return toldIn(this.#before);
  }

  /** What attempts cost that were cut off, as far as it is known now. */
  get interruptions(): Interruption[] {
    return interruptionsOf(this.#before, this.#own?.lines);
  }

  /** Begins the record of this attempt. */
  async begin(): Promise<AttemptRecord> {
    this.#own = await AttemptRecord.open({ folder: this.folder, ...this.#options });
    return this.#own;
  }
}
