/**
 * osv-scanner, where it is installed, over changed lockfiles of any language: known holes in the versions that a change brings in. What the
 * base's lockfile has as well is not the change's. Without its service, and without a database of its own (`OSV_SCANNER_LOCAL_DB_CACHE_DIRECTORY`
 * names one, and then nobody is asked), it is unavailable: what it would have said is not known.
 */
import { z } from 'zod';
import type { Angle, Severity } from '../../domain/finding.js';
import { AnalyzerUnavailableError } from '../analyzer-panelist.js';
import type { Analysis, Analyzer } from '../analyzer-panelist.js';
import type { Claim } from '../panelist.js';
import type { MaterialFile, ReviewMaterial } from '../review-material.js';
import { reportedPath, runTool } from './tool-run.js';

const LOCKFILE =
  /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lock|requirements[\w.-]*\.txt|poetry\.lock|uv\.lock|pdm\.lock|Pipfile\.lock|go\.mod|Cargo\.lock|pom\.xml|gradle\.lockfile|packages\.lock\.json|Gemfile\.lock|composer\.lock|mix\.lock|pubspec\.lock)$/;
const LOCAL_DATABASE = 'OSV_SCANNER_LOCAL_DB_CACHE_DIRECTORY';

const reportSchema = z.object({
  results: z.array(
    z.object({
      source: z.object({ path: z.string() }),
      packages: z.array(
        z.object({
          package: z.object({ name: z.string(), version: z.string() }),
          vulnerabilities: z.array(z.object({ id: z.string(), summary: z.string().optional() })),
          groups: z.array(z.object({ ids: z.array(z.string()), max_severity: z.string().optional() })).default([]),
        }),
      ),
    }),
  ),
});

interface Hole {
  readonly name: string;
  readonly version: string;
  readonly id: string;
  readonly summary: string;
  /** CVSS, 0 to 10; NaN when nobody has graded it. */
  readonly grade: number;
}

export class OsvAnalyzer implements Analyzer {
  readonly name = 'osv-scanner';
  readonly version = 'installed';
  readonly angle: Angle = 'security';
  readonly #environment: NodeJS.ProcessEnv;

  constructor(environment: NodeJS.ProcessEnv = process.env) {
    this.#environment = environment;
  }

  async analyze(material: ReviewMaterial, signal: AbortSignal): Promise<Analysis> {
    const lockfiles = material.files.filter(
      ({ path, text }) => text !== undefined && LOCKFILE.test(path) && !path.includes('node_modules/'),
    );
    if (lockfiles.length === 0) return { files: 0, claims: [] };
    // Both sides in one run: the same database answers for both.
    const sides = new Map<string, string>();
    for (const file of lockfiles) {
      sides.set(`head/${file.path}`, file.text ?? '');
      const base = await material.readBase(file);
      if (base !== undefined) sides.set(`base/${file.path}`, base);
    }
    const holes = await this.#holesIn(sides, signal);
    const claims = lockfiles.flatMap((file) => {
      const before = new Set((holes.get(`base/${file.path}`) ?? []).map(keyOf));
      return (holes.get(`head/${file.path}`) ?? [])
        .filter((hole) => !before.has(keyOf(hole)))
        .map((hole) => claimOf(hole, file));
    });
    return { files: lockfiles.length, claims };
  }

  async #holesIn(
    sides: ReadonlyMap<string, string>,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, readonly Hole[]>> {
    const database = this.#environment[LOCAL_DATABASE];
    const report = await runTool({
      program: 'osv-scanner',
      args: (folder, path) => [
        ...['scan', 'source', '--format', 'json', '--output', path, '--verbosity', 'error', '--no-resolve'],
        ...(database === undefined ? [] : ['--offline']),
        ...[...sides.keys()].flatMap((side) => ['--lockfile', `${folder}/${side}`]),
      ],
      files: sides,
      // 1: holes found. 127: it could not ask, though it writes an empty report.
      acceptedExitCodes: [0, 1],
      unavailableExitCodes: [127, 128],
      environment: this.#environment,
      set: database === undefined ? {} : { [LOCAL_DATABASE]: database },
      signal,
    });
    const holes = new Map<string, readonly Hole[]>();
    for (const { source, packages } of readReport(report)) {
      const side = reportedPath(sides.keys(), source.path);
      if (side === undefined) continue;
      const found = packages.flatMap(({ package: { name, version }, vulnerabilities, groups }) =>
        vulnerabilities.map(({ id, summary = id }): Hole => {
          const grade = Number.parseFloat(groups.find(({ ids }) => ids.includes(id))?.max_severity ?? '');
          return { name, version, id, summary, grade };
        }),
      );
      holes.set(side, [...(holes.get(side) ?? []), ...found]);
    }
    return holes;
  }
}

function readReport(text: string): z.output<typeof reportSchema>['results'] {
  try {
    return reportSchema.parse(JSON.parse(text)).results;
  } catch {
    throw new AnalyzerUnavailableError('its database of holes did not answer osv-scanner');
  }
}

/** The version is part of it: another one with the same hole was brought in by the change. */
const keyOf = ({ name, version, id }: Hole): string => `${name}@${version} ${id}`;

function claimOf({ name, version, id, summary, grade }: Hole, { path, text, diff }: MaterialFile): Claim {
  // Where npm audit stands as well: the same hole is one finding.
  const lines = (text ?? '').split('\n');
  const inTree = lines.findIndex((line) => line.includes(`node_modules/${name}": {`));
  const added = diff.lines.find(({ kind, text: line }) => kind === 'added' && line.includes(name))?.newLine;
  const anywhere = Math.max(
    0,
    lines.findIndex((line) => line.includes(name)),
  );
  return {
    severity: severityOf(grade),
    category: 'known-vulnerability',
    issue: `${name} ${version}: ${summary}`.slice(0, 500),
    file: path,
    line: inTree >= 0 ? inTree + 1 : (added ?? anywhere + 1),
    suggestion: `Take a version without it. See https://osv.dev/vulnerability/${id}`,
    source: `osv-scanner/${id}`,
  };
}

function severityOf(grade: number): Severity {
  if (Number.isNaN(grade)) return 'medium';
  return grade >= 9 ? 'critical' : grade >= 7 ? 'high' : grade >= 4 ? 'medium' : 'low';
}
