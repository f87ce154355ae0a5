/** The help of the command line, rendered from the table of flags. */
import { DATABASE_COMMANDS, DATABASE_EXIT_CODES } from './database-command-table.js';
import { START_DEV_FLAGS } from './start-dev-options.js';
import type { StartDevFlag } from './start-dev-options.js';

const NAME_WIDTH = 36;
const TEXT_WIDTH = 80;

/** Shown for `temporal-embedded --help` and for a command that is not there. */
export const MAIN_HELP = `The Temporal service inside a Node process.

Usage:
  temporal-embedded server start-dev [flags]   a development server, as of the official \`temporal\` CLI
  temporal-embedded PORT                       a time-skipping test server on that port, in memory
  temporal-embedded db check FILE              looks for damage in a database file; see db --help
  temporal-embedded db backup FILE COPY        copies a database file, also while a server runs on it
  temporal-embedded db compact FILE            makes a database file smaller

Run "temporal-embedded server start-dev --help" for the flags.`;

/** Shown for `db --help`. */
export function databaseHelp(): string {
  return [
    'Look after the file that --db-filename names.',
    '',
    'Usage:',
    ...DATABASE_COMMANDS.flatMap(({ name, files, description }) => [
      `  temporal-embedded db ${name} ${files.join(' ')}`,
      ...wrapped('     ', description, 5),
      '',
    ]),
    `Exit codes: ${DATABASE_EXIT_CODES}.`,
  ].join('\n');
}

/** Shown for `server start-dev --help`. */
export function startDevHelp(): string {
  const flags: readonly StartDevFlag[] = START_DEV_FLAGS;
  return [
    'Run a development Temporal service on this machine.',
    '',
    'Usage:',
    '  temporal-embedded server start-dev [flags]',
    '',
    'Flags:',
    ...flags.flatMap(flagLines),
    ...['  -h, --help'.padEnd(NAME_WIDTH) + 'This text.'],
    '',
    'Exit codes: 0 stopped by SIGINT or SIGTERM, 1 could not start or failed, 2 the command line is not understood.',
  ].join('\n');
}

/** The name column of a flag: `-p, --port int`. */
export function flagSignature(flag: StartDevFlag): string {
  const shorthand = flag.shorthand ? `-${flag.shorthand}, ` : '    ';
  return `${shorthand}--${flag.name}${flag.value === 'none' ? '' : ` ${flag.value}`}`;
}

/** The description with what else a reader needs to know. */
export function flagDescription(flag: StartDevFlag): string {
  const notes = [
    flag.isRepeatable && 'Can be given several times.',
    flag.default !== undefined && `(default ${flag.default})`,
    !flag.hasEffect && '(accepted, no effect yet)',
  ].filter((note) => typeof note === 'string');
  return [flag.description, ...notes].join(' ');
}

function flagLines(flag: StartDevFlag): string[] {
  return wrapped(`  ${flagSignature(flag)}`.padEnd(NAME_WIDTH), flagDescription(flag), NAME_WIDTH);
}

/** A text behind a beginning, its further lines indented as far as that. */
function wrapped(beginning: string, text: string, indent: number): string[] {
  const lines: string[] = [];
  let line = beginning;
  for (const word of text.split(' ')) {
    if (line.length + word.length > indent + TEXT_WIDTH) {
      lines.push(line.trimEnd());
      line = ' '.repeat(indent);
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()];
}
