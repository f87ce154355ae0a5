/**
 * Group commit: what is staged in a turn of the event loop is committed together, and all who wait for it are told
 * together, once it would survive a power loss.
 *
 *   idle --begin--> gathering --end of turn--> COMMIT --> flushing --flushed--> waiters resolve --> idle
 *                   gathering goes on while an earlier group is flushing, and is committed when that one has ended
 *   apply or COMMIT fails --> ROLLBACK, waiters reject --> idle
 *   a flush fails         --> waiters reject --> failed, for good
 *
 * A flush runs beside the event loop; groups grow as large as the disk is slow. After a flush that failed, nobody can
 * tell which pages the disk has (a second attempt may report success for pages that were dropped), so nothing is
 * accepted any more until the file is opened again.
 */
export interface CommitSteps {
  /** Writes and commits what is staged. Throws when that fails; nothing of it is then in the file. */
  commit(): void;
  /** Drops what is staged and what is written of it. */
  rollBack(error: Error): void;
  /** Resolves when what was committed is on the disk. Absent where `commit` returns no earlier. */
  readonly flush?: (() => Promise<void>) | undefined;
}

interface Group {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export class GroupCommit {
  readonly #steps: CommitSteps;
  #gathering: Group | undefined;
  #flushing: Group | undefined;
  #failure: Error | undefined;

  constructor(steps: CommitSteps) {
    this.#steps = steps;
  }

  /** Whoever stages something calls it first. Throws when a flush has failed. */
  begin(): void {
    if (this.#failure) throw this.#failure;
    if (this.#gathering !== undefined) return;
    this.#gathering = openGroup();
    if (this.#flushing === undefined) setImmediate(() => this.#flushing === undefined && this.finish());
  }

  /** Settles when all that is staged so far is on the disk, or is known not to be. */
  settled(): Promise<void> {
    return (this.#gathering ?? this.#flushing)?.promise ?? Promise.resolve();
  }

  /** Commits what is gathered now. */
  finish(): void {
    const group = this.#gathering;
    if (group === undefined) return;
    try {
      this.#steps.commit();
    } catch (error) {
      // What fails while it is applied has rolled back already.
      if (this.#gathering === group) this.fail(asError(error));
      return;
    }
    this.#gathering = undefined;
    if (this.#steps.flush === undefined) group.resolve();
    else this.#flush(group, this.#steps.flush());
  }

  /** Rolls back what is gathered, and tells all who wait for it. */
  fail(error: Error): void {
    const group = this.#gathering;
    this.#gathering = undefined;
    this.#steps.rollBack(error);
    group?.reject(error);
  }

  /** Commits and flushes all there is. Never rejects: who waits for a group has its error. */
  async drain(): Promise<void> {
    while (this.#gathering ?? this.#flushing) {
      if (this.#flushing === undefined) this.finish();
      await this.settled().catch(() => undefined);
    }
  }

  #flush(group: Group, flushed: Promise<void>): void {
    this.#flushing = group;
    flushed.then(
      () => {
        this.#flushing = undefined;
        group.resolve();
        this.finish();
      },
      (reason: unknown) => {
        this.#flushing = undefined;
        this.#failure = new Error(
          `the disk did not confirm a write (${asError(reason).message}); nothing more is accepted: look at the disk, then start the service again`,
          { cause: reason },
        );
        group.reject(this.#failure);
        this.fail(this.#failure);
      },
    );
  }
}

function openGroup(): Group {
  let resolve!: () => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<void>((onCommit, onFailure) => {
    resolve = onCommit;
    reject = onFailure;
  });
  // Nobody may be waiting for this group; a failure still reaches the rollback listeners.
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}

export const asError = (reason: unknown): Error => (reason instanceof Error ? reason : new Error(String(reason)));
