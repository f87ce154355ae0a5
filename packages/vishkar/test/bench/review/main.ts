/**
 * `npm run bench:review`: how well reviews find planted faults, and how well fusion does on a set from elsewhere.
 *
 *   npm run bench:review                              the set of this repository
 *   npm run bench:review -- --write                   ... and puts the table into docs/reviews.md and what was learned into the product
 *   npm run bench:review -- --outside <file|folder>   an outside set (docs/reviews.md has the form); nothing of it is kept
 *       --panel a,b,c,d                               tools that may open a finding (default: all); the others only agree
 *       --precision 0.29                              precision that fusion keeps while it is taught
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { defaultModelSource } from './default-model-source.js';
import { changesOf, readOutsideSet } from './outside-set.js';
import { outsideRows } from './outside-table.js';
import type { Row } from './outside-table.js';
import { plantedScores } from './planted-table.js';

const PAGE = fileURLToPath(new URL('../../../../../docs/reviews.md', import.meta.url));
const MODEL = fileURLToPath(new URL('../../../src/review/fusion/default-model.ts', import.meta.url));
const { values } = parseArgs({
  options: {
    write: { type: 'boolean', default: false },
    outside: { type: 'string' },
    panel: { type: 'string' },
    precision: { type: 'string', default: '0.29' },
  },
});
const print = (text: string) => process.stdout.write(`${text}\n`);

function tableOf(first: string, rows: readonly Row[]): string {
  const lines = rows.map(({ name, score: { findings, found, faults, precision, recall, f1 } }) =>
    [
      name,
      findings,
      `${String(found)} of ${String(faults)}`,
      ...[precision, recall, f1].map((each) => each.toFixed(2)),
    ].join(' | '),
  );
  return [`${first} | findings | faults found | precision | recall | F1`, '---|---:|---:|---:|---:|---:', ...lines]
    .map((line) => `| ${line} |`.replace('| ---', '|---').replace(': |', ':|'))
    .join('\n');
}

if (values.outside === undefined) {
  const { rows, changes, unavailable, model } = await plantedScores();
  const table = tableOf(`${String(changes.report)} changes of the report half`, rows);
  const note =
    `${String(changes.tuning + changes.report)} changes in ${String(changes.languages)} languages, ${String(changes.clean)} of them clean; ` +
    `fusion was taught by the other ${String(changes.tuning)}. ` +
    (unavailable.length === 0 ? 'All analyzers could look.' : `Could not look: ${unavailable.join('; ')}.`);
  print(`${table}\n\n${note}`);
  if (values.write) {
    const [begin, end] = ['<!-- bench:review -->', '<!-- end of bench:review -->'];
    const page = readFileSync(PAGE, 'utf8');
    const [from, to] = [page.indexOf(begin), page.indexOf(end)];
    if (from === -1 || to === -1) throw new Error(`${PAGE} has no place for the table: ${begin} ... ${end}`);
    writeFileSync(PAGE, `${page.slice(0, from)}${begin}\n\n${table}\n\n${note}\n\n${page.slice(to)}`);
    const source = defaultModelSource(model);
    const layout = await resolveConfig(MODEL);
    writeFileSync(MODEL, await format(source, { ...layout, parser: 'typescript' }));
  }
} else {
  const set = readOutsideSet(values.outside);
  const options = { panel: values.panel?.split(','), precision: Number(values.precision) };
  print(tableOf(`${String(set.pullRequests.length)} pull requests`, outsideRows(changesOf(set), options)));
}
