/** Holds requests and answers of the stand-in against Atlassian's own description of the REST API. */
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import type { ValidateFunction } from 'ajv';

const description: unknown = JSON.parse(readFileSync(new URL('jira-cloud-schemas.json', import.meta.url), 'utf8'));
const ajv = new Ajv({ strict: false, allErrors: true });
ajv.addSchema({ $id: 'jira', ...(description as object) });
const compiled = new Map<string, ValidateFunction>();

/** What is wrong with a value of the named schema; undefined when it is as described. */
export function schemaProblem(name: string, value: unknown): string | undefined {
  const validate = compiled.get(name) ?? ajv.compile({ $ref: `jira#/$defs/${name}` });
  compiled.set(name, validate);
  return validate(value) ? undefined : `${name}: ${ajv.errorsText(validate.errors)}`;
}
