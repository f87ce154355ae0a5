/** The options of `npm start`. */
import { Command } from 'commander';

export interface DemoOptions {
  readonly json: boolean;
  readonly kill: boolean;
  readonly reset: boolean;
  /** Absolute or relative to the working directory; it must lie below the repository, whose tools the example uses. */
  readonly folder: string;
}

export function parseDemoOptions(argv: readonly string[], defaultFolder: string): DemoOptions {
  const options = new Command('npm start --')
    .description('Takes the top story of an example repository through all 17 steps, on the embedded service.')
    .option('--json', 'progress on stderr, one JSON object last on stdout', false)
    .option('--kill', 'kill service, worker and engine midway, several times', false)
    .option('--reset', 'throw the demo away', false)
    .option('--folder <folder>', 'where the demo lives', defaultFolder)
    .parse([...argv])
    .opts<DemoOptions>();
  return options;
}
