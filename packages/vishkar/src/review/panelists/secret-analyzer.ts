/** Secrets in the changed files of any kind, what the story keeps for itself included: one in an added line is critical or high. */
import type { Angle } from '../../domain/finding.js';
import type { Analysis, Analyzer } from '../analyzer-panelist.js';
import { isAddedLine } from '../grounding.js';
import type { Claim } from '../panelist.js';
import type { ReviewMaterial } from '../review-material.js';
import { findSecrets } from '../secret-scan.js';
import { installedVersion } from './installed-version.js';

export class SecretAnalyzer implements Analyzer {
  readonly name = 'secretlint';
  readonly angle: Angle = 'security';
  readonly version = installedVersion('@secretlint/secretlint-rule-preset-recommend');

  async analyze(material: ReviewMaterial, signal: AbortSignal): Promise<Analysis> {
    const claims: Claim[] = [];
    let files = 0;
    for (const { path, text } of material.files) {
      signal.throwIfAborted();
      if (text === undefined) continue;
      files += 1;
      for (const { rule, line } of await findSecrets(text, path)) {
        if (!isAddedLine(material, path, line)) continue;
        claims.push({
          // A private key opens everything that trusts it, and can't be scoped or rotated by its issuer.
          severity: /private.?key/i.test(rule) ? 'critical' : 'high',
          category: 'secret-in-source',
          issue: `${rule}: a secret is written into the source`,
          file: path,
          line,
          suggestion: 'Remove it, read it from the environment, and revoke it: it is in the history now.',
          source: `secretlint/${rule}`,
        });
      }
    }
    return { files, claims };
  }
}
