/**
 * knip, where the project has it installed: files, exports and dependencies that the change leaves unused, imports that it leaves without their
 * package. It looks at the whole tree, at the head and at the base; what it says of both is not the change's. It loads configuration
 * of the project, as the project's own commands do.
 */
import { z } from 'zod';
import type { Angle, Severity } from '../../domain/finding.js';
import type { Analysis, Analyzer } from '../analyzer-panelist.js';
import type { Claim } from '../panelist.js';
import type { ReviewMaterial } from '../review-material.js';
import type { BaselineCache } from './baseline-cache.js';
import { isScript } from './code-file.js';
import { projectTool } from './project-tool.js';
import { runTool } from './tool-run.js';

const KINDS = {
  files: { severity: 'low', category: 'unused-file', what: () => 'nothing uses this file' },
  exports: { severity: 'low', category: 'unused-export', what: (name: string) => `nothing uses the export ${name}` },
  dependencies: {
    severity: 'medium',
    category: 'unused-dependency',
    what: (name: string) => `nothing uses the dependency ${name}`,
  },
  devDependencies: {
    severity: 'low',
    category: 'unused-dependency',
    what: (name: string) => `nothing uses the dependency ${name}`,
  },
  unlisted: {
    severity: 'medium',
    category: 'unlisted-dependency',
    what: (name: string) => `${name} is imported and stands in no package.json`,
  },
  unresolved: {
    severity: 'medium',
    category: 'unresolved-import',
    what: (name: string) => `the import ${name} leads nowhere`,
  },
} as const satisfies Record<string, { severity: Severity; category: string; what: (name: string) => string }>;
type Kind = keyof typeof KINDS;

const itemsSchema = z.array(z.object({ name: z.string(), line: z.number().int().optional() })).default([]);
const reportSchema = z.object({
  issues: z.array(
    z.object({
      file: z.string(),
      ...(Object.fromEntries(Object.keys(KINDS).map((kind) => [kind, itemsSchema])) as Record<
        Kind,
        typeof itemsSchema
      >),
    }),
  ),
});

interface Unused {
  readonly kind: Kind;
  readonly file: string;
  readonly name: string;
  readonly line: number;
}

export class KnipAnalyzer implements Analyzer {
  readonly name = 'knip';
  readonly version = 'installed';
  readonly angle: Angle = 'quality';
  readonly #baseline: BaselineCache;
  readonly #environment: NodeJS.ProcessEnv;

  constructor(baseline: BaselineCache, environment: NodeJS.ProcessEnv = process.env) {
    this.#baseline = baseline;
    this.#environment = environment;
  }

  async analyze(material: ReviewMaterial, signal: AbortSignal): Promise<Analysis> {
    const isRead = (path: string) => isScript(path) || /(?:^|\/)package\.json$/.test(path);
    const read = material.files.filter(({ path }) => isRead(path));
    if (read.length === 0) return { files: 0, claims: [] };
    const program = await projectTool('knip', material, this.#environment);
    if (program === undefined) return { files: 0, claims: [], notes: ['the project does not use it'] };
    const at = (revision: string) => this.#look(program, material.worktree, revision, signal);
    const now = await at(material.headSha);
    const before = await this.#baseline.of('knip', material.baseSha, async () =>
      (await at(material.baseSha)).map(keyOf),
    );
    const claims = now.filter((each) => !before.has(keyOf(each))).map((each) => claimOf(each, material));
    return { files: read.length, claims };
  }

  async #look(program: string, worktree: string, revision: string, signal: AbortSignal): Promise<readonly Unused[]> {
    const report = await runTool({
      program,
      args: () => ['--reporter', 'json', '--no-progress', '--no-exit-code'],
      files: { worktree, revision },
      acceptedExitCodes: [0],
      environment: this.#environment,
      signal,
    });
    const start = report.indexOf('{"issues"');
    if (start < 0) throw new Error('knip printed no report');
    const { issues } = reportSchema.parse(JSON.parse(report.slice(start)));
    return issues.flatMap((issue) =>
      (Object.keys(KINDS) as Kind[]).flatMap((kind) =>
        issue[kind].map(({ name, line = 0 }) => ({ kind, file: issue.file, name, line })),
      ),
    );
  }
}

/** Without its line: lines move. */
const keyOf = ({ kind, file, name }: Unused): string => `${kind} ${file} ${name}`;

function claimOf({ kind, file, name, line }: Unused, material: ReviewMaterial): Claim {
  const { severity, category, what } = KINDS[kind];
  const text = material.files.find(({ path }) => path === file)?.text?.split('\n') ?? [];
  // A package is named without its line.
  const named = line > 0 || kind === 'files' ? line : 1 + text.findIndex((each) => each.includes(name));
  return {
    ...{ severity, category, issue: what(name), file, line: named },
    suggestion: 'Use it, or take it away.',
    source: `knip/${kind}`,
  };
}
