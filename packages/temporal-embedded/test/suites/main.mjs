/**
 * `npm run conformance`: suites that no one here wrote, against the official dev server and against ours, side by side.
 *
 *   npm run conformance                          all suites, both servers
 *   npm run conformance -- sdk-typescript        one suite (sdk-typescript, sdk-python, features, cli, web-ui)
 *   npm run conformance -- ... --only schedules  only files whose name holds one of the words
 *   npm run conformance -- ... --server ours     one server only (ours, official, or the HOST:PORT of any)
 *   npm run conformance -- ... --write           puts the tables into docs/conformance.md
 *
 * A suite's sources are fetched for the run into .cache/conformance, and never committed. SDK_TYPESCRIPT_SOURCE,
 * SDK_PYTHON_SOURCE and FEATURES_SOURCE name another place than GitHub to clone them from. Exits with 1 when something passes on the official server and not on ours.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, say } from '../../../../scripts/run-command.mjs';
import { setUpOrExit } from '../../../../scripts/set-up.mjs';
import { differences, renderReport } from './report.mjs';
import { serverKinds, startServer } from './servers.mjs';
import { cli } from './cli.mjs';
import { features } from './features.mjs';
import { pythonSdk } from './python-sdk.mjs';
import { sdkTypescript } from './sdk-typescript.mjs';
import { webUi } from './web-ui.mjs';

const suites = { 'sdk-typescript': sdkTypescript, 'sdk-python': pythonSdk, features, cli, 'web-ui': webUi };
const page = join(root, 'docs/conformance.md');
const MARK = '<!-- results -->';

const { names, only, servers, isWriting } = parse(process.argv.slice(2));
await setUpOrExit();

const results = [];
for (const name of names) {
  const suite = suites[name];
  const prepared = await suite.prepare();
  if (prepared.missing) {
    say(`${name}: skipped: needs ${prepared.missing}`);
    continue;
  }
  const units = prepared.units.filter((unit) => only.length === 0 || only.some((word) => unit.includes(word)));
  const outcomes = new Map();
  for (const kind of servers) {
    for (const unit of units) {
      // A server of its own for each: what one file leaves behind is nobody else's trouble.
      const server = await startServer(kind);
      if (server === undefined) {
        say(`${name}: skipped on ${kind}: it is not here`);
        break;
      }
      try {
        const tests = await suite.run(unit, server);
        for (const [test, outcome] of tests) {
          const key = `${unit}\n${test}`;
          outcomes.set(key, { ...outcomes.get(key), [kind]: outcome });
        }
        const failed = tests.filter(([, { passed }]) => passed === false);
        say(`${kind.padEnd(8)} ${unit}: ${tests.length - failed.length} of ${tests.length}`);
        for (const [test, { note = '' }] of failed) say(`           ${test}: ${note.slice(0, 200)}`);
      } finally {
        await server.stop();
      }
    }
  }
  if (suite.compare) {
    for (const outcome of outcomes.values()) {
      if (!outcome.official || !outcome.ours) continue;
      const difference = suite.compare(outcome.official, outcome.ours);
      if (difference !== undefined) outcome.ours = { ...outcome.ours, passed: false, note: difference };
    }
  }
  results.push({ name, title: prepared.title, outcomes, isWhole: only.length === 0 });
}

const report = renderReport(results, servers);
console.log(report);
if (isWriting) {
  const [head] = readFileSync(page, 'utf8').split(MARK);
  writeFileSync(page, `${head}${MARK}\n\n${report}`);
}
process.exitCode = differences(results).length > 0 ? 1 : 0;

function parse(args) {
  const options = { names: [], only: [], servers: [...serverKinds], isWriting: false };
  for (let arg = args.shift(); arg !== undefined; arg = args.shift()) {
    if (arg === '--write') options.isWriting = true;
    else if (arg === '--only') options.only.push(...(args.shift() ?? '').split(','));
    else if (arg === '--server') options.servers = [args.shift() ?? ''];
    else if (arg in suites) options.names.push(arg);
    else {
      say(`${arg} is no suite; there are ${Object.keys(suites).join(', ')}.`);
      process.exit(2);
    }
  }
  if (options.names.length === 0) options.names = Object.keys(suites);
  return options;
}
