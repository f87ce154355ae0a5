/** Where and with what the numbers were measured: without it a number means nothing. */
import { arch, cpus, loadavg, release, totalmem, type } from 'node:os';

export function describeMachine() {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()} ${arch()}`,
    node: process.version,
    // A shared machine: what else ran when the benchmark began.
    loadBefore: Number((loadavg()[0] ?? 0).toFixed(2)),
  };
}

export function machineLine({ cpu, cores, memoryGiB, system, node, loadBefore }) {
  return `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${system}, Node ${node}; load ${loadBefore} before`;
}
