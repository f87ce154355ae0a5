/** gitleaks, where it is installed: it knows forms of secrets that secretlint does not. Its report is redacted before we see it. */
import { z } from 'zod';
import type { Angle } from '../../domain/finding.js';
import type { Analysis, Analyzer } from '../analyzer-panelist.js';
import { isAddedLine } from '../grounding.js';
import type { ReviewMaterial } from '../review-material.js';
import { reportedPath, runTool } from './tool-run.js';

const reportSchema = z
  .array(z.object({ RuleID: z.string(), File: z.string(), StartLine: z.number().int() }))
  .nullable();

export class GitleaksAnalyzer implements Analyzer {
  readonly name = 'gitleaks';
  readonly version = 'installed';
  readonly angle: Angle = 'security';
  readonly #environment: NodeJS.ProcessEnv;

  constructor(environment: NodeJS.ProcessEnv = process.env) {
    this.#environment = environment;
  }

  async analyze(material: ReviewMaterial, signal: AbortSignal): Promise<Analysis> {
    const files = new Map(material.files.flatMap(({ path, text }) => (text === undefined ? [] : [[path, text]])));
    if (files.size === 0) return { files: 0, claims: [] };
    const report = await runTool({
      program: 'gitleaks',
      // Comments in the change that ask it to look away are not heard; its own exit code would mean "found", so it is 0.
      args: (folder, path) => [
        ...['dir', folder, '--report-format', 'json', '--report-path', path, '--redact=100', '--exit-code', '0'],
        ...['--ignore-gitleaks-allow', '--gitleaks-ignore-path', `${path}.none`, '--no-banner', '--log-level', 'error'],
      ],
      files: new Map([...files].filter(([path]) => !/(^|\/)\.gitleaks(ignore|\.toml)$/.test(path))),
      acceptedExitCodes: [0],
      environment: this.#environment,
      signal,
    });
    const claims = (reportSchema.parse(JSON.parse(report)) ?? []).flatMap(({ RuleID, File, StartLine }) => {
      const path = reportedPath(files.keys(), File);
      if (path === undefined || !isAddedLine(material, path, StartLine)) return [];
      return {
        severity: 'high' as const,
        category: 'secret-in-source',
        issue: `${RuleID}: a secret is written into the source`,
        file: path,
        line: StartLine,
        suggestion: 'Remove it, read it from the environment, and revoke it: it is in the history now.',
        source: `gitleaks/${RuleID}`,
      };
    });
    return { files: files.size, claims };
  }
}
