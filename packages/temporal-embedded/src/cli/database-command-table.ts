/** The commands on database files, for the help and the docs page; it loads nothing. */
export interface DatabaseCommand {
  readonly name: string;
  /** What follows the name, as the help shows it. */
  readonly files: readonly string[];
  readonly description: string;
}

export const DATABASE_COMMANDS: readonly DatabaseCommand[] = [
  {
    name: 'check',
    files: ['FILE'],
    description:
      'Looks through the whole file: its pages, its tables, the state and history of every run. Reads a copy that it makes beside the file and removes, so it needs as much room again; a server may run on the file meanwhile.',
  },
  {
    name: 'backup',
    files: ['FILE', 'COPY'],
    description:
      'Writes a copy of the file as it is at this moment, also while a server runs on it, and checks the copy. COPY must not be there yet.',
  },
  {
    name: 'compact',
    files: ['FILE'],
    description: 'Gives the room of what was deleted back to the disk. No server may run on the file.',
  },
];

export const DATABASE_EXIT_CODES =
  '0 done (check, backup: and no fault was found), 1 refused, failed or faults were found, 2 the command line is not understood';
