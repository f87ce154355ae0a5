/** Processes that a test's programs have started, found by what only they have in their environment; and their end without warning. */
import { readdirSync, readFileSync } from 'node:fs';
import { need } from '@vishkar/testkit';

export const linux = need('Linux (processes are found in /proc)', () =>
  process.platform === 'linux' ? true : undefined,
);

/** Running processes whose command line holds `command` and whose environment holds `mark`. */
export function processesOf(command: string, mark: string): number[] {
  const holds = (pid: string, file: 'cmdline' | 'environ', text: string) => {
    try {
      return readFileSync(`/proc/${pid}/${file}`, 'utf8').includes(text);
    } catch {
      // It has ended, or is not ours.
      return false;
    }
  };
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && holds(pid, 'cmdline', command) && holds(pid, 'environ', mark))
    .map(Number);
}

/** False when there is none any more. */
export function killHard(pid: number | undefined): boolean {
  if (pid === undefined) return false;
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch {
    return false;
  }
}
