/** What the demo ends with: the lines for people and the one JSON object for machines. */
import { fileURLToPath } from 'node:url';
import type { ArtifactRef } from '../domain/artifact.js';
import type { Evidence, StepState } from '../domain/evidence.js';
import type { PullRequest } from '../domain/pull-request.js';
import type { StoryStatusView } from '../workflows/story-messages.js';

export interface DemoReport {
  readonly story: string;
  /** `merged`, or how else it ended. */
  readonly status: string;
  readonly steps: readonly (Pick<StepState, 'number' | 'id' | 'status' | 'startedAt' | 'endedAt' | 'attempts'> & {
    readonly evidence: Evidence | null;
  })[];
  /** Review rounds taken. */
  readonly rounds: number;
  readonly pullRequest: PullRequest | null;
  readonly mergeCommit: string;
  /** Path of the bare repository. */
  readonly remote: string;
  readonly receipt: { readonly seal: string; readonly path: string } | null;
  readonly artifacts: readonly ArtifactRef[];
  readonly engine: StoryStatusView['engine'];
  /** How often something was killed on the way (`--kill`). */
  readonly kills: number;
}

export function demoReport(
  status: StoryStatusView,
  evidence: readonly Evidence[],
  remote: string,
  kills: number,
): DemoReport {
  const latest = (id: string) => evidence.filter((item) => item.step === id).at(-1) ?? null;
  const closing = latest('close')?.data ?? {};
  const { receiptSeal, receiptUri } = closing;
  const artifacts = new Map(evidence.flatMap((item) => item.artifacts).map((artifact) => [artifact.uri, artifact]));
  return {
    story: status.key,
    status: status.outcome ?? status.state,
    steps: status.steps.map(({ number, id, status: stepStatus, startedAt, endedAt, attempts }) => ({
      number,
      id,
      status: stepStatus,
      startedAt,
      endedAt,
      attempts,
      evidence: latest(id),
    })),
    rounds: status.rounds,
    pullRequest: status.pullRequest,
    mergeCommit: status.pullRequest?.mergeSha ?? '',
    remote,
    receipt:
      typeof receiptSeal === 'string' && typeof receiptUri === 'string'
        ? { seal: receiptSeal, path: receiptUri.startsWith('file:') ? fileURLToPath(receiptUri) : receiptUri }
        : null,
    artifacts: [...artifacts.values()],
    engine: status.engine,
    kills,
  };
}

export function reportLines(report: DemoReport, repository: string): readonly string[] {
  const passed = report.steps.filter((step) => step.status === 'passed').length;
  return [
    '',
    `${report.story}: ${report.status}; ${String(passed)} of ${String(report.steps.length)} steps passed, ${String(report.rounds)} review rounds${
      report.kills === 0 ? '' : `, ${String(report.kills)} kills survived`
    }`,
    ...(report.engine?.recordedFrom === undefined
      ? []
      : [`the engine's work is a replay: ${report.engine.recordedFrom}`]),
    `merge commit  ${report.mergeCommit}`,
    `receipt       ${report.receipt === null ? 'none' : `${report.receipt.path} (${report.receipt.seal.slice(0, 16)}...)`}`,
    `look at it    git --git-dir ${report.remote} log --graph --stat main`,
    `the story     ${repository}/.vishkar/backlog/${report.story}.md`,
  ];
}
