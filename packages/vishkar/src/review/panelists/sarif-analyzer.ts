/**
 * Any program that reports in SARIF, as an analyzer: over the tree of the head, and of its results those that stand in lines that the change
 * adds. What the program says may quote the code, so secrets are taken out of it.
 */
import type { Angle, Severity } from '../../domain/finding.js';
import { SEVERITIES } from '../../domain/finding.js';
import type { Analysis, Analyzer } from '../analyzer-panelist.js';
import { isAddedLine } from '../grounding.js';
import type { Claim } from '../panelist.js';
import type { ReviewMaterial } from '../review-material.js';
import { readSarif } from '../sarif/read-sarif.js';
import type { SarifResult } from '../sarif/read-sarif.js';
import { withoutSecrets } from '../without-secrets.js';
import { reportedPath, runTool } from './tool-run.js';
import type { ToolRun } from './tool-run.js';

export interface SarifTool {
  readonly name: string;
  readonly angle: Angle;
  /** Program and arguments; `{report}` stands for the file where the report is to be, else what is printed is the report. */
  readonly command: readonly [string, ...string[]];
  /** Exit codes with which the report is whole. */
  readonly acceptedExitCodes: readonly number[];
  /** The gravest that a result of it may be. */
  readonly atMost: Severity;
}

export class SarifAnalyzer implements Analyzer {
  readonly name: string;
  readonly version = 'installed';
  readonly angle: Angle;
  readonly #tool: SarifTool;
  readonly #environment: NodeJS.ProcessEnv;

  constructor(tool: SarifTool, environment: NodeJS.ProcessEnv = process.env) {
    this.name = tool.name;
    this.angle = tool.angle;
    this.#tool = tool;
    this.#environment = environment;
  }

  async analyze(material: ReviewMaterial, signal: AbortSignal): Promise<Analysis> {
    const { command, acceptedExitCodes, atMost, name } = this.#tool;
    const [program, ...rest] = command;
    const claims = await sarifClaims(name, material, atMost, {
      program,
      args: (_folder, report) => rest.map((argument) => argument.replaceAll('{report}', report)),
      files: { worktree: material.worktree, revision: material.headSha },
      acceptedExitCodes,
      environment: this.#environment,
      signal,
    });
    return { files: material.files.filter(({ text }) => text !== undefined).length, claims };
  }
}

/** What a run reports about added lines, as claims of the analyzer `name`. Throws as `runTool` and `readSarif` do. */
export async function sarifClaims(
  name: string,
  material: ReviewMaterial,
  atMost: Severity,
  run: ToolRun,
): Promise<readonly Claim[]> {
  const paths = material.files.map(({ path }) => path);
  const claims: Claim[] = [];
  for (const result of readSarif(await runTool(run))) {
    const file = reportedPath(paths, result.file);
    if (file === undefined || !isAddedLine(material, file, result.line)) continue;
    claims.push({
      severity: graveAtMost(severityOf(result), atMost),
      category: categoryOf(result.rule),
      issue: (await withoutSecrets(result.message)).replace(/\s+/g, ' ').slice(0, 500) || result.rule,
      file,
      line: result.line,
      suggestion: result.helpUri === undefined ? `See the rule ${result.rule} of ${name}.` : `See ${result.helpUri}`,
      source: `${name}/${result.rule}`,
    });
  }
  return claims;
}

/** By the grade that the tool gives security rules, else by level. */
function severityOf({ securitySeverity, level }: SarifResult): Severity {
  if (securitySeverity !== undefined)
    return securitySeverity >= 9
      ? 'critical'
      : securitySeverity >= 7
        ? 'high'
        : securitySeverity >= 4
          ? 'medium'
          : 'low';
  return level === 'error' ? 'high' : level === 'warning' ? 'medium' : 'low';
}

function graveAtMost(severity: Severity, atMost: Severity): Severity {
  return SEVERITIES[Math.max(SEVERITIES.indexOf(severity), SEVERITIES.indexOf(atMost))] ?? 'low';
}

/** `python.lang.security.audit.eval-detected` is the category `eval-detected`. */
function categoryOf(rule: string): string {
  const last =
    rule
      .split(/[./]/)
      .filter((part) => part !== '')
      .at(-1) ?? rule;
  const kebab = last
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return kebab === '' ? 'other' : kebab;
}
