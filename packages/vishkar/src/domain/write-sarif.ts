/**
 * The faults of a findings file as SARIF 2.1.0, for whatever shows such reports: code hosts, editors, dashboards. What was refuted or
 * accepted is a result with a suppression that says by whom and why; what is fixed is an absent one. Pure.
 */
import { SEVERITIES } from './finding.js';
import type { Fault, FindingsFile, Severity } from './finding.js';

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
const LEVEL: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
};
/** In the middle of the ranges by which readers of SARIF grade security rules. */
const SECURITY_SEVERITY: Readonly<Record<Severity, string>> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '2.0',
};

export function writeSarif(
  { story, headSha, faults = [] }: Pick<FindingsFile, 'story' | 'headSha' | 'faults'>,
  version: string,
): Record<string, unknown> {
  const rules = [...new Set(faults.map(({ category }) => category))].sort();
  return {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: { name: 'vishkar', semanticVersion: version, rules: rules.map((id) => ruleOf(id, faults)) },
        },
        automationDetails: { id: `vishkar/${story}` },
        properties: { story, headSha },
        columnKind: 'utf16CodeUnits',
        results: faults.map((fault) => resultOf(fault, rules.indexOf(fault.category))),
      },
    ],
  };
}

function ruleOf(id: string, faults: readonly Fault[]): Record<string, unknown> {
  const own = faults.filter(({ category }) => category === id);
  const isSecurity = own.some(({ angles }) => angles.includes('security'));
  const gravest = SEVERITIES.find((each) => own.some(({ severity }) => severity === each)) ?? 'low';
  const words = id.replace(/-/g, ' ');
  return {
    id,
    shortDescription: { text: words },
    ...(isSecurity ? { properties: { tags: ['security'], 'security-severity': SECURITY_SEVERITY[gravest] } } : {}),
  };
}

function resultOf(fault: Fault, ruleIndex: number): Record<string, unknown> {
  const { id, category, severity, issue, file, line, grounded, angles, reportedBy, state, decision } = fault;
  const isSettled = state === 'refuted' || state === 'accepted';
  return {
    ruleId: category,
    ruleIndex,
    level: LEVEL[severity],
    kind: 'fail',
    message: { text: issue },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: file.split('/').map(encodeURIComponent).join('/') },
          ...(line === 0 ? {} : { region: { startLine: line } }),
        },
      },
    ],
    partialFingerprints: { 'vishkarFinding/v1': id },
    ...(state === 'fixed' ? { baselineState: 'absent' } : {}),
    ...(isSettled
      ? {
          suppressions: [
            {
              kind: 'external',
              status: 'accepted',
              justification: `${state} by ${decision?.by ?? ''}: ${decision?.reason ?? ''}`,
            },
          ],
        }
      : {}),
    properties: { severity, state, grounded, angles, reportedBy },
  };
}
