/**
 * Ends what was started by us and must not run any longer: survivors of a run that is over, and orphans of a worker
 * that was SIGKILLed. Guards the rule that a new attempt never edits a worktree while an old engine still does.
 */
import { realpath } from 'node:fs/promises';
import { sep } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { VishkarError } from '../errors.js';
import { listProcesses } from './process-table.js';
import type { ProcessEntry } from './process-table.js';
import { carriesRun, readStampFiles, RUN_FOLDER, RUN_ID, RUN_OWNER } from './run-stamp.js';

/** A process that forks while it is being ended is caught by looking again; it loses this race within a few rounds. */
const MAX_ROUNDS = 200;
const PAUSE_MS = 10;
/** Parent of the kernel's own threads on Linux. */
const KERNEL_THREADS = 2;
/** Looks for the environment of a process that has none just now; one that never gets one is not ours to find. */
const UNCLEAR_LOOKS = 20;

export interface SweepOptions {
  /**
   * Also ends runs whose owner still lives (a hung or second worker, an attempt of our own that winds down): right
   * when the caller is about to be the only one who works in the folder. Default false.
   */
  readonly exclusive?: boolean;
}

/**
 * Ends every process group that Vishkar started in `workFolder` or below it and whose owner is gone, with all that came of
 * it. Returns the pids that were ended. Throws VishkarError `PROCESS_SURVIVED` when one can't be ended.
 */
export async function sweepOrphans(workFolder: string, options: SweepOptions = {}): Promise<readonly number[]> {
  const folder = await realpath(workFolder);
  const isOver = (table: readonly ProcessEntry[], owner: string | undefined) =>
    options.exclusive === true || !table.some((entry) => `${String(entry.pid)}:${entry.startedAt}` === owner);
  const files = (await readStampFiles()).filter(({ stamp }) => isInside(stamp.folder, folder));
  const ended = await endAll((table) => {
    const byStamp = table.filter(({ stamp }) => isInside(stamp[RUN_FOLDER], folder) && isOver(table, stamp[RUN_OWNER]));
    const runs = new Set(byStamp.map(({ stamp }) => stamp[RUN_ID]?.split(',').at(-1)));
    const byRun = table.filter(({ stamp }) => [...runs].some((run) => run !== undefined && carriesRun(stamp, run)));
    const byFile = files
      .filter(({ stamp }) => isOver(table, stamp.owner))
      .flatMap(({ stamp }) => groupMembers(table, stamp.leader));
    return [...byStamp, ...byRun, ...byFile];
  });
  const table = await listProcesses();
  await Promise.all(files.filter(({ stamp }) => isOver(table, stamp.owner)).map(async ({ remove }) => await remove()));
  return ended;
}

/** Ends whatever is left of one run: its group, all that carries its stamp, and their descendants. */
export async function endSurvivors(runId: string, leader: { pid: number; startedAt: string }): Promise<void> {
  await endAll(
    (table) => [...groupMembers(table, leader), ...table.filter(({ stamp }) => carriesRun(stamp, runId))],
    // Not older than the run, as far as its start is known, and no thread of the kernel, so perhaps a child of its on the way to its program.
    ({ isBare, parent, startedAt }) =>
      isBare && parent !== KERNEL_THREADS && !(Number(startedAt) < Number(leader.startedAt)),
  );
}

/** Members of the group that `leader` made. While a group has members its number is not given to a new process. */
function groupMembers(table: readonly ProcessEntry[], leader: { pid: number; startedAt: string }) {
  const holder = table.find((entry) => entry.pid === leader.pid);
  if (holder !== undefined && holder.startedAt !== leader.startedAt) return [];
  return table.filter((entry) => entry.group === leader.pid);
}

async function endAll(
  select: (table: readonly ProcessEntry[]) => readonly ProcessEntry[],
  isUnclear: (entry: ProcessEntry) => boolean = () => false,
): Promise<readonly number[]> {
  const ended = new Set<number>();
  let looksAgain = 0;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const table = await listProcesses();
    const spared = ancestorsOfOurs(table);
    const doomed = withDescendants(table, select(table)).filter((entry) => !spared.has(entry.pid));
    if (doomed.length === 0) {
      if (looksAgain === UNCLEAR_LOOKS || !table.some(isUnclear)) return [...ended];
      looksAgain += 1;
    }
    for (const { pid } of doomed) {
      kill(pid);
      ended.add(pid);
    }
    await pause(PAUSE_MS);
  }
  throw new VishkarError('PROCESS_SURVIVED', `Processes of an earlier run can't be ended (${[...ended].join(', ')}).`, {
    hint: 'End them by hand, then try again.',
    retryable: true,
  });
}

/** We ourselves may run inside a run of another Vishkar: neither we nor who started us is swept. */
function ancestorsOfOurs(table: readonly ProcessEntry[]): ReadonlySet<number> {
  const parents = new Map(table.map((entry) => [entry.pid, entry.parent]));
  const spared = new Set<number>();
  for (let pid: number | undefined = process.pid; pid !== undefined && !spared.has(pid); pid = parents.get(pid)) {
    spared.add(pid);
  }
  return spared;
}

function withDescendants(table: readonly ProcessEntry[], roots: readonly ProcessEntry[]): readonly ProcessEntry[] {
  const found = new Set(roots);
  // A Set is iterated in order of insertion, also over what is added on the way.
  for (const parent of found) {
    for (const entry of table) if (entry.parent === parent.pid) found.add(entry);
  }
  return [...found];
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // ESRCH: ended by itself meanwhile. EPERM: not ours to end; the next look finds it again and the caller is told.
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}

function isInside(path: string | undefined, folder: string): boolean {
  return path !== undefined && (path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep));
}
