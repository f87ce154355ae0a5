/**
 * The format of a recorded engine session (docs/recorded-sessions.md): what an engine edited in each round, and where
 * that comes from. Boundary to files written by people: everything is checked before anything is replayed.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { VishkarError } from '../../errors.js';
import { ENGINE_TASK_KINDS } from '../coding-engine.js';
import type { EngineTaskKind } from '../coding-engine.js';

/** A path inside the worktree or the recording: relative, forward slashes, and never git's own folder. */
const insidePath = z.string().refine((path) => {
  const parts = path.split('/');
  return (
    !/[\\:\0]/.test(path) &&
    parts.every((part) => part !== '' && part !== '.' && part !== '..' && !/^\.git$/i.test(part))
  );
}, 'a path here is relative, uses "/", and stays inside its folder (no "..", no ".git")');

const writeSchema = z
  .strictObject({
    op: z.literal('write'),
    file: insidePath,
    content: z.string().optional(),
    /** Instead of `content`: a file of the recording's folder. */
    contentFile: insidePath.optional(),
  })
  .refine(
    ({ content, contentFile }) => (content === undefined) !== (contentFile === undefined),
    'a write has either "content" or "contentFile"',
  );

const replaceSchema = z.strictObject({
  op: z.literal('replace'),
  file: insidePath,
  /** Stands in the file exactly once. */
  before: z.string().min(1),
  after: z.string(),
});

const deleteSchema = z.strictObject({ op: z.literal('delete'), file: insidePath });

export const recordedEditSchema = z.discriminatedUnion('op', [writeSchema, replaceSchema, deleteSchema]);
export type RecordedEdit = z.infer<typeof recordedEditSchema>;

const roundSchema = z.strictObject({
  kind: z.enum(ENGINE_TASK_KINDS),
  round: z.number().int().positive(),
  /** What the engine said at the end, for the transcript. */
  say: z.string().optional(),
  edits: z.array(recordedEditSchema),
});
export type RecordedRound = z.infer<typeof roundSchema>;

export const recordingSchema = z
  .strictObject({
    schemaVersion: z.literal(1),
    provenance: z.strictObject({
      /** Who or what made the edits: an engine's name, or "a person". */
      engine: z.string().min(1),
      model: z.string().min(1),
      recordedAt: z.iso.date().or(z.iso.datetime({ offset: true })),
      note: z.string(),
    }),
    rounds: z.array(roundSchema).min(1),
  })
  .refine(
    ({ rounds }) => new Set(rounds.map(({ kind, round }) => `${kind} ${String(round)}`)).size === rounds.length,
    'each round of a kind stands in a recording once',
  );
export type Recording = z.infer<typeof recordingSchema>;

/** Reads `recording.json` of a folder. Throws VishkarError `RECORDING_INVALID` with what is wrong and where. */
export async function readRecording(folder: string): Promise<Recording> {
  const path = join(folder, 'recording.json');
  const refuse = (reason: string, cause?: unknown) =>
    new VishkarError('RECORDING_INVALID', `The recorded session ${path} can't be used: ${reason}.`, {
      hint: 'docs/recorded-sessions.md describes the format.',
      cause,
    });
  let content: unknown;
  try {
    content = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw refuse(cause instanceof SyntaxError ? `it is not JSON (${cause.message})` : 'it can not be read', cause);
  }
  const parsed = recordingSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  const reasons = parsed.error.issues.map(({ path: at, message }) => `${at.join('.') || 'recording'}: ${message}`);
  throw refuse(reasons.slice(0, 5).join('; '));
}

/** The rounds that a recording has of one kind, in order. */
export function roundsOf(recording: Recording, kind: EngineTaskKind): readonly number[] {
  return recording.rounds
    .filter((each) => each.kind === kind)
    .map(({ round }) => round)
    .sort((a, b) => a - b);
}

/** One line that says where replayed work comes from. */
export function describeProvenance({ provenance }: Recording): string {
  const { engine, model, recordedAt, note } = provenance;
  const who = model === 'none' ? engine : `${engine} with ${model}`;
  return `${who}, ${recordedAt}${note === '' ? '' : `: ${note}`}`;
}
