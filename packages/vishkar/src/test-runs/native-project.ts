/**
 * Projects whose build tool is also their test runner: Go, Cargo, Maven, Gradle, .NET. Told by the manifest at the top
 * of the worktree; nothing of the project is executed to find out.
 */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { cargoTestRunner } from './runners/cargo-test-runner.js';
import { dotnetRunner } from './runners/dotnet-runner.js';
import { goTestRunner } from './runners/go-test-runner.js';
import { gradleRunner } from './runners/gradle-runner.js';
import { mavenRunner } from './runners/maven-runner.js';
import type { TestRunner } from './runners/test-runner.js';

export interface NativeProject {
  /** The manifest by which it was known. */
  readonly manifest: string;
  readonly runner: TestRunner;
  readonly build: readonly string[];
  /** Absent where the tool has no check of its own that every project passes. */
  readonly lint?: readonly string[];
}

/** All that the worktree has at its top, in the order in which they are preferred. */
export async function findNativeProjects(worktree: string): Promise<readonly NativeProject[]> {
  const names = (await readdir(worktree)).sort();
  const wrapper = (name: string, otherwise: string) => (existsSync(join(worktree, name)) ? `./${name}` : otherwise);
  const kinds: readonly (Omit<NativeProject, 'manifest'> & { readonly isManifest: RegExp })[] = [
    {
      isManifest: /^go\.(?:mod|work)$/,
      runner: goTestRunner,
      build: ['go', 'build', './...'],
      lint: ['go', 'vet', './...'],
    },
    { isManifest: /^Cargo\.toml$/, runner: cargoTestRunner, build: ['cargo', 'build', '--workspace', '--all-targets'] },
    {
      isManifest: /^pom\.xml$/,
      runner: mavenRunner,
      build: [wrapper('mvnw', 'mvn'), '--batch-mode', '--no-transfer-progress', 'test-compile'],
    },
    {
      isManifest: /^(?:build|settings)\.gradle(?:\.kts)?$/,
      runner: gradleRunner,
      build: [wrapper('gradlew', 'gradle'), '--no-daemon', '--console=plain', 'testClasses'],
    },
    { isManifest: /\.(?:slnx?|csproj|fsproj|vbproj)$/, runner: dotnetRunner, build: ['dotnet', 'build', '--nologo'] },
  ];
  return kinds.flatMap(({ isManifest, ...kind }) => {
    const manifest = names.find((name) => isManifest.test(name));
    return manifest === undefined ? [] : [{ manifest, ...kind }];
  });
}
