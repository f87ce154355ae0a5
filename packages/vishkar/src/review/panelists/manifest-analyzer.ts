/** package.json as a change leaves it: dependencies that the lockfile lacks, versions from nowhere, scripts that run at install. */
import type { Angle, Severity } from '../../domain/finding.js';
import type { Analysis, Analyzer } from '../analyzer-panelist.js';
import type { Claim } from '../panelist.js';
import type { ReviewMaterial } from '../review-material.js';

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
}

const LOCKFILES = ['package-lock.json', 'npm-shrinkwrap.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lock'];

export class ManifestAnalyzer implements Analyzer {
  readonly name = 'manifest';
  readonly version = '1';
  readonly angle: Angle = 'techstack';

  async analyze(material: ReviewMaterial): Promise<Analysis> {
    const claims: Claim[] = [];
    let files = 0;
    for (const file of material.files) {
      const { path, text } = file;
      if (text === undefined || !/(^|\/)package\.json$/.test(path)) continue;
      files += 1;
      const claim = (severity: Severity, category: string, issue: string, word: string, suggestion: string) =>
        claims.push({
          severity,
          category,
          issue,
          file: path,
          line: lineOf(text, word),
          suggestion,
          source: `manifest/${category}`,
        });
      const now = parse(text);
      const baseText = await material.readBase(file);
      const before = baseText === undefined ? {} : (parse(baseText) ?? {});
      if (now === undefined) {
        claim('high', 'broken-manifest', 'package.json is no valid JSON', '{', 'Mend its syntax.');
        continue;
      }
      const known = dependencies(before);
      const lockfiles = await this.#lockfiles(material);
      for (const [name, range] of dependencies(now)) {
        if (known.get(name) === range) continue;
        if (range === '*' || range === 'latest' || range === '')
          claim('medium', 'unpinned-dependency', `${name} takes any version`, `"${name}"`, 'Name a version range.');
        if (/^(git|https?|github):/.test(range))
          claim(
            'medium',
            'dependency-from-url',
            `${name} comes from an address, not from the registry`,
            `"${name}"`,
            'Use a released version.',
          );
        if (lockfiles.length > 0 && !lockfiles.some((lock) => lock.includes(name)))
          claim(
            'medium',
            'lockfile-out-of-date',
            `the lockfile does not know ${name}`,
            `"${name}"`,
            'Install it, and commit the lockfile with it.',
          );
      }
      for (const hook of ['preinstall', 'install', 'postinstall', 'prepare'])
        if (now.scripts?.[hook] !== undefined && before.scripts?.[hook] === undefined)
          claim(
            'medium',
            'install-script',
            `a ${hook} script runs on every machine that installs this`,
            `"${hook}"`,
            'Do it in a command that people call.',
          );
    }
    return { files, claims };
  }

  async #lockfiles(material: ReviewMaterial): Promise<readonly string[]> {
    const texts = await Promise.all(LOCKFILES.map((name) => material.read(name)));
    return texts.filter((text) => text !== undefined);
  }
}

function parse(text: string): Manifest | undefined {
  try {
    return JSON.parse(text) as Manifest;
  } catch {
    return undefined;
  }
}

function dependencies(manifest: Manifest): ReadonlyMap<string, string> {
  const { dependencies: run, devDependencies: develop, optionalDependencies: optional } = manifest;
  return new Map(Object.entries({ ...run, ...develop, ...optional }));
}

function lineOf(text: string, word: string): number {
  return (
    1 +
    Math.max(
      0,
      text.split('\n').findIndex((line) => line.includes(word)),
    )
  );
}
