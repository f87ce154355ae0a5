/**
 * Runs a program for one of the scripts here: its output is kept for a failure, and while it runs a line every
 * ten seconds says that it still does. Everything is said on stderr: stdout belongs to the script's result.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

/** A sentence for people. */
export const say = (text) => process.stderr.write(`${text}\n`);

export const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

/**
 * Runs `command` in the repository's root and resolves with `{ code, output, ms }`; never rejects. A program that
 * cannot be started, or ends by a signal, has code 1 and says so in its output.
 */
export function runCommand(command, args, { doing, cwd = root, env = process.env } = {}) {
  const startedAt = performance.now();
  const ms = () => performance.now() - startedAt;
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const stillRunning = doing && setInterval(() => say(`  ... still ${doing} (${seconds(ms())})`), 10_000);
    child.stdout.setEncoding('utf8').on('data', (text) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (output += text));
    const finish = (code, more = '') => {
      clearInterval(stillRunning);
      resolve({ code, output: output + more, ms: ms() });
    };
    child.once('error', (error) => finish(1, `Cannot start ${command}: ${error.message}\n`));
    child.once('close', (code, signal) => finish(code ?? 1, signal ? `Ended by ${signal}\n` : ''));
  });
}

/** Arguments for `node` that run a tool out of node_modules, without a shell or npx in between. */
export const tool = (path, ...args) => [`${root}/node_modules/${path}`, ...args];
