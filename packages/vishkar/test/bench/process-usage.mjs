/**
 * A measured process and the one who measures it: the child answers `usage` with CPU ms since its start (all threads) and
 * resident memory, and ends itself in order on `stop`. Node's own counters, so that it works on every system.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';

/** For the child: answers its parent until it is told to stop. */
export function answerUsage(close) {
  process.on('message', (message) => {
    if (message === 'usage') {
      const { user, system } = process.cpuUsage();
      process.send({ usage: { cpuMs: (user + system) / 1000, rssBytes: process.memoryUsage.rss() } });
    } else if (message === 'stop') {
      void close().then(() => process.exit(0));
    }
  });
  // A parent that is gone measures no more.
  process.on('disconnect', () => process.exit(1));
}

/** For the parent. */
export class MeasuredProcess {
  #child;
  #exited;
  /** What the child said when it was ready. */
  ready;
  readyMs;

  /** Rejects when the child ends before it is ready. */
  static async start(file, args, execArgv = []) {
    const startedAtMs = performance.now();
    const measured = new MeasuredProcess();
    measured.#child = fork(file, args, { execArgv, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    measured.#exited = once(measured.#child, 'exit');
    const [message] = await Promise.race([once(measured.#child, 'message'), measured.#exited]);
    if (message?.ready === undefined) throw new Error(`${file} ended before it was ready.`);
    measured.ready = message.ready;
    measured.readyMs = performance.now() - startedAtMs;
    return measured;
  }

  async usage() {
    this.#child.send('usage');
    const [{ usage }] = await once(this.#child, 'message');
    return usage;
  }

  async stop() {
    if (this.#child.exitCode !== null) return;
    this.#child.send('stop');
    const kill = setTimeout(() => this.#child.kill('SIGKILL'), 15_000);
    await this.#exited;
    clearTimeout(kill);
  }
}
