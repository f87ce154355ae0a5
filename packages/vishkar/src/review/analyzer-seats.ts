/** Which analyzers sit on which panel: the one place that knows all of them. */
import type { Angle } from '../domain/finding.js';
import { AnalyzerPanelist } from './analyzer-panelist.js';
import type { Analyzer } from './analyzer-panelist.js';
import { DuplicateAnalyzer } from './panelists/duplicate-analyzer.js';
import { EslintAnalyzer } from './panelists/eslint-analyzer.js';
import { GitleaksAnalyzer } from './panelists/gitleaks-analyzer.js';
import { ImportCycleAnalyzer } from './panelists/import-cycle-analyzer.js';
import { ManifestAnalyzer } from './panelists/manifest-analyzer.js';
import { ModuleSizeAnalyzer } from './panelists/module-size-analyzer.js';
import { NpmAuditAnalyzer } from './panelists/npm-audit-analyzer.js';
import { RuffAnalyzer } from './panelists/ruff-analyzer.js';
import { SecretAnalyzer } from './panelists/secret-analyzer.js';
import { SuppressionAnalyzer } from './panelists/suppression-analyzer.js';

/** A fresh panel at each call, since a panelist remembers what it said; what is slow to load is loaded once. */
export function analyzerSeats(): Readonly<Record<Angle, () => readonly AnalyzerPanelist[]>> {
  // One ESLint each for the life of the worker: loading it costs more than a review.
  const analyzers: Readonly<Record<Angle, readonly Analyzer[]>> = {
    architecture: [new ImportCycleAnalyzer(), new ModuleSizeAnalyzer(), new EslintAnalyzer('eslint', 'architecture')],
    security: [
      new EslintAnalyzer('eslint', 'security'),
      new EslintAnalyzer('security', 'security'),
      new EslintAnalyzer('sonarjs', 'security'),
      new SecretAnalyzer(),
      new GitleaksAnalyzer(),
      new NpmAuditAnalyzer(),
      new RuffAnalyzer('security'),
    ],
    quality: [
      new EslintAnalyzer('eslint', 'quality'),
      new EslintAnalyzer('sonarjs', 'quality'),
      new DuplicateAnalyzer(),
      new RuffAnalyzer('quality'),
    ],
    techstack: [new ManifestAnalyzer(), new SuppressionAnalyzer(), new EslintAnalyzer('eslint', 'techstack')],
  };
  const seat = (angle: Angle) => () => analyzers[angle].map((analyzer) => new AnalyzerPanelist(analyzer));
  return {
    architecture: seat('architecture'),
    security: seat('security'),
    quality: seat('quality'),
    techstack: seat('techstack'),
  };
}
