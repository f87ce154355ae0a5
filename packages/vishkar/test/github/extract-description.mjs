/**
 * Takes the calls that Vishkar makes out of GitHub's description of its REST API, and the webhooks that it receives out of that of its
 * webhooks, without their texts: `node extract-description.mjs <api.github.com.json> fixtures/github-rest-description.json` (or
 * `fixtures/github-webhooks-description.json`). The descriptions are published in github/rest-api-description (MIT), also as
 * `@octokit/openapi` and `@octokit/openapi-webhooks`.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const REPOSITORY = '/repos/{owner}/{repo}';
const PULL = `${REPOSITORY}/pulls/{pull_number}`;
const CALLS = [
  `GET ${REPOSITORY}`,
  `GET ${REPOSITORY}/pulls`,
  `POST ${REPOSITORY}/pulls`,
  `GET ${PULL}`,
  `PATCH ${PULL}`,
  `GET ${PULL}/files`,
  `PUT ${PULL}/merge`,
  `POST ${PULL}/reviews`,
  `POST ${PULL}/requested_reviewers`,
  `POST ${REPOSITORY}/issues/{issue_number}/labels`,
  `GET ${REPOSITORY}/issues`,
  `POST ${REPOSITORY}/issues`,
  `GET ${REPOSITORY}/issues/{issue_number}`,
  `PATCH ${REPOSITORY}/issues/{issue_number}`,
  `GET ${REPOSITORY}/issues/{issue_number}/dependencies/blocked_by`,
  `GET ${REPOSITORY}/issues/{issue_number}/sub_issues`,
  `GET ${REPOSITORY}/compare/{basehead}`,
  `GET ${REPOSITORY}/git/ref/{ref}`,
  `DELETE ${REPOSITORY}/git/refs/{ref}`,
  `GET ${REPOSITORY}/commits/{ref}/check-runs`,
  `GET ${REPOSITORY}/commits/{ref}/status`,
  `GET ${REPOSITORY}/branches/{branch}`,
  `GET ${REPOSITORY}/rules/branches/{branch}`,
  `GET ${REPOSITORY}/check-runs/{check_run_id}/annotations`,
  `GET ${REPOSITORY}/actions/jobs/{job_id}/logs`,
  `POST ${REPOSITORY}/actions/jobs/{job_id}/rerun`,
  `POST ${REPOSITORY}/check-runs/{check_run_id}/rerequest`,
  `GET ${REPOSITORY}/actions/runs`,
  `GET ${REPOSITORY}/actions/runs/{run_id}/jobs`,
  'POST /app/installations/{installation_id}/access_tokens',
];
/** By event and action, as the description names them. */
const WEBHOOKS = [
  'check-run-completed',
  'check-run-created',
  'check-suite-completed',
  'issue-comment-created',
  'merge-group-checks-requested',
  'merge-group-destroyed',
  'ping',
  'pull-request-closed',
  'pull-request-dequeued',
  'pull-request-review-comment-created',
  'pull-request-review-submitted',
  'pull-request-synchronize',
  'push',
  'status',
];
/** Texts, and what no validator reads. */
const DROPPED = new Set(
  ['description', 'example', 'examples', 'externalDocs', 'title', 'deprecated', 'readOnly', 'default'].concat([
    'x-github',
    'x-github-breaking-changes',
    'x-multi-segment',
  ]),
);

const [from, to] = process.argv.slice(2);
const description = JSON.parse(readFileSync(from, 'utf8'));
const $defs = {};
const isOfWebhooks = description.webhooks !== undefined;
const id = isOfWebhooks ? 'github-webhooks' : 'github';

const lookUp = (ref) =>
  ref
    .slice(2)
    .split('/')
    .reduce((value, key) => value[key], description);
const resolved = (value) => (value.$ref === undefined ? value : lookUp(value.$ref));

/** OpenAPI 3.0 to JSON Schema: `nullable` becomes a choice, references lead into `$defs`. */
function toJsonSchema(schema, isNames = false) {
  if (Array.isArray(schema)) return schema.map((each) => toJsonSchema(each));
  if (schema === null || typeof schema !== 'object') return schema;
  if (!isNames && typeof schema.$ref === 'string') {
    const name = schema.$ref.split('/').at(-1);
    if (!Object.hasOwn($defs, name)) {
      // Holds the place while it refers to itself.
      $defs[name] = true;
      $defs[name] = toJsonSchema(lookUp(schema.$ref));
    }
    return { $ref: `${id}#/$defs/${name}` };
  }
  const converted = {};
  for (const [key, value] of Object.entries(schema)) {
    if (!isNames && (DROPPED.has(key) || key === 'nullable')) continue;
    const isData = key === 'enum' || key === 'required';
    converted[key] = isData && !isNames ? value : toJsonSchema(value, !isNames && key === 'properties');
  }
  return !isNames && schema.nullable === true ? { anyOf: [{ type: 'null' }, converted] } : converted;
}

const schemaOf = (content) => content?.['application/json']?.schema;
const operations = {};
for (const call of isOfWebhooks ? [] : CALLS) {
  const [method, path] = call.split(' ');
  const item = description.paths[path];
  const operation = item[method.toLowerCase()];
  const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map(resolved);
  const body = schemaOf(operation.requestBody?.content);
  operations[call] = {
    parameters: parameters.map(({ name, in: place, required = false, schema }) => ({
      name,
      in: place,
      required,
      schema: toJsonSchema(schema),
    })),
    body: body === undefined ? null : toJsonSchema(body),
    responses: Object.fromEntries(
      Object.entries(operation.responses).map(([status, response]) => {
        const schema = schemaOf(resolved(response).content);
        return [status, schema === undefined ? null : toJsonSchema(schema)];
      }),
    ),
  };
}
for (const name of isOfWebhooks ? WEBHOOKS : [])
  operations[name] = toJsonSchema(schemaOf(description.webhooks[name].post.requestBody.content));
const $comment = `Parts of GitHub's description of its ${isOfWebhooks ? 'webhooks' : 'REST API'} (${description.info.version}, MIT License), made by extract-description.mjs.`;
/** One entry a line. */
const table = (entries) =>
  `{\n${Object.entries(entries)
    .map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`)
    .join(',\n')}\n}`;
writeFileSync(
  to,
  `{\n"$comment": ${JSON.stringify($comment)},\n"${isOfWebhooks ? 'webhooks' : 'operations'}": ${table(operations)},\n"$defs": ${table($defs)}\n}\n`,
);
