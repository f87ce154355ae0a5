/**
 * What a process has used, as Linux says in /proc: CPU time (all threads, user and system) and resident memory.
 * Elsewhere there is no /proc, and every number is undefined: the benchmark then says "n/a" and never guesses.
 */
import { readFileSync } from 'node:fs';

/** Clock ticks per second in /proc/<pid>/stat; 100 on every Linux that Node runs on. */
const TICK_MS = 10;

/** CPU ms that the process has used since it started. */
export function cpuMs(pid) {
  const stat = readProc(pid, 'stat');
  if (stat === undefined) return undefined;
  // The name in parentheses may hold spaces; utime and stime are fields 14 and 15, the name is the second.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** Resident memory in bytes. */
export function residentBytes(pid) {
  const match = /^VmRSS:\s+(\d+) kB$/m.exec(readProc(pid, 'status') ?? '');
  return match ? Number(match[1]) * 1024 : undefined;
}

function readProc(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    // No /proc here, or the process is gone.
    return undefined;
  }
}
