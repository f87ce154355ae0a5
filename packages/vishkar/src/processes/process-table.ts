/**
 * What runs on this host, as far as finding our own children needs it: parent, group, start time and the run stamp in
 * the environment. Linux reads /proc; elsewhere `ps` gives the first three and stamps are known from files only.
 * Rule guarded here: a pid names a process only together with its start time, since pids are used again.
 */
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** Opaque; equal only for the same process. */
  readonly startedAt: string;
  /** Stamp variables in its environment (`VISHKAR_RUN_*`); empty when it has none or they can't be read. */
  readonly stamp: Readonly<Record<string, string>>;
  /** Its environment is empty: it dropped it, or it is about to become another program and has none for a moment. */
  readonly isBare: boolean;
}

/** All live processes that may be looked at; those that have ended and wait for their parent are not among them. */
export async function listProcesses(): Promise<readonly ProcessEntry[]> {
  return process.platform === 'linux' ? await listFromProc() : await listFromPs();
}

/** Start time of a live process; undefined when there is none. */
export async function processStart(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') return (await readStat(pid))?.startedAt;
  return (await listFromPs()).find((entry) => entry.pid === pid)?.startedAt;
}

async function listFromProc(): Promise<readonly ProcessEntry[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const entries = await Promise.all(
    pids.map(async (pid) => {
      const stat = await readStat(pid);
      return stat && { ...stat, ...(await readStamp(pid)) };
    }),
  );
  return entries.filter((entry) => entry !== undefined);
}

type Stat = Omit<ProcessEntry, 'stamp' | 'isBare'>;

/** Fields of proc(5) /proc/PID/stat; the command in parentheses may itself hold blanks and parentheses. */
async function readStat(pid: number): Promise<Stat | undefined> {
  let text: string;
  try {
    text = await readFile(`/proc/${String(pid)}/stat`, 'utf8');
  } catch {
    // It ended while we looked.
    return undefined;
  }
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, parent, group] = fields;
  const startedAt = fields[19];
  // Z and X have ended: nothing of them can write any more, and they can't be killed.
  if (state === undefined || state === 'Z' || state === 'X' || startedAt === undefined) return undefined;
  return { pid, parent: Number(parent), group: Number(group), startedAt };
}

async function readStamp(pid: number): Promise<Pick<ProcessEntry, 'stamp' | 'isBare'>> {
  let environment: string;
  try {
    environment = await readFile(`/proc/${String(pid)}/environ`, 'latin1');
  } catch {
    // Somebody else's process, or one that has ended: not ours to find.
    return { stamp: {}, isBare: false };
  }
  if (!environment.includes('VISHKAR_RUN_')) return { stamp: {}, isBare: environment === '' };
  const stamp: Record<string, string> = {};
  for (const entry of Buffer.from(environment, 'latin1').toString('utf8').split('\0')) {
    const at = entry.indexOf('=');
    if (entry.startsWith('VISHKAR_RUN_') && at > 0) stamp[entry.slice(0, at)] = entry.slice(at + 1);
  }
  return { stamp, isBare: false };
}

async function listFromPs(): Promise<readonly ProcessEntry[]> {
  const { stdout } = await promisify(execFile)('ps', ['-axo', 'pid=,ppid=,pgid=,stat=,lstart='], {
    env: { ...process.env, LC_ALL: 'C' },
    maxBuffer: 16 * 1024 * 1024,
  });
  return stdout.split('\n').flatMap((line) => {
    const [, pid, parent, group, state, startedAt] = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.+)$/.exec(line) ?? [];
    if (startedAt === undefined || state?.startsWith('Z') === true) return [];
    return [
      {
        pid: Number(pid),
        parent: Number(parent),
        group: Number(group),
        startedAt: startedAt.trim(),
        stamp: {},
        isBare: false,
      },
    ];
  });
}
