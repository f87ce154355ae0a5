/**
 * ast-grep, where it is installed, with rules of ours over changed TypeScript, Python and Go. Only under its long name: `sg` is another
 * program on most Linux machines.
 */
import { z } from 'zod';
import type { Angle } from '../../domain/finding.js';
import type { Analysis, Analyzer } from '../analyzer-panelist.js';
import { isAddedLine } from '../grounding.js';
import type { Claim } from '../panelist.js';
import type { ReviewMaterial } from '../review-material.js';
import { AST_GREP_RULES } from './ast-grep-rules.js';
import type { AstGrepRule } from './ast-grep-rules.js';
import { isHandWritten } from './code-file.js';
import { reportedPath, runTool } from './tool-run.js';

const READ = /\.(?:[cm]?[jt]s|[jt]sx|py|go)$/;
/** A rule for TypeScript is one for its neighbours, too. */
const LANGUAGES: Readonly<Record<AstGrepRule['language'], readonly string[]>> = {
  TypeScript: ['TypeScript', 'Tsx', 'JavaScript'],
  Python: ['Python'],
  Go: ['Go'],
};

const reportSchema = z.array(
  z.object({
    ruleId: z.string(),
    file: z.string(),
    range: z.object({ start: z.object({ line: z.number().int().nonnegative() }) }),
  }),
);

export class AstGrepAnalyzer implements Analyzer {
  readonly name = 'ast-grep';
  readonly version = 'installed';
  readonly angle: Angle;
  readonly #rules: readonly AstGrepRule[];
  readonly #environment: NodeJS.ProcessEnv;

  constructor(angle: Angle, environment: NodeJS.ProcessEnv = process.env) {
    this.angle = angle;
    this.#rules = AST_GREP_RULES.filter((rule) => rule.angle === angle);
    this.#environment = environment;
  }

  async analyze(material: ReviewMaterial, signal: AbortSignal): Promise<Analysis> {
    const files = new Map(
      material.files.flatMap(({ path, text }): [string, string][] =>
        // A comment in the change that asks it to look away is one that it does not know.
        text !== undefined && READ.test(path) && isHandWritten(path)
          ? [[path, text.replaceAll('ast-grep-ignore', 'ast-grep-notice')]]
          : [],
      ),
    );
    if (files.size === 0) return { files: 0, claims: [] };
    const report = await runTool({
      program: 'ast-grep',
      args: (folder) => [
        ...['scan', '--inline-rules', inlineRules(this.#rules), '--json=compact', '--no-ignore', 'hidden'],
        ...['--no-ignore', 'vcs', '--no-ignore', 'dot', folder],
      ],
      files,
      acceptedExitCodes: [0, 1],
      environment: this.#environment,
      signal,
    });
    const claims = reportSchema
      .parse(JSON.parse(jsonIn(report)))
      .flatMap(({ ruleId, file, range }): readonly Claim[] => {
        const path = reportedPath(files.keys(), file);
        const rule = this.#rules.find(({ id }) => ruleId === id || ruleId.startsWith(`${id}.`));
        const line = range.start.line + 1;
        if (path === undefined || rule === undefined || !isAddedLine(material, path, line)) return [];
        const { severity, category, issue, suggestion, id } = rule;
        return [{ severity, category, issue, file: path, line, suggestion, source: `ast-grep/${id}` }];
      });
    return { files: files.size, claims };
  }
}

/** Documents of ast-grep's own form; JSON is YAML. */
export function inlineRules(rules: readonly AstGrepRule[]): string {
  return rules
    .flatMap(({ id, language, rule }) =>
      LANGUAGES[language].map((each) =>
        JSON.stringify({ id: `${id}.${each}`, language: each, severity: 'warning', message: id, rule }),
      ),
    )
    .join('\n---\n');
}

/** What it prints beside its report (that it was installed without its script) is not part of it. */
function jsonIn(printed: string): string {
  return printed.split('\n').find((line) => line.startsWith('[{') || line.trim() === '[]') ?? printed;
}
