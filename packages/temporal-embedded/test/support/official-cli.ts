/** The official `temporal` CLI against a service: runs one command and gives what it printed, as JSON where it can. */
import { startChild } from '@vishkar/testkit';
import type { EmbeddedService } from './embedded-service.js';

export interface CliResult {
  readonly code: number | null;
  readonly output: string;
}

/** `executable` is what `needs.temporalDevServer` finds. */
export async function runOfficialCli(
  executable: string,
  service: Pick<EmbeddedService, 'server'>,
  ...args: readonly string[]
): Promise<CliResult> {
  const child = startChild(executable, [...args, '--address', service.server.address, '--output', 'json']);
  const { code } = await child.exited;
  return { code, output: code === 0 ? child.stdout : child.stderr };
}

/** The same, parsed; throws with the CLI's words when it fails. */
export async function officialCliJson(
  executable: string,
  service: Pick<EmbeddedService, 'server'>,
  ...args: readonly string[]
): Promise<unknown> {
  const { code, output } = await runOfficialCli(executable, service, ...args);
  if (code !== 0) throw new Error(`temporal ${args.join(' ')}: ${output}`);
  return JSON.parse(output);
}
