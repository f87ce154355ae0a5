/**
 * Programs that take the place of others and write down what they were given, before they do what the other does: environment (as the
 * kernel has it) and arguments. One file for each process in the spies' folder, named by who it is.
 */
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '@vishkar/testkit';

export interface Spies {
  /** A program of this name that is `program` when it was written down. */
  wrap(name: string, program: string): string;
  /** A folder to put first on PATH: there git is a spy. */
  readonly gitFolder: string;
  /** A line for package.json that writes down the environment of a project's command. */
  readonly command: string;
  /** What was written down by spies of this name, with their arguments in the first line. */
  seen(name: string): readonly string[];
}

export function openSpies(folder: string): Spies {
  const records = join(folder, 'records');
  const programs = join(folder, 'programs');
  mkdirSync(records, { recursive: true });
  mkdirSync(programs, { recursive: true });
  const wrap = (name: string, program: string, at = join(programs, name)) => {
    const script = `#!/bin/sh\n{ echo "$*"; tr '\\0' '\\n' < /proc/$$/environ; } > '${records}/${name}-'$$\nexec '${program}' "$@"\n`;
    writeFileSync(at, script);
    chmodSync(at, 0o755);
    return at;
  };
  wrap('git', findProgram('git') ?? 'git');
  const script = join(programs, 'command.cjs');
  writeFileSync(
    script,
    `const fs = require('node:fs');\nfs.writeFileSync(${JSON.stringify(records)} + '/command-' + process.pid,` +
      ` '\\n' + fs.readFileSync('/proc/self/environ', 'latin1').replaceAll('\\0', '\\n'));\n`,
  );
  return {
    wrap,
    gitFolder: programs,
    command: `node '${script}'`,
    seen: (name) =>
      readdirSync(records)
        .filter((file) => file.startsWith(`${name}-`))
        .map((file) => readFileSync(join(records, file), 'latin1')),
  };
}
