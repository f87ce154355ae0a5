/** The real Codex, on OpenAI's responses wire. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram, itNeeds, need } from '@vishkar/testkit';
import { describe, expect } from 'vitest';
import { codexProfile } from '../../src/engines/acp/codex-profile.js';
import { engineFixture, runOptions } from './engine-fixture.js';
import { codexTools } from './engine-tools.js';
import { describeRealEngine } from './real-engine-contract.js';

/** Codex brings its sandbox along; it can be made where this can. */
const namespaces = need('user namespaces for the sandbox of Codex', () => {
  const unshare = findProgram('unshare');
  if (unshare === undefined) return process.platform === 'linux' ? undefined : true;
  return spawnSync(unshare, ['--user', '--map-current-user', '--pid', '--fork', 'true']).status === 0 || undefined;
});

const { installed, script, engineFor } = describeRealEngine({
  profile: codexProfile,
  provider: 'openai',
  tools: codexTools,
  needs: { namespaces },
  resumesAtOnce: true,
});

/** A command for which Codex asks to leave its sandbox. */
const outside = (cmd: string) => {
  const values = { cmd, sandbox_permissions: 'require_escalated', justification: 'It is needed.' };
  return { calls: [{ tool: 'exec_command', arguments: values }] };
};

describe('Codex that asks to leave its sandbox', () => {
  itNeeds(installed, 'is refused what nobody may do from a worktree, and ends its turn', async () => {
    script('push', [outside('git push origin main'), { say: 'Pushed.' }]);
    const run = await engineFor('push').run(engineFixture().task(), runOptions().options);
    expect(run).toMatchObject({ outcome: 'refused', retryable: false });
  });

  itNeeds(installed, 'may otherwise; from inside it, git is out of reach', async () => {
    const { worktree, task, git } = engineFixture();
    const { shell } = codexTools(worktree);
    script('leaves', [
      { calls: [shell('git -c user.name=x -c user.email=x@y commit --allow-empty -m inside')] },
      outside('git rev-parse HEAD > outside.txt'),
      { say: 'Done.' },
    ]);
    const run = await engineFor('leaves').run(task(), runOptions().options);
    expect(run).toMatchObject({ outcome: 'edited' });
    expect(existsSync(join(worktree, 'outside.txt'))).toBe(true);
    expect(git('log', '--oneline').split('\n')).toHaveLength(1);
  });
});
