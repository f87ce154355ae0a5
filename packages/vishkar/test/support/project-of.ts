/** A project made of a few files in a temporary folder, and what the runner makes of it. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { temporaryFolder } from '@vishkar/testkit';
import type { CommandsConfig } from '../../src/test-runs/commands-config.js';
import { LocalProjectRunner } from '../../src/test-runs/local-project-runner.js';

/** A project of these files, and what a run of it gives. */
export function projectOf(files: Readonly<Record<string, string>>, commands: CommandsConfig = {}) {
  const worktree = temporaryFolder('project');
  const outputFolder = temporaryFolder('output');
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(worktree, path)), { recursive: true });
    writeFileSync(join(worktree, path), text);
  }
  const runner = new LocalProjectRunner({ commands });
  const lines: string[] = [];
  const options = {
    worktree,
    outputFolder,
    signal: new AbortController().signal,
    onProgress: (line: string) => void lines.push(line),
  };
  return {
    worktree,
    lines,
    commands: () => runner.commands(worktree),
    runCommand: async (name: string) => {
      const command = (await runner.commands(worktree)).find((each) => each.name === name);
      if (command === undefined) throw new Error(`there is no command ${name}`);
      return runner.runCommand(command, options);
    },
    /** What the runner told while it ran. */
    progress: () =>
      readFileSync(join(outputFolder, 'test-run', 'progress.jsonl'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    runTests: (diff = '', reruns = 0) => runner.runTests({ ...options, diff, reruns }),
  };
}
