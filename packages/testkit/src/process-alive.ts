/** Whether a process still runs: the question of every test that kills one. */
import { readFileSync } from 'node:fs';

/** False also for a process that has ended and only waits for its parent to notice (Linux). */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is there, it is only not ours.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  if (process.platform !== 'linux') return true;
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${String(pid)}/status`, 'utf8'));
  } catch {
    // It ended between the two looks.
    return false;
  }
}
