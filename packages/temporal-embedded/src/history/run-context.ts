/**
 * A loaded run: its mutable state, and what lives only as long as this process: callers of updates, buffered
 * queries, waiting history polls, and the tail of its history.
 */
import { EventTail } from './event-tail.js';
import type { MutableState } from './mutable-state.js';
import { QueryRegistry } from './query-registry.js';
import { UpdateRegistry } from './update-registry.js';

export class RunContext {
  state: MutableState;
  readonly updates = new UpdateRegistry();
  readonly queries = new QueryRegistry();
  readonly tail = new EventTail();
  /** Changed since it was last staged. */
  isDirty = false;
  /** Its visibility record has to be staged too. */
  isVisibilityDirty = false;
  readonly #eventListeners = new Set<() => void>();

  constructor(state: MutableState) {
    this.state = state;
    this.restoreAdmittedUpdates();
  }

  /** Updates that a reset has carried over wait for a worker like those that were just sent. */
  restoreAdmittedUpdates(): void {
    for (const { updateId, acceptedEventId } of this.state.updates.values()) {
      if (acceptedEventId === 0 && !this.updates.find(updateId)) this.updates.restoreAdmitted(updateId);
    }
  }

  /** True when dropping it from memory would lose something that the store does not have. */
  get isPinned(): boolean {
    return (
      this.isDirty ||
      !this.updates.isEmpty ||
      this.queries.size > 0 ||
      this.#eventListeners.size > 0 ||
      this.state.workflowTask?.isSpeculative === true ||
      this.state.closeAttempted
    );
  }

  /** Calls `listener` whenever events were added, until the returned function is called. */
  onEvents(listener: () => void): () => void {
    this.#eventListeners.add(listener);
    return () => this.#eventListeners.delete(listener);
  }

  notifyEvents(): void {
    for (const listener of [...this.#eventListeners]) listener();
  }
}
