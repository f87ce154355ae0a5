/**
 * Maven: Surefire's reports of every module, coverage by JaCoCo, which is put in front of the tests on the command line
 * and needs nothing in the project. The project's own wrapper wins over what is on PATH.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { JACOCO_VERSION } from './jacoco-version.js';
import { runnerNotFound } from './runner-not-found.js';
import type { TestRunner } from './test-runner.js';
import { succeeds } from './try-command.js';

export const mavenRunner: TestRunner = {
  name: 'maven',
  async plan({ worktree, outputFolder, args = [] }) {
    const maven = existsSync(join(worktree, 'mvnw')) ? './mvnw' : 'mvn';
    if (!(await succeeds([maven, '--version'], worktree)))
      throw runnerNotFound(`${maven} does not run, which the tests in ${worktree} need.`);
    const call = [maven, '--batch-mode', '--no-transfer-progress'];
    const jacoco = await jacocoPlugin(worktree);
    const output = join(outputFolder, 'maven.txt');
    return {
      // With a red module the others are tested all the same.
      argv: [...call, '--fail-at-end', `${jacoco}:prepare-agent`, 'test', ...args],
      environment: {},
      report: {
        format: 'junit',
        files: { folder: worktree, pattern: /(?:^|\/)target\/(?:surefire|failsafe)-reports\/TEST-[^/]*\.xml$/ },
      },
      coverage: {
        format: 'jacoco',
        files: { folder: worktree, pattern: /(?:^|\/)target\/site\/jacoco\/jacoco\.xml$/ },
      },
      // Of its own, because a red test ends the first one before its report.
      coverageArgv: [...call, `${jacoco}:report`],
      capturePath: output,
      stillRunning: runningSurefireClasses,
      notes: [],
    };
  },
};

/** The version that the project has chosen, where it has. */
async function jacocoPlugin(worktree: string): Promise<string> {
  const pom = await readFile(join(worktree, 'pom.xml'), 'utf8').catch(() => '');
  const version = pom.includes('jacoco-maven-plugin') ? '' : `:${JACOCO_VERSION}`;
  return `org.jacoco:jacoco-maven-plugin${version}`;
}

/** Surefire says `Running shop.CartTest` before a class and `Tests run: ... in shop.CartTest` after it. */
export function runningSurefireClasses(output: string): readonly string[] {
  const running = new Set([...output.matchAll(/^\[INFO\] Running ([\w.$]+)/gm)].map(([, name = '']) => name));
  for (const [, name = ''] of output.matchAll(/Tests run: .* (?:in|-- in) ([\w.$]+)$/gm)) running.delete(name);
  return [...running];
}
