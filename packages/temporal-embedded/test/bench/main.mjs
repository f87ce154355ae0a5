/**
 * `npm run bench -- service`: the embedded service and the real dev server under the same load, side by side.
 *
 *   npm run bench -- service                    three rounds, about five minutes where the real server is installed
 *   npm run bench -- service --quick            one short round, about half a minute, without ours in memory
 *   npm run bench -- service --only ours        only the servers named (ours, ours-memory, real, real-wal-full, real-memory)
 *   npm run bench -- service --rounds 5         the best of more rounds
 *   npm run bench -- service --json             one JSON object on stdout, with every round
 *   npm run bench -- service --node-arg=--cpu-prof --only ours      a CPU profile of our server process
 *
 * Everything listens on loopback; every process that runs longer than planned is ended, and only those started here.
 */
import { parseArgs } from 'node:util';
import { contenders, findTemporal } from './contenders.mjs';
import { describeMachine, machineLine } from './machine.mjs';
import { measureContender } from './measure-contender.mjs';
import { foldRounds, renderTable } from './report.mjs';

const FULL_PLAN = { atOnce: 50, warmUpMs: 3_000, windowMs: 8_000, limitMs: 120_000 };
const QUICK_PLAN = { atOnce: 50, warmUpMs: 600, windowMs: 1_600, limitMs: 60_000 };

const usage = (message) => {
  process.stderr.write(`Error: ${message}\nSee the head of packages/temporal-embedded/test/bench/main.mjs.\n`);
  process.exit(2);
};
const say = (text) => process.stderr.write(`${text}\n`);

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        quick: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        rounds: { type: 'string' },
        only: { type: 'string', multiple: true, default: [] },
        'node-arg': { type: 'string', multiple: true, default: [] },
      },
    });
    return values;
  } catch (error) {
    return usage(error.message);
  }
}

const values = readArguments();
const rounds = Number(values.rounds ?? (values.quick ? 1 : 3));
if (!Number.isInteger(rounds) || rounds < 1 || rounds > 20) usage('--rounds takes a number from 1 to 20');
const plan = values.quick ? QUICK_PLAN : FULL_PLAN;
const all = contenders({ temporal: findTemporal(), nodeArgs: values['node-arg'] });
const only = values.only.flatMap((names) => names.split(','));
const unknown = only.find((id) => !all.some((contender) => contender.id === id));
if (unknown !== undefined) usage(`--only ${unknown}: there are ${all.map(({ id }) => id).join(', ')}`);
const chosen =
  only.length > 0 ? all.filter(({ id }) => only.includes(id)) : all.filter(({ isExtra }) => !values.quick || !isExtra);

const machine = describeMachine();
const measured = new Map(chosen.map(({ id }) => [id, { rounds: [], failure: undefined }]));
// Rounds outside, servers inside: what else the machine does hits all of them alike.
for (let round = 1; round <= rounds; round++) {
  for (const contender of chosen) {
    if (contender.skipped) continue;
    const entry = measured.get(contender.id);
    if (entry.failure !== undefined) continue;
    say(`round ${round} of ${rounds}: ${contender.name}`);
    try {
      entry.rounds.push(await measureContender(contender, plan));
    } catch (error) {
      entry.failure = error.message;
      // What another server can't do on this machine is a result, too; what ours can't is a fault.
      if (contender.id.startsWith('ours')) process.exitCode = 1;
    }
  }
}

const results = chosen.map(({ id, name, isReference = false, skipped }) => {
  const { rounds: list, failure } = measured.get(id);
  return {
    id,
    name,
    isReference,
    skipped,
    failure,
    best: list.length > 0 ? foldRounds(list) : undefined,
    rounds: list,
  };
});
const command = ['npm run bench -- service', ...process.argv.slice(2)].join(' ');
if (values.json) {
  console.log(JSON.stringify({ command, machine, plan, results }, undefined, 2));
} else {
  console.log(`${command}\n${machineLine(machine)}`);
  console.log(
    `best of ${rounds} round(s) of ${plan.windowMs / 1000} s; (Nx): ours with a file and FULL is N times better\n`,
  );
  console.log(renderTable(results));
}
