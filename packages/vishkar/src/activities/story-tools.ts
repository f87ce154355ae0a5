/**
 * Everything that activities work with: one project's ports, chosen by the composition root, and the places on this
 * host where a story's things are kept. Activities import ports only; which adapter stands behind one they cannot tell.
 */
import type { ArtifactStore } from '../artifacts/artifact-store.js';
import type { CodingEngine } from '../engines/coding-engine.js';
import type { IssueTracker } from '../issue-tracker/issue-tracker.js';
import type { LessonStore } from '../lessons/lesson-store.js';
import type { Notifier } from '../notifications/notifier.js';
import type { AngleReviewer } from '../review/angle-reviewer.js';
import type { CodebaseIndex } from './codebase-index.js';
import type { RemoteAccess } from '../git/remote.js';
import type { SourceHost } from '../source-host/source-host.js';
import type { ProjectRunner } from '../test-runs/project-commands.js';

export interface StoryTools {
  readonly project: string;
  /** The worker's identity, as it stands in evidence. */
  readonly identity: string;
  /** Absolute path of the user's repository. */
  readonly repository: string;
  /** Branch that stories start from and merge into; undefined: the remote's default branch. */
  readonly baseBranch: string | undefined;
  readonly tracker: IssueTracker;
  readonly sourceHost: SourceHost;
  readonly engine: CodingEngine;
  readonly reviewer: AngleReviewer;
  readonly runner: ProjectRunner;
  readonly artifacts: ArtifactStore;
  readonly notifier: Notifier;
  readonly lessons: LessonStore;
  readonly codebase: CodebaseIndex;
  /** Of code that an engine is shown with its first prompt. */
  readonly contextTokens: number;
  /** Takes the secrets that the project is run with out of a text. */
  readonly hideSecrets: (text: string) => string;
  /** Whether the project's stories share a budget, whose book its worker then serves, too. */
  readonly hasAccountBudget: boolean;
  /** Absolute folders on this host, made on demand. */
  readonly folders: {
    readonly worktrees: string;
    /** Private homes of engines, one per story. */
    readonly engineHomes: string;
    /** Logs, reports and transcripts of runs, one folder per story. */
    readonly runs: string;
  };
}

/** Where the story's branch is pushed to and fetched from, and what lets git in there. */
export function storyRemote({ sourceHost }: Pick<StoryTools, 'sourceHost'>): {
  readonly remote: string;
  readonly access: RemoteAccess;
} {
  return { remote: sourceHost.remoteUrl, access: () => sourceHost.gitSettings() };
}
