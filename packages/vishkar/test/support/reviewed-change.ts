/** A change made of files before and after, committed to a repository of its own, and the panels' view of it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { ANGLES } from '../../src/domain/finding.js';
import type { Angle, AngleReview, Finding } from '../../src/domain/finding.js';
import { distinctFindings } from '../../src/domain/gate.js';
import type { Story } from '../../src/domain/story.js';
import { unifiedDiff } from '../../src/git/diff.js';
import { AnalyzerPanelist } from '../../src/review/analyzer-panelist.js';
import type { Analyzer } from '../../src/review/analyzer-panelist.js';
import type { AngleReviewer, ReviewSubject } from '../../src/review/angle-reviewer.js';
import type { Opening } from '../../src/review/panelist.js';
import { openMaterial } from '../../src/review/review-material.js';
import { createAngleReviewer } from '../../src/review/panel-reviewer.js';
import { reviewConfigSchema } from '../../src/review/review-config.js';
import { commitFiles, runGit, testRepository } from './git-repository.js';

export type Files = Readonly<Record<string, string>>;

const STORY: Story = {
  key: 'T-1',
  title: 'A story',
  description: '',
  status: 'in_progress',
  priority: 'medium',
  acceptanceCriteria: [],
  blockedBy: [],
  url: '',
  revision: '1',
};

/** One reviewer for a test file, as a worker has one. */
const reviewer = createAngleReviewer(reviewConfigSchema.parse({}));

/** Commits `before`, then `after` on top, and returns what a panel is given. */
export async function changeOf(before: Files, after: Files): Promise<Omit<ReviewSubject, 'angle'>> {
  const { checkout } = testRepository({ 'README.md': '# Demo\n', ...before });
  const baseSha = runGit(checkout, 'rev-parse', 'HEAD');
  const headSha = commitFiles(checkout, after, 'the change');
  const diff = await unifiedDiff({ folder: checkout, base: baseSha, head: headSha });
  return { round: 1, story: STORY, worktree: checkout, baseSha, headSha, diff };
}

export async function reviewBy(
  panel: AngleReviewer,
  change: Omit<ReviewSubject, 'angle'>,
  angle: Angle,
  signal: AbortSignal = new AbortController().signal,
) {
  return await panel.review({ ...change, angle }, { signal, onProgress: () => undefined });
}

/** What one analyzer says about a change of these files. */
export async function openingOf(analyzer: Analyzer, before: Files, after: Files): Promise<Opening> {
  const material = await openMaterial(await changeOf(before, after));
  return await new AnalyzerPanelist(analyzer).open(material, new AbortController().signal);
}

/** Writes a zip file with these entries, stored as they are. */
export function zipOf(path: string, entries: Files): void {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(entries)) {
    const [title, data] = [Buffer.from(name), Buffer.from(text)];
    const sizes = Buffer.alloc(16);
    sizes.writeUInt32LE(crc32(data), 0);
    sizes.writeUInt32LE(data.length, 4);
    sizes.writeUInt32LE(data.length, 8);
    sizes.writeUInt16LE(title.length, 12);
    const needs = Buffer.from([20, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    local.push(Buffer.from('PK\x03\x04'), needs, sizes, title, data);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    central.push(Buffer.from('PK\x01\x02'), Buffer.from([20, 0]), needs, sizes, place, title);
    offset += 30 + title.length + data.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(Object.keys(entries).length, 4);
  end.writeUInt16LE(Object.keys(entries).length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(offset, 12);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, Buffer.concat([...local, directory, Buffer.from('PK\x05\x06'), end]));
}

/** All four angles of the panels without a model. */
export async function reviewsOf(before: Files, after: Files): Promise<readonly AngleReview[]> {
  const change = await changeOf(before, after);
  return await Promise.all(ANGLES.map(async (angle) => (await reviewBy(reviewer, change, angle)).review));
}

export async function findingsOf(before: Files, after: Files): Promise<readonly Finding[]> {
  return distinctFindings(await reviewsOf(before, after));
}
