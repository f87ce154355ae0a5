/**
 * Takes secrets out of what a model says before it reaches findings, transcripts or a tracker: models quote the code that they
 * read. Analyzers need no such care: their sentences are ours, and never hold text of the change.
 */
import { maskSecrets } from '../git/mask-secrets.js';
import { findSecrets } from './secret-scan.js';

/** `text` with everything that the secret scanner or our own patterns know replaced by `***`. */
export async function withoutSecrets(text: string): Promise<string> {
  const secrets = await findSecrets(text, 'said.txt');
  // From the end, so that the places before stay where they are.
  const ranges = secrets.map(({ range }) => range).sort(([a], [b]) => b - a);
  return maskSecrets(ranges.reduce((masked, [start, end]) => `${masked.slice(0, start)}***${masked.slice(end)}`, text));
}
