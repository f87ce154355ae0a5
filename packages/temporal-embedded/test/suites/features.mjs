/**
 * temporalio/features in TypeScript, by its own Go runner: each feature drives an SDK against the server, and the runner
 * also compares the history that results with the one that the repository keeps for it.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { runCommand } from '../../../../scripts/run-command.mjs';
import { cacheFolder, cloneOnce } from './sources.mjs';

const SDK_VERSION = '1.24.0';
const PREPARED = 'prepared-typescript';
const FEATURE_LIMIT_MS = 120_000;

const runner = cacheFolder('features-runner');
let source;

async function prepare() {
  if (spawnSync('go', ['version']).status !== 0) return { missing: 'Go, to build the runner of temporalio/features' };
  source = cloneOnce('features', process.env.FEATURES_SOURCE ?? 'https://github.com/temporalio/features');
  if (source === undefined) return { missing: 'the sources of temporalio/features' };
  const steps = [];
  if (!existsSync(runner)) steps.push(['go', ['build', '-o', runner, '.']]);
  if (!existsSync(join(source, PREPARED)))
    steps.push([runner, ['prepare', '--lang', 'ts', '--dir', PREPARED, '--version', SDK_VERSION]]);
  for (const [command, args] of steps) {
    const { code, output } = await runCommand(command, args, { cwd: source, doing: 'preparing features' });
    if (code !== 0) return { missing: `a build of temporalio/features: ${output.slice(-2000)}` };
  }
  const units = readdirSync(join(source, 'features'), { recursive: true })
    .filter((path) => path.endsWith('feature.ts'))
    .map((path) => relative('.', dirname(path)))
    .sort();
  return { title: `in TypeScript, on the published packages ${SDK_VERSION}`, units };
}

async function run(unit, { address }) {
  const args = ['run', '--lang', 'ts', '--prepared-dir', PREPARED, '--server', address, '--namespace', 'default', unit];
  const limited = ['--kill-after=5', String(FEATURE_LIMIT_MS / 1000), runner, ...args];
  const { code, output } = await runCommand('timeout', limited, { cwd: source });
  const isSkipped = /Outcome["= ]+SKIPPED|skipped/i.test(output) && code === 0;
  const lines = output.trim().split('\n');
  const note = code === 0 ? '' : (lines.findLast((line) => /error|fail/i.test(line)) ?? lines.at(-1) ?? '');
  return [[unit, { passed: isSkipped ? undefined : code === 0, note: isSkipped ? 'skipped by the suite' : note }]];
}

export const features = { prepare, run };
