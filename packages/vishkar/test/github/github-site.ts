/**
 * What a stand-in for GitHub knows of one repository: pull requests, reviews, conversations, checks and rules, in front of a real bare
 * repository. Branches and merges are real; a pull request follows its branch, as on GitHub, until it is merged or closed.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runGit } from '../support/git-repository.js';

export interface SiteComment {
  readonly id: number;
  readonly author: string;
  readonly body: string;
  isPending: boolean;
}

export interface SiteThread {
  readonly id: string;
  readonly path: string;
  line: number | null;
  readonly originalLine: number;
  isResolved: boolean;
  readonly comments: SiteComment[];
}

export interface SiteIssue {
  readonly number: number;
  title: string;
  body: string;
  labels: string[];
  state: string;
  reason: string | null;
  readonly comments: SiteComment[];
  assignees?: readonly string[];
  /** Numbers of issues that have to be closed first, and of those that are its parts. */
  blockedBy?: readonly number[];
  subIssues?: readonly number[];
  /** Repository where it is not the site's own. */
  elsewhere?: string;
}

export interface SiteReview {
  readonly id: number;
  readonly author: string;
  body: string;
  readonly commit: string;
  state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED' | 'PENDING';
}

/** Place in the merge queue. */
export interface SiteQueueEntry {
  position: number;
  state: 'QUEUED' | 'AWAITING_CHECKS' | 'MERGEABLE' | 'UNMERGEABLE' | 'LOCKED';
  /** Commit that is checked in the head's place. */
  readonly groupSha: string;
}

export interface SitePull {
  readonly number: number;
  readonly author: string;
  readonly branch: string;
  readonly baseBranch: string;
  readonly openedOnBaseSha: string;
  title: string;
  body: string;
  isDraft: boolean;
  isOpen: boolean;
  headSha: string;
  mergeSha: string | undefined;
  readonly labels: string[];
  readonly reviewers: string[];
  readonly teams: string[];
  readonly reviews: SiteReview[];
  readonly threads: SiteThread[];
  queueEntry: SiteQueueEntry | undefined;
  /** `added`, or why it was taken out. */
  readonly queueEvents: string[];
  /** Below the pull request, on no line. */
  readonly comments: SiteComment[];
}

export interface SiteCheckRun {
  readonly name: string;
  readonly status?: 'queued' | 'in_progress' | 'completed';
  readonly conclusion?: string;
  readonly app?: string;
  readonly summary?: string;
  /** Log of the job, where GitHub Actions ran it. */
  readonly log?: string;
  /** What it comes to when it runs once more; undefined: the same again. */
  readonly again?: Omit<SiteCheckRun, 'name' | 'again'>;
  readonly annotations?: readonly { readonly path: string; readonly line: number; readonly message: string }[];
}

export interface SiteStatus {
  readonly context: string;
  readonly state: 'pending' | 'success' | 'failure' | 'error';
  readonly description: string;
}

/** A name, or a name and the app that has to run it. */
export type RequiredCheck = string | { readonly context: string; readonly appId: number };

/** As on github.com. */
export const ACTIONS_APP = 15_368;
export const appIdOf = (slug: string) => (slug === 'github-actions' ? ACTIONS_APP : 1_000 + slug.length);

export const OWNER = 'acme';
export const REPO = 'thing';

export class GithubSite {
  /** Path of the bare repository. */
  readonly remote: string;
  readonly pulls: SitePull[] = [];
  readonly issues: SiteIssue[] = [];
  readonly checkRuns = new Map<string, readonly SiteCheckRun[]>();
  readonly statuses = new Map<string, readonly SiteStatus[]>();
  readonly rules = {
    approvals: 0,
    /** By the old kind of protection, and by rulesets. */
    requiredChecks: [] as RequiredCheck[],
    requiredByRuleset: [] as RequiredCheck[],
    methods: ['merge', 'squash', 'rebase'],
    isArchived: false,
    mayPush: true,
    /** False for a fine-grained token before a private repository. */
    mayReadChecks: true,
    deletesBranches: false,
    /** True: what is merged has to hold the base branch. */
    isStrict: false,
    /** True: main is merged by GitHub's queue alone. */
    hasQueue: false,
  };
  templates: { filename: string; body: string }[] = [];
  readonly collaborators = ['ada', 'bob'];
  /** Runs the checks of a head that has none yet; undefined: there are none. */
  runChecks: ((sha: string) => readonly SiteCheckRun[]) | undefined;
  /** True: a pull request is not brought up to date after a push, as on GitHub for some seconds. */
  isLagging = false;
  #ids = 1000;
  readonly #commits = new Set<string>();
  readonly #contained = new Map<string, boolean>();
  readonly #trees = new Map<string, string | undefined>();

  constructor(remote: string) {
    this.remote = remote;
  }

  nextId(): number {
    return (this.#ids += 1);
  }

  /** Issues and pull requests are numbered together. */
  nextNumber(): number {
    return this.pulls.length + this.issues.length + 1;
  }

  git(...args: readonly string[]): string {
    return runGit(this.remote, ...args);
  }

  /** SHA of a branch or a commit; undefined when it is not there. */
  sha(revision: string): string | undefined {
    if (/^[0-9a-f]{40}$/.test(revision)) return this.#commitExists(revision) ? revision : undefined;
    try {
      // Nobody packs the refs of a repository that is seconds old, and a process for each look would be slow.
      return readFileSync(join(this.remote, 'refs', 'heads', revision), 'utf8').trim();
    } catch {
      return undefined;
    }
  }

  #commitExists(sha: string): boolean {
    if (this.#commits.has(sha)) return true;
    try {
      this.git('cat-file', '-e', `${sha}^{commit}`);
      this.#commits.add(sha);
      return true;
    } catch {
      return false;
    }
  }

  /** Of commits by their SHA, so that what was answered once holds. */
  contains(descendant: string, ancestor: string): boolean {
    const question = `${ancestor} in ${descendant}`;
    const known = this.#contained.get(question);
    if (known !== undefined) return known;
    let answer = true;
    try {
      this.git('merge-base', '--is-ancestor', ancestor, descendant);
    } catch {
      answer = false;
    }
    this.#contained.set(question, answer);
    return answer;
  }

  /** The pull requests as they are now. */
  current(): readonly SitePull[] {
    for (const pull of this.pulls) this.#follow(pull);
    return this.pulls;
  }

  find(number: number): SitePull | undefined {
    return this.current().find((pull) => pull.number === number);
  }

  require(number: number): SitePull {
    const pull = this.find(number);
    if (pull === undefined) throw new Error(`the stand-in has no pull request ${String(number)}`);
    return pull;
  }

  isMergeable(pull: SitePull): boolean {
    return this.mergedTree(this.sha(pull.baseBranch) ?? '', pull.headSha) !== undefined;
  }

  isBehind(pull: SitePull): boolean {
    return this.rules.isStrict && !this.contains(pull.headSha, this.sha(pull.baseBranch) ?? '');
  }

  /** Undefined when both sides change the same lines. */
  mergedTree(base: string, head: string): string | undefined {
    const question = `${base} ${head}`;
    if (this.#trees.has(question)) return this.#trees.get(question);
    let tree: string | undefined;
    try {
      tree = this.git('merge-tree', '--write-tree', '--no-messages', base, head);
    } catch {
      // Its exit code says: a conflict.
    }
    this.#trees.set(question, tree);
    return tree;
  }

  /** Makes the merge in the repository; returns its SHA. */
  merge(pull: SitePull, method: string, message: string): string {
    const base = this.sha(pull.baseBranch) ?? '';
    const commits = this.git('rev-list', '--reverse', `${base}..${pull.headSha}`).split('\n');
    let mergeSha = base;
    if (method === 'rebase')
      for (const commit of commits) mergeSha = this.#commit(mergeSha, commit, [mergeSha], 'rebased');
    else mergeSha = this.#commit(base, pull.headSha, method === 'squash' ? [base] : [base, pull.headSha], message);
    this.git('update-ref', `refs/heads/${pull.baseBranch}`, mergeSha, base);
    pull.isOpen = false;
    pull.mergeSha = mergeSha;
    if (this.rules.deletesBranches) this.git('update-ref', '-d', `refs/heads/${pull.branch}`);
    return mergeSha;
  }

  /** As a person, or as GraphQL does. */
  enqueue(pull: SitePull): SiteQueueEntry {
    const base = this.sha(pull.baseBranch) ?? '';
    const groupSha = this.#commit(
      base,
      pull.headSha,
      [base, pull.headSha],
      `Merge pull request #${String(pull.number)}`,
    );
    const position = this.pulls.filter((each) => each.queueEntry !== undefined).length + 1;
    pull.queueEntry = { position, state: 'AWAITING_CHECKS', groupSha };
    pull.queueEvents.push('added');
    return pull.queueEntry;
  }

  /** `failed_checks`, `merge_conflict`, `manual`: with this reason it is out of the queue. */
  dequeue(pull: SitePull, reason: string): void {
    pull.queueEntry = undefined;
    pull.queueEvents.push(reason);
  }

  /** The queue has come to it: its group becomes the base branch. */
  mergeFromQueue(pull: SitePull): string {
    this.dequeue(pull, 'merged');
    return this.merge(pull, 'merge', `Merge pull request #${String(pull.number)}`);
  }

  checksOf(sha: string): readonly SiteCheckRun[] {
    const known = this.checkRuns.get(sha) ?? this.runChecks?.(sha) ?? [];
    this.checkRuns.set(sha, known);
    return known;
  }

  #commit(onto: string, head: string, parents: readonly string[], message: string): string {
    const tree = this.mergedTree(onto, head) ?? '';
    return execFileSync('git', ['commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent]), '-F', '-'], {
      cwd: this.remote,
      input: message,
      encoding: 'utf8',
      env: {
        ...process.env,
        GIT_AUTHOR_NAME: 'GitHub',
        GIT_AUTHOR_EMAIL: 'noreply@github.com',
        GIT_COMMITTER_NAME: 'GitHub',
        GIT_COMMITTER_EMAIL: 'noreply@github.com',
      },
    }).trim();
  }

  #follow(pull: SitePull): void {
    if (!pull.isOpen || this.isLagging) return;
    const head = this.sha(pull.branch);
    if (pull.queueEntry !== undefined && head !== pull.headSha) this.dequeue(pull, 'head_changed');
    if (head !== undefined) pull.headSha = head;
    const base = this.sha(pull.baseBranch) ?? '';
    if (this.contains(base, pull.headSha) && !this.contains(pull.openedOnBaseSha, pull.headSha)) {
      pull.isOpen = false;
      pull.mergeSha = this.#mergeOf(pull.headSha, base);
    } else if (head === undefined) pull.isOpen = false;
  }

  /** The first commit of the base branch that holds the head. */
  #mergeOf(head: string, base: string): string {
    const commits = this.git('rev-list', '--first-parent', '--reverse', `${head}..${base}`).split('\n').filter(Boolean);
    return commits.find((commit) => this.contains(commit, head)) ?? head;
  }
}
