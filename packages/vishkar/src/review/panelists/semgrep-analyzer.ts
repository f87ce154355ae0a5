/**
 * semgrep, where it is installed and the project has rules of its own for it: `.semgrep.yml`, `.semgrep.yaml` or files in `.semgrep/`, as they
 * are at the base, so that a change can't switch off what it is reviewed by. No rules are fetched from anywhere.
 */
import type { Angle } from '../../domain/finding.js';
import type { Analysis, Analyzer } from '../analyzer-panelist.js';
import type { ReviewMaterial } from '../review-material.js';
import { sarifClaims } from './sarif-analyzer.js';

const RULES = /^(?:\.semgrep\.ya?ml|\.semgrep\/.+\.ya?ml)$/;
/** Where the rules are put beside the files under review. */
const RULES_FOLDER = '.vishkar-semgrep';

export class SemgrepAnalyzer implements Analyzer {
  readonly name = 'semgrep';
  readonly version = 'installed';
  readonly angle: Angle = 'security';
  readonly #environment: NodeJS.ProcessEnv;

  constructor(environment: NodeJS.ProcessEnv = process.env) {
    this.#environment = environment;
  }

  async analyze(material: ReviewMaterial, signal: AbortSignal): Promise<Analysis> {
    const rules = new Map<string, string>();
    for (const path of (await material.basePaths()).filter((each) => RULES.test(each)))
      rules.set(
        `${RULES_FOLDER}/${path.replace(/^\./, '').replace(/\//g, '_')}`,
        (await material.readAtBase(path)) ?? '',
      );
    const files = material.files.flatMap(({ path, text }): [string, string][] =>
      text === undefined || /(^|\/)\.semgrepignore$/.test(path) ? [] : [[path, text]],
    );
    if (files.length === 0 || rules.size === 0)
      return { files: 0, claims: [], notes: rules.size === 0 ? ['the project has no rules for it'] : [] };
    const claims = await sarifClaims(this.name, material, 'high', {
      program: 'semgrep',
      // Comments in the change that ask it to look away are not heard.
      args: (folder, report) => [
        ...[
          'scan',
          '--config',
          `${folder}/${RULES_FOLDER}`,
          '--sarif',
          '--output',
          report,
          '--quiet',
          '--no-git-ignore',
        ],
        ...['--disable-nosem', '--metrics', 'off', '--disable-version-check', '--exclude', RULES_FOLDER, folder],
      ],
      files: new Map([...files, ...rules]),
      acceptedExitCodes: [0, 1],
      environment: this.#environment,
      signal,
    });
    return { files: files.length, claims };
  }
}
