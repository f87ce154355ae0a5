/** dependency-cruiser over the sources: a cycle of imports that an added import closes. The project's own rules are not loaded. */
import type { Angle } from '../../domain/finding.js';
import type { Analysis, Analyzer } from '../analyzer-panelist.js';
import { isAddedLine } from '../grounding.js';
import type { Claim } from '../panelist.js';
import type { ReviewMaterial } from '../review-material.js';
import { isHandWritten, isScript } from './code-file.js';
import { installedVersion } from './installed-version.js';

export class ImportCycleAnalyzer implements Analyzer {
  readonly name = 'dependency-cruiser';
  readonly angle: Angle = 'architecture';
  readonly version = installedVersion('dependency-cruiser');

  async analyze(material: ReviewMaterial, signal: AbortSignal): Promise<Analysis> {
    const scripts = material.files.filter(
      ({ path, text }) => text !== undefined && isScript(path) && isHandWritten(path),
    );
    if (scripts.length === 0) return { files: 0, claims: [] };
    const { cruise } = await import('dependency-cruiser');
    signal.throwIfAborted();
    const { output } = await cruise(
      scripts.map((file) => file.path),
      {
        baseDir: material.worktree,
        validate: true,
        ruleSet: { forbidden: [{ name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } }] },
        doNotFollow: { path: 'node_modules' },
        exclude: { path: '(^|/)(dist|coverage)/' },
        tsPreCompilationDeps: true,
      },
    );
    if (typeof output === 'string') throw new Error('dependency-cruiser gave a text instead of data');
    const claims: Claim[] = [];
    for (const { path, text } of scripts) {
      const imports = output.modules.find((module) => module.source === path)?.dependencies ?? [];
      for (const { module, circular, cycle = [], dependencyTypes } of imports) {
        // Types are gone at run time: a cycle of them breaks nothing.
        if (!circular || dependencyTypes.includes('type-only')) continue;
        const line = importLine(text ?? '', module);
        if (!isAddedLine(material, path, line)) continue;
        claims.push({
          severity: 'medium',
          category: 'import-cycle',
          issue: `this import closes a cycle: ${[path, ...cycle.map((step) => step.name)].join(' -> ')}`,
          file: path,
          line,
          suggestion: 'Move what both need into a module of its own, or turn one import around.',
          source: 'dependency-cruiser/no-cycle',
        });
      }
    }
    return { files: scripts.length, claims };
  }
}

/** 1-based line that names the module, where an import of several lines ends; 0 when it is not found. */
function importLine(text: string, module: string): number {
  const names = [`'${module}'`, `"${module}"`];
  return 1 + text.split('\n').findIndex((line) => names.some((name) => line.includes(name)));
}
