/** Plays scripts against a service, several at a time, and gives what each of them left behind. */
import type { Connection } from '@temporalio/client';
import type { Scripts } from './scripts/script.js';
import { Stage } from './service-stage.js';

/** Most of a script's time is waiting; more at a time would make timeouts of one second a matter of luck. */
const AT_A_TIME = 16;

export async function playScripts(connection: Connection, scripts: Scripts): Promise<ReadonlyMap<string, string[]>> {
  const played = new Map<string, string[]>();
  const waiting = Object.entries(scripts);
  const playNext = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [name, script] = next;
      const stage = new Stage(connection, 'default', name.replace(/[^a-z0-9]+/gi, '-'));
      await script(stage).catch((error: unknown) => stage.transcript.note(`the script ended early: ${String(error)}`));
      played.set(name, stage.transcript.lines);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, playNext));
  return played;
}
