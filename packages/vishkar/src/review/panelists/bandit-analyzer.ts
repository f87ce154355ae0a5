/** bandit, where it is installed, over changed Python files: its own rules, none of the project's settings, and no comment switches one off. */
import { z } from 'zod';
import type { Angle, Severity } from '../../domain/finding.js';
import type { Analysis, Analyzer } from '../analyzer-panelist.js';
import { isAddedLine } from '../grounding.js';
import type { Claim } from '../panelist.js';
import type { ReviewMaterial } from '../review-material.js';
import { isPython } from './code-file.js';
import { PYTHON_RULES } from './python-rules.js';
import { reportedPath, runTool } from './tool-run.js';

const GRADES = ['HIGH', 'MEDIUM', 'LOW', 'UNDEFINED'] as const;
const reportSchema = z.object({
  errors: z.array(z.object({ filename: z.string() })),
  results: z.array(
    z.object({
      filename: z.string(),
      line_number: z.number().int(),
      test_id: z.string(),
      test_name: z.string(),
      issue_severity: z.enum(GRADES),
      issue_confidence: z.enum(GRADES),
      more_info: z.string(),
    }),
  ),
});
type Result = z.output<typeof reportSchema>['results'][number];

export class BanditAnalyzer implements Analyzer {
  readonly name = 'bandit';
  readonly version = 'installed';
  readonly angle: Angle = 'security';
  readonly #environment: NodeJS.ProcessEnv;

  constructor(environment: NodeJS.ProcessEnv = process.env) {
    this.#environment = environment;
  }

  async analyze(material: ReviewMaterial, signal: AbortSignal): Promise<Analysis> {
    const files = new Map(
      material.files.flatMap(({ path, text }) => (text !== undefined && isPython(path) ? [[path, text]] : [])),
    );
    if (files.size === 0) return { files: 0, claims: [] };
    const report = await runTool({
      program: 'bandit',
      // By itself it leaves out `venv`, `.eggs` and others, and counts them as clean: a change could hide there.
      args: (folder, path) => [
        ...['--recursive', folder, '--format', 'json', '--output', path, '--quiet', '--exit-zero', '--ignore-nosec'],
        ...['--exclude', `${path}.none`],
      ],
      files,
      acceptedExitCodes: [0],
      environment: this.#environment,
      signal,
    });
    const { errors, results } = reportSchema.parse(JSON.parse(report));
    const claims = results.flatMap((result): readonly Claim[] => {
      const file = reportedPath(files.keys(), result.filename);
      return file === undefined || !isAddedLine(material, file, result.line_number) ? [] : [claimOf(result, file)];
    });
    const unread = new Set(errors.flatMap(({ filename }) => reportedPath(files.keys(), filename) ?? []));
    const notes = [...unread].map((path) => `${path} was not read: its syntax is broken`);
    return { files: files.size - unread.size, claims, notes };
  }
}

/** Its own sentences quote the line, and a line may hold a secret: ours by its number, else the name of its rule. */
function claimOf(result: Result, file: string): Claim {
  const { test_id: id, test_name: name, line_number: line, more_info: page } = result;
  const known = PYTHON_RULES[id.replace(/^B/, 'S')];
  const words = name.replace(/_/g, ' ');
  return {
    severity: known?.severity ?? severityOf(result),
    category: known?.category ?? name.toLowerCase().replace(/[^a-z0-9]+/g, '-'),
    issue: known?.issue ?? `bandit's rule "${words}" (${id}) finds a fault`,
    file,
    line,
    suggestion: `See ${page}`,
    source: `bandit/${id}`,
  };
}

/** Of rules that we have no sentence for, `high` only what it is sure of itself; imports alone are no fault. */
function severityOf({ issue_severity: severity, issue_confidence: confidence }: Result): Severity {
  if (severity === 'HIGH') return confidence === 'HIGH' ? 'high' : 'medium';
  return severity === 'MEDIUM' && confidence !== 'LOW' ? 'medium' : 'low';
}
