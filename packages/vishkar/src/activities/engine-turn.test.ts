import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runGit } from '../../test/support/git-repository.js';
import { activityCall, FIRST_TURN, testProject } from '../../test/support/story-tools.js';
import type { TestProject } from '../../test/support/story-tools.js';
import type { Guidance } from '../domain/guidance.js';
import type { EngineRunOptions } from '../engines/coding-engine.js';
import type { StoryWork } from '../domain/activity-contracts.js';
import type { ActivityCall } from './activity-server.js';
import { executeImplementation } from './execute-implementation.js';
import { selectTask } from './select-task.js';
import type { StoryTools } from './story-tools.js';

async function begun(script: string, settings: Readonly<Record<string, unknown>> = {}) {
  const project = await testProject(script, settings);
  const { story, branch, baseBranch, baseSha, headSha } = await selectTask(project.tools)(
    { jira_key: 'DEMO-1', project: '' },
    activityCall(),
  );
  return { project, work: { story, branch, baseBranch, baseSha, headSha } };
}

function implement(
  { tools }: TestProject,
  work: StoryWork,
  call: Partial<ActivityCall> = {},
  guidance: Guidance[] = [],
) {
  return executeImplementation(tools)({ ...work, ...FIRST_TURN, guidance }, activityCall(call));
}

const COMMIT = 'git add -A; git -c user.name=a -c user.email=a@b commit -qm own';

describe('an engine turn', () => {
  it.each([
    ['changes files and fails', 'echo x > work.txt; exit 3'],
    ['commits by itself', `echo x > work.txt; ${COMMIT}`],
    ['switches to a branch of its own and commits there', `git checkout -qb own; echo x > work.txt; ${COMMIT}`],
    ['detaches HEAD and commits', `git checkout -q --detach; echo x > work.txt; ${COMMIT}`],
  ])('leaves one commit of ours on the story branch when the engine %s', async (_title, script) => {
    const { project, work } = await begun(script);
    const done = await implement(project, work);
    expect(done).toMatchObject({ outcome: 'edited', files: ['work.txt'], commits: [done.headSha] });
    expect(runGit(project.remote, 'rev-parse', work.branch, `${work.branch}^`).split('\n')).toEqual([
      done.headSha,
      work.baseSha,
    ]);
    expect(runGit(project.remote, 'log', '-1', '--format=%an', work.branch)).toBe('Vishkar');
  });

  it.each([
    ['deletes .git', 'echo x > work.txt; rm -rf .git'],
    ['leaves a HEAD without a commit', 'git checkout -q --orphan lost; git rm -rqf .; echo x > work.txt'],
    ['deletes the whole worktree', 'rm -rf "$PWD"'],
  ])('drops the attempt and builds the worktree again when the engine %s', async (_title, script) => {
    // Only the first attempt does the damage.
    const { project, work } = await begun(
      `if [ -e "$HOME/been" ]; then echo y > work.txt; else touch "$HOME/been"; ${script}; fi`,
    );
    await expect(implement(project, work)).rejects.toMatchObject({ code: 'WORKTREE_DAMAGED', retryable: true });
    expect(await implement(project, work, { attempt: 2 })).toMatchObject({ outcome: 'edited', files: ['work.txt'] });
    expect(readFileSync(join(project.tools.folders.worktrees, 'DEMO-1', 'work.txt'), 'utf8')).toBe('y\n');
    expect(existsSync(join(project.checkout, 'work.txt'))).toBe(false);
    expect(runGit(project.checkout, 'rev-parse', '--abbrev-ref', 'HEAD')).toBe('main');
  });

  it.each([
    ['the git configuration', 'git config core.fsmonitor "touch /nowhere"'],
    [
      'the git hooks',
      'hooks=$(git rev-parse --git-common-dir)/hooks; mkdir -p "$hooks"; echo exit > "$hooks/pre-push"',
    ],
    ['your own checkout', 'echo x >> "$(git rev-parse --git-common-dir)/../README.md"'],
  ])('says so when %s changed while the engine worked', async (named, script) => {
    const { project, work } = await begun(`echo x > work.txt; ${script}`);
    const { warnings } = await implement(project, work);
    expect(warnings).toEqual([expect.stringContaining(named)]);
  });

  it('has nothing to warn of when an engine keeps to its worktree', async () => {
    const { project, work } = await begun('echo x > work.txt');
    expect((await implement(project, work)).warnings).toEqual([]);
  });

  it('is tried again with growing pauses when the engine fails, and then left to a person', async () => {
    const { project, work } = await begun('echo no luck; exit 1');
    const failures = [];
    for (const attempt of [1, 2, 3, 4])
      failures.push(await implement(project, work, { attempt }).catch((error: unknown) => error));
    const failed = (retryable: boolean, retryAfterMs?: number) => ({
      ...{ code: 'ENGINE_FAILED', message: expect.stringContaining('no luck'), retryable, retryAfterMs },
    });
    expect(failures).toMatchObject([failed(true, 5_000), failed(true, 30_000), failed(true, 120_000), failed(false)]);
  });

  it('tells what attempts before it used that could not tell, and under which marker it used something itself', async () => {
    const { project, work } = await begun('exit 1');
    const usage = { source: 'proxy' as const, inputTokens: 100 };
    const engine = (outcome: 'edited' | 'engine_error' | 'killed'): StoryTools['engine'] => ({
      describe: async () => await Promise.resolve({ name: 'fake', version: '1', model: 'm' }),
      run: async ({ usageLog, outputFolder }) => {
        await usageLog?.add(usage);
        if (outcome === 'killed') throw new Error('the end');
        const transcriptPath = join(outputFolder, 'transcript.jsonl');
        writeFileSync(transcriptPath, '');
        return { outcome, usage, transcriptPath, retryable: true, detail: '', resumed: false };
      },
    });
    const attempt = async (number: number, outcome: Parameters<typeof engine>[0], settledUsage: string[] = []) =>
      await executeImplementation({ ...project.tools, engine: engine(outcome) })(
        { ...work, ...FIRST_TURN, settledUsage },
        activityCall({ attempt: number, marker: `run/5/${String(number)}` }),
      );
    await expect(attempt(1, 'killed')).rejects.toThrow('the end');
    const [first, second] = ['run/5/1', 'run/5/2'].map((marker) => ({ marker, usage }));
    await expect(attempt(2, 'engine_error')).rejects.toMatchObject({
      details: { usage, usageMarker: 'run/5/2', usedBefore: [first] },
    });
    const third = { usage, usageMarker: 'run/5/3', usedBefore: [first, second] };
    expect(await attempt(3, 'edited')).toMatchObject(third);
    expect(await attempt(4, 'edited', ['run/5/1', 'run/5/2', 'run/5/3'])).toMatchObject({ usedBefore: [] });
  });

  /** An engine of steps: those of the script that are not done yet in its session; killed in front of `killed`. */
  function stepping(seen: EngineRunOptions[], steps: readonly string[], killed?: string): StoryTools['engine'] {
    return {
      describe: async () => await Promise.resolve({ name: 'fake', version: '1', model: 'm' }),
      run: async ({ outputFolder, worktree }, options) => {
        seen.push(options);
        const resumed = options.resumeSessionId !== undefined;
        options.onProgress({ sessionId: 'session-1', resumed, bytes: 1, toolCalls: 0 });
        writeFileSync(join(outputFolder, 'transcript.jsonl'), `attempt ${String(seen.length)}`);
        for (const step of steps) {
          if (step === killed) throw new Error('the end');
          writeFileSync(join(worktree, step), step);
          options.onStep?.({ title: `write ${step}`, digest: step });
        }
        const transcriptPath = join(outputFolder, 'transcript.jsonl');
        const usage = { source: 'none' as const };
        return await Promise.resolve({
          outcome: 'edited',
          usage,
          transcriptPath,
          retryable: false,
          detail: '',
          resumed,
        });
      },
    };
  }

  it('goes on in the session of an attempt that was killed, also when no heartbeat told of it, and says what that cost', async () => {
    const { project, work } = await begun('');
    const seen: EngineRunOptions[] = [];
    const attempt = async (number: number, steps: readonly string[], killed?: string) =>
      await executeImplementation({ ...project.tools, engine: stepping(seen, steps, killed) })(
        { ...work, ...FIRST_TURN },
        activityCall({ attempt: number, marker: `run/5/${String(number)}` }),
      );
    await expect(attempt(1, ['a.txt', 'b.txt', 'c.txt'], 'c.txt')).rejects.toThrow('the end');
    const done = await attempt(2, ['b.txt', 'c.txt']);
    expect(seen[1]).toMatchObject({ resumeSessionId: 'session-1', doneBefore: ['write a.txt', 'write b.txt'] });
    const [interruption] = done.interruptions;
    expect(interruption).toMatchObject({
      ...{ attempt: 1, cause: 'engine_error', continuedBy: 'session', heartbeatIntervalMs: 9_600 },
      ...{ finishedSteps: 2, repeatedSteps: 1 },
    });
    expect(interruption?.lostMs).toBeLessThanOrEqual(interruption?.workedMs ?? 0);
    expect(done.warnings).toEqual([expect.stringContaining('attempt 1 was cut off')]);
    // Its commit is there: whoever comes next loses nothing.
    expect((await attempt(3, [])).interruptions).toMatchObject([
      { attempt: 1, continuedBy: 'session' },
      { attempt: 2, cause: 'not_committed', continuedBy: 'commit', lostMs: 0 },
    ]);
  });

  it('keeps the transcripts of all attempts when a person had it tried again, and in another run of the story', async () => {
    const { project, work } = await begun('');
    const seen: EngineRunOptions[] = [];
    for (const [index, marker] of ['run-1/5/1', 'run-1/6/1', 'run-2/5/1'].entries())
      await executeImplementation({ ...project.tools, engine: stepping(seen, ['a.txt'], 'a.txt') })(
        { ...work, ...FIRST_TURN },
        activityCall({ marker }),
      ).catch(() => expect(seen).toHaveLength(index + 1));
    const folder = join(project.tools.folders.runs, 'DEMO-1');
    const texts = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('transcript.jsonl'))
      .map((file) => readFileSync(join(folder, file), 'utf8'));
    expect(texts.toSorted()).toEqual(['attempt 1', 'attempt 2', 'attempt 3']);
    // A person's word came between: the task is told anew.
    expect(seen.map(({ resumeSessionId }) => resumeSessionId)).toEqual([undefined, undefined, undefined]);
  });

  it('reports an engine that changed nothing, whatever it says', async () => {
    const { project, work } = await begun('echo all done, all tests pass');
    expect(await implement(project, work)).toMatchObject({ outcome: 'no_change', headSha: work.baseSha, files: [] });
  });

  const absent = { engine: 'command', argv: ['/no/such/engine'] };
  const working = { engine: 'command', argv: ['sh', '-c', 'echo x > work.txt'], model: 'working' };

  it('names the engine of a list that did the work, and why the one before it did not', async () => {
    const { project, work } = await begun('', { engine: [absent, working] });
    const done = await implement(project, work);
    expect(done.engine).toEqual({ name: 'command', version: 'unknown', model: 'working' });
    expect(done.warnings).toEqual([
      "the engine command was passed over: The engine's command /no/such/engine can't be run here.",
    ]);
  });

  it('is taken by the engine that is configured for its kind', async () => {
    const { project, work } = await begun('exit 1', { engines: { implement: working } });
    expect(await implement(project, work)).toMatchObject({ outcome: 'edited', engine: { model: 'working' } });
    await expect(project.tools.engine.describe('fix-tests')).resolves.toMatchObject({ model: 'unknown' });
  });

  it('names the engine that wrote the commit it adopts, whichever is configured now', async () => {
    const { project, work } = await begun('', { engine: working });
    const first = await implement(project, work);
    const { engine } = await begun('exit 1').then(({ project: other }) => other.tools);
    const adopted = await implement({ ...project, tools: { ...project.tools, engine } }, work, { attempt: 2 });
    expect(adopted).toMatchObject({ headSha: first.headSha, engine: { model: 'working' } });
  });

  it('that leaves a question commits nothing and is not begun again until it is answered; then goes on from its work', async () => {
    // A key in the form that a scanner knows, made here so that none stands in this file.
    const key = `ghp_${'a1B2'.repeat(9)}`;
    const script = `echo run >> ../runs; [ -f work.txt ] || echo "Which unit? ${key}" > .vishkar-question.md; echo x >> work.txt`;
    const { project, work } = await begun(script);
    const asked = { code: 'ENGINE_ASKS', retryable: false, details: { question: 'Which unit? ***' } };
    await expect(implement(project, work)).rejects.toMatchObject(asked);
    // As after a worker that was killed before it could tell.
    await expect(implement(project, work)).rejects.toMatchObject(asked);
    const worktree = join(project.tools.folders.worktrees, 'DEMO-1');
    expect(readFileSync(join(worktree, '..', 'runs'), 'utf8')).toBe('run\n');
    expect(runGit(worktree, 'log', '--format=%H', `${work.headSha}..HEAD`)).toBe('');
    const guidance: Guidance = {
      ...{ step: 'implement', question: 'Which unit? ***', by: 'Ann', at: '', text: 'Seconds.', holdsFor: 'story' },
    };
    const done = await implement(project, work, {}, [guidance]);
    expect(done).toMatchObject({ outcome: 'edited', files: ['work.txt'] });
    expect(readFileSync(join(worktree, 'work.txt'), 'utf8')).toBe('x\nx\n');
  });
});
