/** Why a database file is refused; each is one sentence that says what to do, and the file is left as it was. */

/** A database file can't be used. Thrown itself where none of the classes below fits: a folder, no permission. */
export class DatabaseFileError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
  }
}

/** The file is no database, or one of another application. */
export class ForeignDatabaseError extends DatabaseFileError {
  constructor(filename: string) {
    super(`${filename} was not made by temporal-embedded; it is left untouched. Name another file with --db-filename.`);
  }
}

/** The file was made by a version of temporal-embedded that came after this one. */
export class NewerDatabaseError extends DatabaseFileError {
  constructor(filename: string, found: number, known: number) {
    super(
      `${filename} has version ${String(found)}, and this temporal-embedded knows up to ${String(known)}; it is left untouched. Run a newer temporal-embedded on it.`,
    );
  }
}

/** The file is cut off, or SQLite finds damage in it. */
export class CorruptDatabaseError extends DatabaseFileError {
  constructor(filename: string, cause?: unknown) {
    super(
      `${filename} is damaged; it is left untouched. Restore it from a backup, or name another file with --db-filename.`,
      cause,
    );
  }
}

/** Another server, in this process or another one, has the file open. */
export class DatabaseInUseError extends DatabaseFileError {
  constructor(filename: string, cause?: unknown) {
    super(`${filename} is in use by another process. Stop that one, or name another file with --db-filename.`, cause);
  }
}

/** What SQLite says of a file, in our words. */
export function asDatabaseFileError(filename: string, error: unknown): DatabaseFileError {
  if (error instanceof DatabaseFileError) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (/locked|busy/i.test(message)) return new DatabaseInUseError(filename, error);
  if (/malformed|not a database|corrupt|disk image/i.test(message)) return new CorruptDatabaseError(filename, error);
  return new DatabaseFileError(`${filename} can't be opened: ${message}`, error);
}
