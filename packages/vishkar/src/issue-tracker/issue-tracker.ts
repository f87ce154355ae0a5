/**
 * The port to an issue tracker. Every write carries a marker and adopts what already carries it, so that a retry
 * after a crash between the tracker's success and our record leaves one effect, not two.
 */
import type { Story, StoryPriority, StoryStatus } from '../domain/story.js';
import type { VishkarError } from '../errors.js';

/** Whether the call did it now, or found it done (by an earlier attempt or by hand). */
export interface EffectReceipt {
  readonly id: string;
  readonly adopted: boolean;
}

export interface NewStory {
  readonly title: string;
  readonly description: string;
  readonly acceptanceCriteria: readonly string[];
  readonly priority: StoryPriority;
}

/** What a person wrote after a comment of ours. */
export interface StoryReply {
  readonly id: string;
  /** As the tracker names them. */
  readonly author: string;
  /** ISO 8601; empty where the tracker does not tell. */
  readonly at: string;
  /** Markdown. Untrusted, like all text of a tracker. */
  readonly body: string;
}

export interface IssueTracker {
  readonly name: string;
  /** All stories, in the tracker's order. */
  list(): Promise<readonly Story[]>;
  /** What is wrong with stories that `list` leaves out; each says where. */
  problems(): Promise<readonly VishkarError[]>;
  /** Throws VishkarError `STORY_NOT_FOUND` when there is none with this key. */
  get(key: string): Promise<Story>;
  /** Files a new story with the next free key. The same marker again returns the story filed before. */
  create(story: NewStory, marker: string): Promise<Story>;
  /** Moves the story; already there: adopted. Throws `STORY_MOVED_AWAY` when a person has put it in a state from which this makes no sense. */
  transition(key: string, to: StoryStatus, marker: string): Promise<EffectReceipt>;
  comment(key: string, body: string, marker: string): Promise<EffectReceipt>;
  /**
   * What people wrote after our comment with this marker, oldest first; comments of ours and of programs are left out. Empty
   * when there is no such comment. Throws VishkarError `STORY_NOT_FOUND`, `TRACKER_REPLIES_HIDDEN`.
   */
  repliesTo(key: string, marker: string): Promise<readonly StoryReply[]>;
  worklog(
    key: string,
    entry: { readonly seconds: number; readonly comment: string; readonly startedAt: string },
    marker: string,
  ): Promise<EffectReceipt>;
}
