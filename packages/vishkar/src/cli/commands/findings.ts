/** `findings` and `finding`: what the reviews of a story found and what became of it; and a person's word on one of them. */
import { faultOf } from '../../domain/finding-ledger.js';
import type { TrackedFinding } from '../../domain/finding-ledger.js';
import { maskSecrets } from '../../git/mask-secrets.js';
import { VishkarError } from '../../errors.js';
import { packageVersion } from '../../package-version.js';
import { writeSarif } from '../../domain/write-sarif.js';
import type { CommandContext } from '../command-context.js';
import { EXIT } from '../exit-codes.js';
import { requireKey } from '../require-key.js';
import { withSession } from '../session.js';
import { whoDecides } from '../who.js';

export async function findingsCommand(
  { repository, output }: CommandContext,
  rawKey: string | undefined,
  options: { readonly sarif?: boolean },
): Promise<number> {
  const key = requireKey(rawKey);
  return await withSession(repository, 'answers', async ({ client }) => {
    const { ledger } = await client.findings(key);
    if (options.sarif === true) {
      const { headSha } = await client.status(key);
      const faults = ledger.findings.map((entry) => faultOf(entry));
      const log = writeSarif({ story: key, headSha, faults }, packageVersion());
      output.result([JSON.stringify(log, null, 2)], log);
      return EXIT.ok;
    }
    const lines = ledger.findings.length === 0 ? ['no finding'] : ledger.findings.flatMap(linesOf);
    output.result(lines, { key, ...ledger });
    return EXIT.ok;
  });
}

export async function findingCommand(
  { repository, output }: CommandContext,
  rawKey: string | undefined,
  options: { readonly id?: string; readonly verdict?: string; readonly reason: string; readonly by?: string },
): Promise<number> {
  const key = requireKey(rawKey);
  const { id = '' } = options;
  const verdict = requireVerdict(options.verdict);
  return await withSession(repository, 'answers', async ({ project, client }) => {
    const by = await whoDecides(options.by, project.repository);
    // It will stand in the history and in the findings file.
    const reason = maskSecrets(options.reason);
    const told = await client.decideFinding(key, { id, verdict, by, reason });
    output.result([`${key}: ${told}`], { key, id, verdict, by, reason });
    return EXIT.ok;
  });
}

function linesOf({ finding, state, reopened, decision, firstRound, lastRound }: TrackedFinding): readonly string[] {
  const { id, severity, issue, file, line, grounded } = finding;
  const rounds =
    firstRound === lastRound ? `round ${String(lastRound)}` : `rounds ${String(firstRound)}-${String(lastRound)}`;
  const more = [
    rounds,
    ...(grounded ? [] : ['not grounded']),
    ...(reopened > 0 ? [`came back ${String(reopened)}x`] : []),
  ];
  const place = line === 0 ? file : `${file}:${String(line)}`;
  return [
    `${id} ${state.padEnd(8)} ${severity.padEnd(8)} ${place} ${issue} (${more.join(', ')})`,
    ...(decision === undefined ? [] : [`  by ${decision.by}: ${decision.reason}`]),
  ];
}

function requireVerdict(given: string | undefined): 'refuted' | 'accepted' {
  if (given === 'refute') return 'refuted';
  if (given === 'accept') return 'accepted';
  throw new VishkarError('USAGE', `"${given ?? ''}" is no verdict.`, {
    hint: '"refute" says that a finding is wrong, "accept" that the story goes on with it.',
  });
}
