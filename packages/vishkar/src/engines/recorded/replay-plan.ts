/**
 * What each edit of a recorded round makes of its file, computed in full before anything is written.
 * It starts from the commit, not from the files as they lie there: so a replay that was killed midway and runs again
 * ends in the same state, and a recording that does not fit its commit changes nothing.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RecordedEdit, RecordedRound } from './recording.js';

export interface PlannedEdit {
  readonly op: RecordedEdit['op'];
  readonly file: string;
  /** Content of the file after this edit; undefined when it is gone. */
  readonly content: string | undefined;
}

/** Why a recording can't be replayed here; a result for people, not a fault of the program. */
export class RecordingMismatch extends Error {
  override readonly name = 'RecordingMismatch';
}

/**
 * `readCommitted` gives a file as it is in the commit, undefined when it is not there.
 * Throws {@link RecordingMismatch} when an edit does not fit.
 */
export async function planRound(
  round: RecordedRound,
  folder: string,
  readCommitted: (file: string) => Promise<string | undefined>,
): Promise<readonly PlannedEdit[]> {
  const contents = new Map<string, string | undefined>();
  const plan: PlannedEdit[] = [];
  for (const edit of round.edits) {
    const { file, op } = edit;
    const current = contents.has(file) ? contents.get(file) : await readCommitted(file);
    const content = await applyEdit(edit, current, folder);
    contents.set(file, content);
    plan.push({ op, file, content });
  }
  return plan;
}

async function applyEdit(edit: RecordedEdit, current: string | undefined, folder: string): Promise<string | undefined> {
  switch (edit.op) {
    case 'write':
      return edit.content ?? (await readContentFile(folder, edit.contentFile ?? ''));
    case 'replace': {
      const count = current === undefined ? 0 : current.split(edit.before).length - 1;
      if (current === undefined) throw new RecordingMismatch(`${edit.file} is to be changed and does not exist`);
      if (count !== 1) {
        throw new RecordingMismatch(`the text to replace stands ${String(count)} times in ${edit.file}, not once`);
      }
      // A function, so that `$&` and its kin in the new text mean themselves.
      return current.replace(edit.before, () => edit.after);
    }
    case 'delete':
      if (current === undefined) throw new RecordingMismatch(`${edit.file} is to be deleted and does not exist`);
      return undefined;
    default:
      throw new Error(`unknown edit ${String(edit satisfies never)}`);
  }
}

async function readContentFile(folder: string, name: string): Promise<string> {
  try {
    return await readFile(join(folder, name), 'utf8');
  } catch (cause) {
    throw new RecordingMismatch(`the recording's own file ${name} can't be read`, { cause });
  }
}
