/** Renders docs/temporal-embedded-cli.md from the table of flags. */
import { DATABASE_COMMANDS, DATABASE_EXIT_CODES } from '../../src/cli/database-command-table.js';
import { flagDescription, flagSignature } from '../../src/cli/help-text.js';
import { START_DEV_FLAGS } from '../../src/cli/start-dev-options.js';

export function cliPage(): string {
  const rows = START_DEV_FLAGS.map((flag) => `| \`${flagSignature(flag).trim()}\` | ${flagDescription(flag)} |`);
  const databaseRows = DATABASE_COMMANDS.map(
    ({ name, files, description }) => `| \`temporal-embedded db ${name} ${files.join(' ')}\` | ${description} |`,
  );
  return `<!-- Generated from packages/temporal-embedded/src/cli/start-dev-options.ts by "npx vitest run cli-page -u". -->

# temporal-embedded on the command line

\`temporal-embedded server start-dev\` takes the flags of the official \`temporal server start-dev\`, so it can stand in for
it in scripts and in the test environments of official SDKs (\`executable: { type: 'existing-path', path }\`).

| flag | meaning |
| ---- | ------- |
${rows.join('\n')}

Flags of the official CLI that concern its client side or its output (\`--color\`, \`--env\`, ...) are accepted and ignored.

\`temporal-embedded PORT\` is a time-skipping test server on that port, in memory, with time locked until a client unlocks
it through \`TestService\`: what \`TestWorkflowEnvironment.createTimeSkipping()\` starts. \`--enable-time-skipping\` after the
port starts it unlocked.

Exit codes: 0 stopped by SIGINT or SIGTERM, 1 could not start or failed, 2 the command line is not understood.

## Database files

| command | what it does |
| ------- | ------------ |
${databaseRows.join('\n')}

Exit codes: ${DATABASE_EXIT_CODES}.
`;
}
