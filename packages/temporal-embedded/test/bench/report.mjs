/**
 * The numbers as a table for people: one row per measure, one column per server, and how many times better (or worse)
 * the reference, ours with full durability, is. Rounds are folded into the best of each measure.
 */
import { best } from './statistics.mjs';

const mib = (bytes) => (bytes / 2 ** 20).toFixed(0);
const oneDigit = (value) => value.toFixed(1);

/** Every measure: key in a round's result, label, format, and whether more is better. */
const MEASURES = [
  { key: 'workflowsPerSecond', label: 'workflows/s, 50 at once', format: oneDigit, isMoreBetter: true, aim: '>= 250' },
  { key: 'cpuMsPerWorkflow', label: 'server CPU ms per workflow', format: (v) => v.toFixed(2), aim: '<= 3' },
  { key: 'startToCloseP50Ms', label: 'start to close p50, ms', format: oneDigit },
  { key: 'startToCloseP99Ms', label: 'start to close p99, ms', format: oneDigit, aim: '<= 400' },
  { key: 'oneAtATimeP50Ms', label: 'one at a time p50, ms', format: oneDigit, aim: '<= 15' },
  { key: 'signalToTaskP50Ms', label: 'signal to task under load p50, ms', format: oneDigit },
  { key: 'readyMs', label: 'ready after spawn, ms', format: (v) => v.toFixed(0), aim: '<= 500' },
  { key: 'rssIdleBytes', label: 'memory idle, MiB', format: mib, aim: '< 124 (130 MB)' },
  { key: 'rssAfterBytes', label: 'memory after load, MiB', format: mib },
  { key: 'databaseBytesPerWorkflow', label: 'database bytes per workflow', format: (v) => v.toFixed(0) },
];

/** Best of the rounds, measure by measure. */
export function foldRounds(rounds) {
  return Object.fromEntries(
    MEASURES.map(({ key, isMoreBetter = false }) => [
      key,
      best(
        rounds.map((round) => round[key]),
        isMoreBetter,
      ),
    ]),
  );
}

/** `results`: `{ name, isReference, skipped, failure, best }` per contender. */
export function renderTable(results) {
  const reference = results.find(({ isReference }) => isReference)?.best;
  const measured = results.filter((result) => result.best);
  const rows = MEASURES.map((measure) => [
    measure.label,
    measure.aim ?? '',
    ...measured.map((result) => cell(measure, result, reference)),
  ]);
  const lines = renderColumns([['measure', 'aim', ...measured.map(({ name }) => name)], ...rows]);
  for (const { name, skipped, failure } of results) {
    if (skipped) lines.push(`${name}: ${skipped}`);
    if (failure) lines.push(`${name}: FAILED: ${failure}`);
  }
  return lines.join('\n');
}

function cell({ key, format, isMoreBetter }, { best: values, isReference }, reference) {
  const value = values[key];
  if (value === undefined) return 'n/a';
  const ours = reference?.[key];
  if (isReference || !ours || !value) return format(value);
  const ratio = isMoreBetter ? ours / value : value / ours;
  return `${format(value)} (${ratio < 10 ? ratio.toFixed(1) : ratio.toFixed(0)}x)`;
}

/** A Markdown table that also reads well as plain text. */
function renderColumns(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row) => `| ${row.map((text, column) => text.padEnd(widths[column])).join(' | ')} |`;
  return [line(rows[0]), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rows.slice(1).map(line)];
}
