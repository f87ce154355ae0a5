/** What a check finds wrong with a database file that nobody has open. */
import { checkRun } from '../../src/history/check-run.js';
import { chooseDriver } from '../../src/persistence/choose-driver.js';
import { checkDatabase } from '../../src/persistence/database-check.js';

export const databaseFaults = (filename: string): readonly string[] =>
  checkDatabase(chooseDriver(), filename, checkRun).faults;
