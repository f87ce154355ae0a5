/**
 * Reads SARIF 2.1.0, the form in which analyzers of any kind report: each result with its rule, level and place. Pure, and lenient where the
 * standard is: what has no place or is no fault is left out. Suppressions are not heard: whoever writes a fault can write one as well.
 */
import { z } from 'zod';

export interface SarifResult {
  /** Name of the tool that reports. */
  readonly tool: string;
  readonly rule: string;
  readonly level: 'error' | 'warning' | 'note';
  /** Of the rule, 0 to 10 as in CVSS, where the tool says so. */
  readonly securitySeverity: number | undefined;
  readonly message: string;
  /** As the tool names it, percent-decoded: relative, absolute or with a scheme. */
  readonly file: string;
  /** 1-based; 0: the whole file. */
  readonly line: number;
  readonly helpUri: string | undefined;
}

const LEVELS = ['none', 'note', 'warning', 'error'] as const;
const messageSchema = z.object({
  text: z.string().optional(),
  id: z.string().optional(),
  arguments: z.array(z.string()).default([]),
});
const ruleSchema = z.object({
  id: z.string(),
  helpUri: z.string().optional(),
  defaultConfiguration: z.object({ level: z.enum(LEVELS).optional() }).optional(),
  messageStrings: z.record(z.string(), z.object({ text: z.string() })).default({}),
  properties: z.object({ 'security-severity': z.union([z.string(), z.number()]).optional() }).optional(),
});
const componentSchema = z.object({ name: z.string(), rules: z.array(ruleSchema).default([]) });
const resultSchema = z.object({
  ruleId: z.string().optional(),
  ruleIndex: z.number().int().optional(),
  rule: z.object({ id: z.string().optional(), index: z.number().int().optional() }).optional(),
  level: z.enum(LEVELS).optional(),
  kind: z.string().optional(),
  baselineState: z.string().optional(),
  message: messageSchema,
  locations: z
    .array(
      z.object({
        physicalLocation: z
          .object({
            artifactLocation: z.object({ uri: z.string().optional(), index: z.number().int().optional() }).optional(),
            region: z.object({ startLine: z.number().int().positive().optional() }).optional(),
          })
          .optional(),
      }),
    )
    .default([]),
});
type Result = z.output<typeof resultSchema>;

const logSchema = z.object({
  version: z.literal('2.1.0'),
  runs: z.array(
    z.object({
      tool: z.object({ driver: componentSchema, extensions: z.array(componentSchema).default([]) }),
      artifacts: z.array(z.object({ location: z.object({ uri: z.string().optional() }).optional() })).default([]),
      invocations: z.array(z.object({ executionSuccessful: z.boolean().optional() })).default([]),
      /** Absent or null where a tool could not look, by the standard. */
      results: z.array(resultSchema).nullish(),
    }),
  ),
});
type Run = z.output<typeof logSchema>['runs'][number];

/** Throws Error with what is wrong when it is no SARIF 2.1.0, or says itself that its tool failed: no report is never a clean one. */
export function readSarif(text: string): readonly SarifResult[] {
  const log = logSchema.safeParse(parseJson(text));
  if (!log.success) throw new Error(`the report is no SARIF 2.1.0: ${z.prettifyError(log.error).split('\n')[0] ?? ''}`);
  return log.data.runs.flatMap((run) => {
    const { name } = run.tool.driver;
    if (run.results === undefined || run.results === null) throw new Error(`${name} reports that it could not look`);
    if (run.invocations.some(({ executionSuccessful }) => executionSuccessful === false))
      throw new Error(`${name} reports that it did not succeed`);
    return run.results.flatMap((result) => readResult(result, run));
  });
}

function readResult(result: Result, run: Run): readonly SarifResult[] {
  const { driver, extensions } = run.tool;
  const id = result.ruleId ?? result.rule?.id;
  const index = result.ruleIndex ?? result.rule?.index;
  const byId = [driver, ...extensions].flatMap(({ rules }) => rules).find((rule) => rule.id === id);
  const rule = byId ?? (index === undefined ? undefined : driver.rules[index]);
  const isFault = result.kind === undefined || result.kind === 'fail' || result.kind === 'open';
  const isOld = result.baselineState === 'unchanged' || result.baselineState === 'absent';
  const level = result.level ?? rule?.defaultConfiguration?.level ?? 'warning';
  const place = result.locations[0]?.physicalLocation;
  const uri = place?.artifactLocation?.uri ?? run.artifacts[place?.artifactLocation?.index ?? -1]?.location?.uri;
  if (!isFault || isOld || level === 'none' || uri === undefined) return [];
  const severity = Number(rule?.properties?.['security-severity']);
  return [
    {
      tool: driver.name,
      rule: rule?.id ?? id ?? 'unnamed',
      level,
      securitySeverity: Number.isNaN(severity) ? undefined : severity,
      message: messageOf(result, rule),
      file: decoded(uri),
      line: place?.region?.startLine ?? 0,
      helpUri: rule?.helpUri,
    },
  ];
}

/** Its text, or the rule's text of that name with the arguments put in. */
function messageOf({ message }: Result, rule: z.output<typeof ruleSchema> | undefined): string {
  const text = message.text ?? rule?.messageStrings[message.id ?? '']?.text ?? '';
  return text.replace(/\{(\d+)\}/g, (whole, at: string) => message.arguments[Number(at)] ?? whole);
}

function decoded(uri: string): string {
  try {
    return decodeURIComponent(uri.replace(/^file:\/\//, ''));
  } catch {
    return uri;
  }
}

function parseJson(text: string): unknown {
  try {
    // Some writers put a byte order mark first.
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}
