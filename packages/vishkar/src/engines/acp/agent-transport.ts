/**
 * The two ends of a conversation with an agent, and how it is ended. Engines run as a process group of their own; tests
 * put an agent of this process in its place.
 */
import { Readable, Writable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { ndJsonStream } from '@agentclientprotocol/sdk';
import type { Stream } from '@agentclientprotocol/sdk';
import { OutputRecord } from '../../processes/output-record.js';
import { startProcessGroup } from '../../processes/process-group.js';

export interface AgentTransport {
  readonly stream: Stream;
  readonly pid?: number;
  /** Bytes of protocol that came from the agent so far. */
  bytes(): number;
  /** Ends the agent politely: its input ends, then it is asked, then made. Nothing of it is left afterwards. */
  close(): Promise<void>;
  /** How it ended and the last that it said, for people; undefined when it still runs. */
  ending(): Promise<string | undefined>;
}

export interface LaunchOptions {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** For its stderr, masked. */
  readonly logPath: string;
  readonly secrets: readonly string[];
  readonly exitsOnInputEnd: boolean;
  readonly onBytes: () => void;
}

export type LaunchAgent = (options: LaunchOptions) => Promise<AgentTransport>;

/** After its input ended, before it is asked to end. */
const INPUT_END_MS = 1_500;
const GRACE_MS = 3_000;
const EXIT_MS = 500;

/** Starts an agent's program. Throws VishkarError `PROCESS_NOT_STARTED`. */
export const launchAgent: LaunchAgent = async (options) => {
  const group = await startProcessGroup(options);
  const log = new OutputRecord({ logPath: options.logPath, secrets: options.secrets });
  const logged = log.record(group.stderr, options.onBytes);
  let bytes = 0;
  const counter = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      bytes += chunk.byteLength;
      options.onBytes();
      controller.enqueue(chunk);
    },
  });
  const output = Readable.toWeb(group.stdout) as ReadableStream<Uint8Array>;
  return {
    stream: ndJsonStream(Writable.toWeb(group.stdin), output.pipeThrough(counter)),
    pid: group.pid,
    bytes: () => bytes,
    ending: async () => {
      // Its pipes break a moment before its end is known.
      const exit = await Promise.race([group.exited, pause(EXIT_MS, undefined, { ref: false })]);
      if (exit === undefined) return undefined;
      const { exitCode, signalName } = exit;
      const end = signalName === undefined ? `exit code ${String(exitCode)}` : `ended by ${signalName}`;
      const said = log.tail.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
      return said === '' ? end : `${end}: ${said}`;
    },
    close: async () => {
      group.stdin.destroy();
      if (options.exitsOnInputEnd) await Promise.race([group.exited, pause(INPUT_END_MS, undefined, { ref: false })]);
      await group.stop(GRACE_MS);
      await logged;
      await log.close();
    },
  };
};
