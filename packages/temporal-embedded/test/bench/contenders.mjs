/**
 * The servers that are measured side by side: how each is started, and where its data is. Ours runs as built, by its
 * bin, as a user starts it. The real dev server takes part where it is installed.
 */
import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

const startDev = (port, more) => [
  'server',
  'start-dev',
  '--headless',
  '--ip',
  '127.0.0.1',
  '--port',
  `${port}`,
  ...more,
];

const WAL_AND_FULL = ['--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', 'synchronous=FULL'];

/** The real dev server: its path, or undefined where it is not installed. */
export function findTemporal() {
  const folders = [join(homedir(), 'go/bin'), ...(process.env['PATH'] ?? '').split(delimiter)];
  return folders.map((folder) => join(folder, 'temporal')).find(isExecutable);
}

/**
 * What to measure: `name`, `command(port, file)` and `needsFile`. `isReference`: the ratios of the table are to it.
 * `isExtra`: left out of a quick run. `nodeArgs` go to the process of ours (`--cpu-prof`, for one).
 */
export function contenders({ temporal, nodeArgs = [] }) {
  const real = (name, more) => ({
    name,
    command: (port, file) => [temporal, startDev(port, ['--log-level', 'error', ...more(file)])],
    skipped:
      temporal === undefined
        ? 'skipped: needs temporal (go install github.com/temporalio/cli/cmd/temporal@v1.5.1)'
        : undefined,
  });
  const ours = (name, more) => ({
    name,
    isOurs: true,
    command: (port, file) => [process.execPath, [...nodeArgs, BIN, ...startDev(port, more(file))]],
  });
  return [
    { ...ours('ours, file, FULL', (file) => ['--db-filename', file]), id: 'ours', hasFile: true, isReference: true },
    { ...ours('ours, memory', () => []), id: 'ours-memory', isExtra: true },
    { ...real('real, file', (file) => ['--db-filename', file]), id: 'real', hasFile: true },
    {
      ...real('real, file, WAL+FULL', (file) => ['--db-filename', file, ...WAL_AND_FULL]),
      id: 'real-wal-full',
      hasFile: true,
    },
    { ...real('real, memory', () => []), id: 'real-memory' },
  ];
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Not here: the next folder may have it.
    return false;
  }
}
