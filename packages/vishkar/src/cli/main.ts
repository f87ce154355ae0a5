#!/usr/bin/env node
/** The `vishkar` command: parses arguments, runs one command, maps its end to an exit code. */
import { Command, CommanderError } from 'commander';
import { packageVersion } from '../package-version.js';
import { VishkarError } from '../errors.js';
import { useEnvironmentProxy } from './environment-proxy.js';
import { EXIT } from './exit-codes.js';
import { createOutput } from './output.js';
import type { CommandContext } from './command-context.js';

interface GlobalOptions {
  readonly repository: string;
  readonly json?: boolean;
}

/** A command's body; returns its exit code. */
type Body<Options> = (context: CommandContext, key: string | undefined, options: Options) => Promise<number>;

/** Brought when it is called: what one command needs slows no other down. */
const bodies = {
  init: async () => (await import('./commands/init.js')).initCommand,
  run: async () => (await import('./commands/run.js')).runCommand,
  status: async () => (await import('./commands/status.js')).statusCommand,
  list: async () => (await import('./commands/list.js')).listCommand,
  approve: async () => (await import('./commands/decide.js')).approveCommand,
  reject: async () => (await import('./commands/decide.js')).rejectCommand,
  answer: async () => (await import('./commands/decide.js')).answerCommand,
  confirm: async () => (await import('./commands/decide.js')).confirmCommand,
  steer: async () => (await import('./commands/decide.js')).steerCommand,
  findings: async () => (await import('./commands/findings.js')).findingsCommand,
  finding: async () => (await import('./commands/findings.js')).findingCommand,
  lessons: async () => (await import('./commands/lessons.js')).lessonsCommand,
  cancel: async () => (await import('./commands/cancel.js')).cancelCommand,
  serve: async () => (await import('./commands/serve.js')).serveCommand,
  doctor: async () => (await import('./commands/doctor.js')).doctorCommand,
  tracker: async () => (await import('./commands/tracker.js')).trackerCommand,
  engines: async () => (await import('./commands/engines.js')).enginesCommand,
};

function add<Options>(
  program: Command,
  usage: string,
  description: string,
  load: () => Promise<Body<Options>>,
): Command {
  return program
    .command(usage)
    .description(description)
    .option('--repository <folder>', 'a folder in the repository', '.')
    .option('--json', 'print one JSON object on stdout')
    .action(async (...parameters: unknown[]) => {
      const command = parameters.at(-1) as Command;
      // A second argument (the choice of `answer`) reaches the body as an option of the argument's name.
      const named = Object.fromEntries(
        command.registeredArguments.map((argument, at) => [argument.name(), parameters[at]]),
      );
      const options = { ...named, ...command.opts<GlobalOptions & Options>() };
      const key = typeof parameters[0] === 'string' ? parameters[0] : undefined;
      const output = createOutput(options.json === true);
      try {
        await useEnvironmentProxy();
        process.exitCode = await (await load())({ repository: options.repository, output }, key, options);
      } catch (error) {
        process.exitCode = output.fail(error);
      }
    });
}

export function createProgram(json = false): Command {
  const program = new Command('vishkar')
    .description(
      'Takes a story from the tracker to a merged pull request through 17 enforced steps, durably, on Temporal.',
    )
    .version(packageVersion())
    .showHelpAfterError('(vishkar --help lists the commands)')
    // With --json the error is told once, as the object on stdout.
    .configureOutput(json ? { writeErr: () => undefined } : {})
    .exitOverride();
  add(program, 'init', 'set up a repository: backlog, configuration, a local remote', bodies.init);
  add(program, 'run [key]', 'drive a story to its merge; attaches when it is under way', bodies.run).option(
    '--story <sentence>',
    'file this sentence as a story and run it',
  );
  add(program, 'status [key]', 'show where a story is', bodies.status);
  add(program, 'list', 'show all stories', bodies.list);
  add(program, 'approve <key>', 'approve the head that is asked about', bodies.approve)
    .option('--by <name>', 'who approves (default: the git user)')
    .option('--comment <text>', 'a word about it', '')
    .option('--head <sha>', 'the commit that you looked at (default: the one that is asked about)');
  add(program, 'reject <key>', 'reject it: the story ends, branch and pull request stay', bodies.reject)
    .requiredOption('--reason <text>', 'why')
    .option('--by <name>', 'who rejects (default: the git user)');
  add(
    program,
    'answer <key> <choice>',
    'answer what a story waits for: retry, override, raise, keep, restart, allow, refuse or abandon',
    bodies.answer,
  )
    .requiredOption('--reason <text>', 'why')
    .option('--by <name>', 'who decides (default: the git user)');
  add(program, 'confirm <key> <criterion>', 'say that an acceptance criterion holds (AC-1, ...)', bodies.confirm)
    .requiredOption('--reason <text>', 'what you looked at')
    .option('--by <name>', 'who says so (default: the git user)');
  add(program, 'steer <key> <text>', 'say something to the engine, also while it works', bodies.steer).option(
    '--by <name>',
    'who says it (default: the git user)',
  );
  add(program, 'findings <key>', 'what reviews found, and what became of it', bodies.findings).option(
    '--sarif',
    'as SARIF 2.1.0',
  );
  add(
    program,
    'finding <key> <id> <verdict>',
    'say that a finding is wrong (refute), or let it be (accept)',
    bodies.finding,
  )
    .requiredOption('--reason <text>', 'why')
    .option('--by <name>', 'who decides (default: the git user)');
  add(program, 'lessons <action> [id]', 'what reviews taught: list, approve or retire', bodies.lessons);
  add(program, 'cancel <key>', 'stop a story; its branch stays', bodies.cancel);
  add(program, 'serve', 'run service and worker until stopped', bodies.serve)
    .option('--only <part>', 'run only the "service" or only the "worker"')
    .option('--with-parent', 'end when standard input closes, as it does when whoever started this ends')
    .option('--port <number>', 'port of the embedded service (default: 7233, or any free one)');
  add(program, 'doctor', 'check what a story needs on this machine', bodies.doctor);
  add(program, 'tracker <action>', 'sign in at the tracker in a browser: login, logout', bodies.tracker);
  add(program, 'engines <action> [name]', 'coding engines: list those known, or doctor those here', bodies.engines);
  return program;
}

export async function main(argv: readonly string[]): Promise<void> {
  const json = argv.includes('--json');
  try {
    await createProgram(json).parseAsync([...argv]);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help and version are no errors; everything else commander has already said on stderr.
    if (error.exitCode === 0) return;
    const usage = new VishkarError('USAGE', error.message.replace(/^error: /, ''), {
      hint: '"vishkar --help" lists the commands, "vishkar <command> --help" their options.',
    });
    process.exitCode = json ? createOutput(json).fail(usage) : EXIT.usage;
  }
}

await main(process.argv);
