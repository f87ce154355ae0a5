/** Which analyzers sit on which panel: the one place that knows all of them. */
import type { Angle } from '../domain/finding.js';
import { AnalyzerPanelist } from './analyzer-panelist.js';
import type { Analyzer } from './analyzer-panelist.js';
import { AstGrepAnalyzer } from './panelists/ast-grep-analyzer.js';
import { BanditAnalyzer } from './panelists/bandit-analyzer.js';
import { BaselineCache } from './panelists/baseline-cache.js';
import { DuplicateAnalyzer } from './panelists/duplicate-analyzer.js';
import { EslintAnalyzer } from './panelists/eslint-analyzer.js';
import { GitleaksAnalyzer } from './panelists/gitleaks-analyzer.js';
import { ImportCycleAnalyzer } from './panelists/import-cycle-analyzer.js';
import { JscpdAnalyzer } from './panelists/jscpd-analyzer.js';
import { KnipAnalyzer } from './panelists/knip-analyzer.js';
import { ManifestAnalyzer } from './panelists/manifest-analyzer.js';
import { ModuleSizeAnalyzer } from './panelists/module-size-analyzer.js';
import { NpmAuditAnalyzer } from './panelists/npm-audit-analyzer.js';
import { OsvAnalyzer } from './panelists/osv-analyzer.js';
import { RuffAnalyzer } from './panelists/ruff-analyzer.js';
import { SarifAnalyzer } from './panelists/sarif-analyzer.js';
import { SecretAnalyzer } from './panelists/secret-analyzer.js';
import { SemgrepAnalyzer } from './panelists/semgrep-analyzer.js';
import { SuppressionAnalyzer } from './panelists/suppression-analyzer.js';
import type { ReviewConfig } from './review-config.js';

/** A fresh panel at each call, since a panelist remembers what it said; what is slow to load is loaded once. */
export function analyzerSeats(
  sarif: ReviewConfig['sarif'] = [],
  baselineFolder?: string,
): Readonly<Record<Angle, () => readonly AnalyzerPanelist[]>> {
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
      new OsvAnalyzer(),
      new AstGrepAnalyzer('security'),
      new RuffAnalyzer('security'),
      new BanditAnalyzer(),
      new SemgrepAnalyzer(),
    ],
    quality: [
      new EslintAnalyzer('eslint', 'quality'),
      new EslintAnalyzer('sonarjs', 'quality'),
      new DuplicateAnalyzer(),
      new JscpdAnalyzer(),
      new KnipAnalyzer(new BaselineCache(baselineFolder)),
      new AstGrepAnalyzer('quality'),
      new RuffAnalyzer('quality'),
    ],
    techstack: [new ManifestAnalyzer(), new SuppressionAnalyzer(), new EslintAnalyzer('eslint', 'techstack')],
  };
  const others = sarif.map(
    ({ exitCodes: acceptedExitCodes, ...tool }) => new SarifAnalyzer({ ...tool, acceptedExitCodes }),
  );
  const seat = (angle: Angle) => () =>
    [...analyzers[angle], ...others.filter((other) => other.angle === angle)].map(
      (analyzer) => new AnalyzerPanelist(analyzer),
    );
  return {
    architecture: seat('architecture'),
    security: seat('security'),
    quality: seat('quality'),
    techstack: seat('techstack'),
  };
}
