/**
 * `temporal-embedded db ...`: what can be done to a database file besides serving it. One table of commands, from which
 * the help and the docs page are made.
 * Rule: check and backup read a copy and never change the file, also while a server runs on it; compact wants it alone.
 */
import { rmSync, statSync } from 'node:fs';
import { checkRun } from '../history/check-run.js';
import { chooseDriver } from '../persistence/choose-driver.js';
import { checkDatabase } from '../persistence/database-check.js';
import type { DatabaseReport } from '../persistence/database-check.js';
import { openDatabase } from '../persistence/database-file.js';
import { DatabaseFileError } from '../persistence/database-errors.js';
import { snapshotDatabase } from '../persistence/database-snapshot.js';

/** Prints a line of the result. */
type Print = (line: string) => void;

export const databaseCommands: Readonly<Record<string, (files: readonly string[], print: Print) => boolean>> = {
  check: ([file = ''], print) => {
    const report = checkCopy(file);
    if (report.faults.length === 0) {
      print(`${file} is sound: ${counts(report)}.`);
      return true;
    }
    for (const fault of report.faults) print(fault);
    print(`${file} is damaged: ${report.faults.length} faults.`);
    return false;
  },
  backup: ([file = '', copy = ''], print) => {
    snapshotDatabase(chooseDriver(), file, copy);
    const { faults } = checkDatabase(chooseDriver(), copy, checkRun);
    const kept = `${copy} is a copy of ${file}, ${sizeOf(copy)} bytes`;
    print(faults.length === 0 ? `${kept}, and sound.` : `${kept}, and as damaged as that: ${faults[0]}`);
    return faults.length === 0;
  },
  compact: ([file = ''], print) => {
    const before = sizeOf(file);
    const database = openDatabase(chooseDriver(), { filename: file, pragmas: {} });
    try {
      database.exec('VACUUM;');
    } finally {
      database.close();
    }
    print(`${file}: ${before} bytes before, ${sizeOf(file)} now.`);
    return true;
  },
};

/** Checks the file as it is now; the copy beside it is gone again afterwards. */
function checkCopy(file: string): DatabaseReport {
  const copy = `${file}-to-check`;
  // Of a check that was killed.
  rmSync(copy, { force: true });
  try {
    snapshotDatabase(chooseDriver(), file, copy);
    return checkDatabase(chooseDriver(), copy, checkRun);
  } finally {
    rmSync(copy, { force: true });
  }
}

function sizeOf(file: string): number {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (!stats) throw new DatabaseFileError(`${file} does not exist.`);
  return stats.size;
}

const counts = ({ runs, openRuns, schedules }: DatabaseReport): string =>
  `${runs} runs (${openRuns} open), ${schedules} schedules`;
