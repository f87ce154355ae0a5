/**
 * An example repository with its recording, taken through the rounds of a story by hand, without workflow and service:
 * what each round really gives at the project's own commands. Used to prove that the recordings are what they claim.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTemporaryFolder } from '@vishkar/testkit';
import { ANGLES } from '../../src/domain/finding.js';
import { distinctFindings, qualityGate, testGate } from '../../src/domain/gate.js';
import type { Story } from '../../src/domain/story.js';
import type { TestCasesFile } from '../../src/domain/test-case.js';
import type { EngineTaskKind } from '../../src/engines/coding-engine.js';
import { RecordedEngine } from '../../src/engines/recorded/recorded-engine.js';
import { unifiedDiff } from '../../src/git/diff.js';
import { MarkdownBacklog } from '../../src/issue-tracker/markdown-backlog/markdown-backlog.js';
import { linkCases } from '../../src/test-runs/case-links.js';
import { designCases } from '../../src/test-runs/design-cases.js';
import { createAngleReviewer } from '../../src/review/panel-reviewer.js';
import { reviewConfigSchema } from '../../src/review/review-config.js';
import { LocalProjectRunner } from '../../src/test-runs/local-project-runner.js';
import { isTestFile } from '../../src/test-runs/test-file.js';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

/** The gate as a story has it unless it is configured otherwise. */
const RULE = { minimumPassRatePercent: 100, minimumCoveragePercent: 80 };

export class ExampleStory {
  readonly worktree: string;
  readonly baseSha: string;
  readonly engine: RecordedEngine;
  readonly #output: string;
  readonly #remove: () => void;
  readonly #runner = new LocalProjectRunner();
  readonly #reviewer = createAngleReviewer(reviewConfigSchema.parse({}));
  #runs = 0;

  constructor(name: string) {
    const folder = createTemporaryFolder('example');
    this.#remove = folder.remove;
    this.#output = join(folder.path, 'output');
    this.worktree = join(folder.path, 'work');
    cpSync(join(ROOT, 'examples', name), this.worktree, {
      recursive: true,
      filter: (path) => !/[/\\](?:node_modules|dist|coverage)$/.test(path),
    });
    // Above the working copy, as the demo's working copies have it.
    symlinkSync(join(ROOT, 'node_modules'), join(folder.path, 'node_modules'));
    this.engine = new RecordedEngine({ folder: join(ROOT, 'examples', `${name}.recording`), editDelayMs: 0 });
    this.#git('init', '--quiet', '--initial-branch=main');
    this.baseSha = this.commit('base');
  }

  remove(): void {
    this.#remove();
  }

  stories(): Promise<readonly Story[]> {
    return new MarkdownBacklog({ repository: this.worktree, folder: '.vishkar/backlog' }).list();
  }

  /** The story's cases, written and committed as step 9 does. */
  async designTests(key: string): Promise<TestCasesFile> {
    const cases = designCases(await this.#story(key));
    const path = join(this.worktree, 'tests', 'cases', `${key}.json`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, JSON.stringify(cases, null, 2));
    this.commit('test cases');
    return cases;
  }

  /** Replays a round, commits it, and returns the new head. */
  async replay(kind: EngineTaskKind, round = 1): Promise<string> {
    const outputFolder = this.#runFolder();
    const { outcome, detail } = await this.engine.run(
      { storyKey: 'DEMO-1', kind, round, prompt: '', worktree: this.worktree, home: outputFolder, outputFolder },
      { signal: new AbortController().signal, onProgress: () => undefined },
    );
    if (outcome !== 'edited') throw new Error(`${kind} ${String(round)}: ${outcome}, ${detail}`);
    return this.commit(kind);
  }

  diff(): Promise<string> {
    return unifiedDiff({ folder: this.worktree, base: this.baseSha, head: 'HEAD' });
  }

  /** What the panels without a model find in the change so far, and what the gate says to it. */
  async review(key: string) {
    const story = await this.#story(key);
    const [headSha, diff] = [this.#git('rev-parse', 'HEAD'), await this.diff()];
    const reviews = [];
    for (const angle of ANGLES) {
      const { review } = await this.#reviewer.review(
        { angle, round: 1, story, worktree: this.worktree, baseSha: this.baseSha, headSha, diff },
        { signal: new AbortController().signal, onProgress: () => undefined },
      );
      reviews.push(review);
    }
    return { findings: distinctFindings(reviews), gate: qualityGate(reviews, headSha) };
  }

  /** Exit codes of the project's commands, by name. */
  async verify(): Promise<Readonly<Record<string, number>>> {
    const results: Record<string, number> = {};
    for (const command of await this.#runner.commands(this.worktree)) {
      const result = await this.#runner.runCommand(command, this.#options());
      results[command.name] = result.exitCode;
      if (result.exitCode !== 0) throw new Error(readFileSync(result.logPath, 'utf8'));
    }
    return results;
  }

  /** The report of the whole suite, and what the gate says to it. */
  async test() {
    const { report, notes } = await this.#runner.runTests({ ...this.#options(), diff: await this.diff() });
    return { report, notes, gate: testGate({ ...report, artifacts: [] }, RULE) };
  }

  /** Test file by case id. */
  links(cases: TestCasesFile): Readonly<Record<string, string>> {
    const files = this.#git('ls-files').split('\n').filter(isTestFile);
    const texts = files.map((path) => ({ path, text: readFileSync(join(this.worktree, path), 'utf8') }));
    return Object.fromEntries([...linkCases(cases.cases, texts)].map(([id, { path }]) => [id, path]));
  }

  async #story(key: string): Promise<Story> {
    const story = (await this.stories()).find((each) => each.key === key);
    if (story === undefined) throw new Error(`there is no story ${key}`);
    return story;
  }

  commit(message: string): string {
    this.#git('add', '--all');
    this.#git('commit', '--quiet', '--allow-empty', '--message', message);
    return this.#git('rev-parse', 'HEAD');
  }

  /** Paths that the commands left behind and git would commit. */
  leftovers(): string {
    return this.#git('status', '--porcelain');
  }

  #git(...args: readonly string[]): string {
    const identity = ['-c', 'user.name=Example', '-c', 'user.email=example@localhost', '-c', 'commit.gpgsign=false'];
    return execFileSync('git', [...identity, ...args], { cwd: this.worktree, encoding: 'utf8' }).trim();
  }

  #options() {
    return {
      worktree: this.worktree,
      outputFolder: this.#runFolder(),
      signal: new AbortController().signal,
      onProgress: () => undefined,
    };
  }

  #runFolder(): string {
    this.#runs += 1;
    const folder = join(this.#output, String(this.#runs));
    if (!existsSync(folder)) mkdirSync(folder, { recursive: true });
    return folder;
  }
}
