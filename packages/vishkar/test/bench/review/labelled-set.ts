/**
 * The set of this repository: small changes with a planted fault or none, written by us, and what three panelists of differing
 * quality said about them, written by us as well. A case in set/<language>.yaml:
 *
 *   id, kind, severity, file   `kind` and `severity` are absent where nothing is wrong
 *   base, change               the file before and after; no `base`: a new file. ` <<<` ends the faulty line and is no part of it
 *   head                       lines above both that the change leaves alone; places of reports count without them
 *   says                       `<panelist>[!] <place> <severity> <category>: <text>`; `!`: it is of the fault. The place counts from
 *                              the faulty line (`+1`, `-2`), or is a line of its own (`@3`)
 */
import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { SEVERITIES } from '../../../src/domain/finding.js';
import type { Report } from '../../../src/review/fusion/report.js';

const FOLDER = new URL('set/', import.meta.url);
const MARK = /(?: (?:\/\/|#))? <<<$/;
/** A token of the right form that nobody was ever given; put together so that no scanner finds it here. */
const TOKEN = ['ghp_', 'wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx'].join('');

const caseSchema = z.strictObject({
  id: z.string(),
  kind: z.string().optional(),
  severity: z.enum(SEVERITIES).optional(),
  file: z.string(),
  head: z.string().default(''),
  base: z.string().optional(),
  change: z.string(),
  says: z.array(z.string()),
});

export interface RecordedReport extends Report {
  readonly file: string;
  readonly line: number;
  readonly category: string;
  readonly isOfFault: boolean;
}

export interface PlantedChange {
  readonly id: string;
  readonly language: string;
  readonly file: string;
  readonly base: string | undefined;
  readonly change: string;
  readonly fault:
    { readonly kind: string; readonly severity: (typeof SEVERITIES)[number]; readonly line: number } | undefined;
  readonly says: readonly RecordedReport[];
}

/** Throws Error naming the case when one contradicts itself. */
export function readPlantedChanges(): readonly PlantedChange[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .flatMap((name) => {
      const cases = z.array(caseSchema).parse(parse(readFileSync(new URL(name, FOLDER), 'utf8')));
      return cases.map((each) => plantedChange(each, name.replace(/\.yaml$/, '')));
    });
}

function plantedChange(given: z.output<typeof caseSchema>, language: string): PlantedChange {
  const { id, kind, severity, file, head, base, change, says } = given;
  const lines = `${head}${change}`.replaceAll('{{token}}', TOKEN).split('\n');
  const marked = lines.flatMap((text, at) => (MARK.test(text) ? [at + 1] : []));
  const [line] = marked;
  if (marked.length !== (kind === undefined ? 0 : 1) || (kind === undefined) !== (severity === undefined))
    throw new Error(`${id}: a faulty change has a kind, a severity and one marked line, another one none of them`);
  const fault =
    kind === undefined || severity === undefined || line === undefined ? undefined : { kind, severity, line };
  return {
    id,
    language,
    file,
    base: base === undefined ? undefined : `${head}${base}`,
    change: lines.map((text) => text.replace(MARK, '')).join('\n'),
    fault,
    says: says.map((text) => recordedReport(id, file, text, line, head.split('\n').length - 1)),
  };
}

const SAID = /^(\w+)(!?) (?:@(\d+)|([+-]\d+)) (\w+) ([\w-]+): (.+)$/;

function recordedReport(
  id: string,
  file: string,
  said: string,
  faultLine: number | undefined,
  headLines: number,
): RecordedReport {
  const [, by, isOf, absolute, relative, severity, category, text] = SAID.exec(said) ?? [];
  if (
    by === undefined ||
    category === undefined ||
    text === undefined ||
    (faultLine === undefined && absolute === undefined)
  )
    throw new Error(`${id}: "${said}" is not in the form of a report`);
  const line = absolute === undefined ? Math.max(1, (faultLine ?? 0) + Number(relative)) : headLines + Number(absolute);
  return { by, text, file, line, category, severity: z.enum(SEVERITIES).parse(severity), isOfFault: isOf === '!' };
}
