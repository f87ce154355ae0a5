/** Every format of coverage report with its reader, and what some of them have to look up in the worktree. */
import { existsSync, readFileSync } from 'node:fs';
import { readdir, readFile, realpath } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { RunFile } from '../run-files.js';
import { readCoberturaReport } from './cobertura-report.js';
import { readGoCoverProfile } from './go-cover-profile.js';
import { readJacocoReport } from './jacoco-report.js';
import { readLcovReport } from './lcov-report.js';
import { joinCoverage } from './line-coverage.js';
import type { LineCoverage } from './line-coverage.js';

export const COVERAGE_FORMATS = ['lcov', 'cobertura', 'jacoco', 'go-cover'] as const;
export type CoverageFormat = (typeof COVERAGE_FORMATS)[number];

/** What all reports of a run say together. Throws VishkarError `TEST_REPORT_UNREADABLE`. */
export async function readCoverageFiles(
  format: CoverageFormat,
  files: readonly RunFile[],
  worktree: string,
): Promise<LineCoverage> {
  const roots = [worktree, await realpath(worktree)];
  const read = await readerOf(format, worktree, roots);
  return joinCoverage(files.map(({ text }) => read(text)));
}

async function readerOf(
  format: CoverageFormat,
  worktree: string,
  roots: readonly string[],
): Promise<(text: string) => LineCoverage> {
  switch (format) {
    case 'lcov':
      return (text) => readLcovReport(text, roots);
    case 'cobertura':
      return (text) => readCoberturaReport(text, roots);
    case 'jacoco': {
      const sources = await filesBelow(worktree, /\.(?:java|kt|groovy|scala)$/);
      return (text) => readJacocoReport(text, roots, (name) => sources.find((path) => `/${path}`.endsWith(`/${name}`)));
    }
    case 'go-cover': {
      const modules = await goModules(worktree);
      const linesOf = (path: string) => {
        const full = isAbsolute(path) ? path : join(worktree, path);
        return existsSync(full) ? readFileSync(full, 'utf8').split('\n') : undefined;
      };
      return (text) => readGoCoverProfile(text, roots, { pathOf: (file) => pathInModules(file, modules), linesOf });
    }
  }
}

const NOT_SEARCHED = new Set(['node_modules', 'target', 'build', 'vendor', 'bin', 'obj']);

/** Relative paths with slashes, of files that match; folders of builds and of what is installed are left out. */
async function filesBelow(worktree: string, pattern: RegExp, below = ''): Promise<string[]> {
  const entries = await readdir(join(worktree, below), { withFileTypes: true }).catch(() => []);
  const found = await Promise.all(
    entries.map(async (entry) => {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory())
        return NOT_SEARCHED.has(entry.name) || entry.name.startsWith('.')
          ? []
          : await filesBelow(worktree, pattern, path);
      return pattern.test(path) ? [path] : [];
    }),
  );
  return found.flat().sort();
}

interface GoModule {
  readonly name: string;
  /** Relative to the worktree; empty for its top. */
  readonly folder: string;
}

/** The modules of the worktree, the most deeply nested names first. */
async function goModules(worktree: string): Promise<readonly GoModule[]> {
  const manifests = await filesBelow(worktree, /(?:^|\/)go\.mod$/);
  const modules = await Promise.all(
    manifests.map(async (path) => {
      const [, name] = /^\s*module\s+"?([^\s"]+)/m.exec(await readFile(join(worktree, path), 'utf8')) ?? [];
      return name === undefined ? [] : [{ name, folder: path.replace(/\/?go\.mod$/, '') }];
    }),
  );
  return modules.flat().sort((a, b) => b.name.length - a.name.length);
}

function pathInModules(file: string, modules: readonly GoModule[]): string {
  const owner = modules.find(({ name }) => file.startsWith(`${name}/`));
  if (owner === undefined) return file;
  const inside = file.slice(owner.name.length + 1);
  return owner.folder === '' ? inside : `${owner.folder}/${inside}`;
}
