#!/usr/bin/env node
/**
 * The bin `temporal-embedded`: reads the command line, starts a server, stops it on SIGINT and SIGTERM.
 * Rule: one clear sentence on stderr and an exit code when something is wrong, never a stack trace for a user's
 * mistake. Help answers without loading the service.
 */
import { DATABASE_COMMANDS } from './database-command-table.js';
import { databaseHelp, MAIN_HELP, startDevHelp } from './help-text.js';
import { parseStartDev } from './parse-start-dev.js';
import { runStartDev, runTimeSkipping } from './run-server.js';
import { UsageError } from './usage-error.js';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

async function main(argv: readonly string[]): Promise<void> {
  const [first, second, ...rest] = argv;
  if (first === undefined || first === '--help' || first === '-h' || first === 'help') {
    console.log(MAIN_HELP);
  } else if (first === 'server' && second === 'start-dev') {
    const parsed = parseStartDev(rest);
    if (parsed.isHelp) console.log(startDevHelp());
    else await runStartDev(parsed);
  } else if (first === 'db') {
    await runDatabaseCommand(second, rest);
  } else if (/^\d+$/.test(first)) {
    // What SDKs pass to the time-skipping test server; it knows one more flag, which they do not use.
    await runTimeSkipping(Number(first), { isLocked: second !== '--enable-time-skipping' });
  } else {
    throw new UsageError(`There is no command "${argv.join(' ')}".\n\n${MAIN_HELP}`);
  }
}

async function runDatabaseCommand(name: string | undefined, files: readonly string[]): Promise<void> {
  if (name === undefined || name === '--help' || name === '-h' || files.includes('--help')) {
    console.log(databaseHelp());
    return;
  }
  const command = DATABASE_COMMANDS.find((each) => each.name === name);
  if (!command) throw new UsageError(`There is no command "db ${name}".\n\n${databaseHelp()}`);
  if (files.length !== command.files.length || files.some((file) => file.startsWith('-')))
    throw new UsageError(`Usage: temporal-embedded db ${name} ${command.files.join(' ')}`);
  const { databaseCommands } = await import('./database-commands.js');
  const isGood = databaseCommands[name]?.(files, (line) => console.log(line)) ?? false;
  if (!isGood) process.exitCode = EXIT_FAILED;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(`Error: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = error instanceof UsageError ? EXIT_USAGE : EXIT_FAILED;
});
