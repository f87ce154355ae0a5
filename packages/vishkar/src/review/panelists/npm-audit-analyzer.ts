/**
 * `npm audit` over a lockfile that a change touches: known holes in the versions that it brings in. The registry may refuse or
 * not be reached; then the analyzer is unavailable, and what it would have said is not known.
 */
import { z } from 'zod';
import type { Angle, Severity } from '../../domain/finding.js';
import { AnalyzerUnavailableError } from '../analyzer-panelist.js';
import type { Analysis, Analyzer } from '../analyzer-panelist.js';
import type { Claim } from '../panelist.js';
import type { MaterialFile, ReviewMaterial } from '../review-material.js';
import { runTool } from './tool-run.js';

const lockfileSchema = z.object({ packages: z.record(z.string(), z.object({ version: z.string().optional() })) });

const reportSchema = z.object({
  vulnerabilities: z.record(
    z.string(),
    z.object({
      severity: z.enum(['info', 'low', 'moderate', 'high', 'critical']),
      via: z.array(z.union([z.string(), z.object({ title: z.string(), url: z.string() })])),
      nodes: z.array(z.string()),
    }),
  ),
});

const SEVERITIES: Readonly<Record<string, Severity>> = { critical: 'critical', high: 'high', moderate: 'medium' };

export class NpmAuditAnalyzer implements Analyzer {
  readonly name = 'npm-audit';
  readonly version = 'installed';
  readonly angle: Angle = 'security';
  readonly #environment: NodeJS.ProcessEnv;

  constructor(environment: NodeJS.ProcessEnv = process.env) {
    this.#environment = environment;
  }

  async analyze(material: ReviewMaterial, signal: AbortSignal): Promise<Analysis> {
    const lockfiles = material.files.filter(
      ({ path, text }) =>
        text !== undefined && /(^|\/)package-lock\.json$/.test(path) && !path.includes('node_modules/'),
    );
    const claims: Claim[] = [];
    for (const file of lockfiles) claims.push(...(await this.#audit(file, material, signal)));
    return { files: lockfiles.length, claims };
  }

  async #audit(file: MaterialFile, material: ReviewMaterial, signal: AbortSignal): Promise<readonly Claim[]> {
    const text = file.text ?? '';
    const manifest = await material.read(file.path.replace(/package-lock\.json$/, 'package.json'));
    const report = await runTool({
      program: 'npm',
      args: () => ['audit', '--json', '--package-lock-only', '--loglevel', 'silent', '--no-update-notifier'],
      files: new Map([
        ['package.json', manifest ?? '{}'],
        ['package-lock.json', text],
      ]),
      // 1 is both "holes found" and "could not ask": the report tells which.
      acceptedExitCodes: [0, 1],
      environment: this.#environment,
      signal,
    });
    const { vulnerabilities } = readReport(report);
    const [now, before] = [versionsIn(text), versionsIn((await material.readBase(file)) ?? '')];
    return Object.entries(vulnerabilities).flatMap(([name, { severity, via, nodes }]) => {
      const node = nodes.find((each) => now.get(each) !== before.get(each));
      if (node === undefined) return [];
      const advisory = via.find((each) => typeof each === 'object');
      return {
        severity: SEVERITIES[severity] ?? 'low',
        category: 'known-vulnerability',
        issue: `${name} ${now.get(node) ?? ''}: ${advisory?.title ?? `it depends on ${via.filter((each) => typeof each === 'string').join(', ')}`}`,
        file: file.path,
        line: 1 + text.split('\n').findIndex((line) => line.includes(`"${node}": {`)),
        suggestion: `Take a version without it. ${advisory?.url ?? ''}`.trim(),
        source: 'npm-audit/advisory',
      };
    });
  }
}

function readReport(text: string): z.output<typeof reportSchema> {
  try {
    return reportSchema.parse(JSON.parse(text));
  } catch {
    // Without a list of holes npm reports an error of the registry, in one of several forms.
    throw new AnalyzerUnavailableError('the registry did not answer npm audit');
  }
}

/** Version by place in the lockfile (`node_modules/a`). */
function versionsIn(text: string): ReadonlyMap<string, string | undefined> {
  if (text === '') return new Map();
  const { packages } = lockfileSchema.parse(JSON.parse(text));
  return new Map(Object.entries(packages).map(([place, { version }]) => [place, version]));
}
