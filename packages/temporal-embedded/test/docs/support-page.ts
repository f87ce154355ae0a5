/** Renders docs/support.md: every rpc of the official API with what this service makes of it. */
import { OPERATOR_SERVICE, WORKFLOW_SERVICE } from '../../src/frontend/service-names.js';
import { COMPATIBLE_SERVER_VERSION } from '../../src/frontend/server-version.js';
import { rpcSupport } from '../../src/frontend/support-table.js';
import { reflectionRoot } from '../../src/proto/root.js';

const INTRO = `<!-- Generated from packages/temporal-embedded/src/frontend/support-table.ts by "npx vitest run support-page -u". -->

# What the embedded service supports

The service follows Temporal Server ${COMPATIBLE_SERVER_VERSION}. The lists below name every rpc of the API that the official TypeScript SDK 1.24
ships. **yes**: works as the official service does; **partial**: works within what the note says; **no**: refused with
the code that the official server refuses it with by default, for the reason in the note. \`grpc.health.v1.Health\` is served always, \`TestService\` on a time-skipping server.

Node 20.19 is the oldest Node that is supported.
`;

export function supportPage(): string {
  return [INTRO, section('WorkflowService', WORKFLOW_SERVICE), section('OperatorService', OPERATOR_SERVICE)].join('\n');
}

function section(title: string, serviceName: string): string {
  const rpcs = reflectionRoot.lookupService(serviceName).methodsArray.map((method) => method.name);
  const rows = rpcs.map((name) => {
    const { level, note } = rpcSupport(serviceName, name);
    return `| ${name} | ${level} | ${note ?? ''} |`;
  });
  const count = (level: string): number => rpcs.filter((name) => rpcSupport(serviceName, name).level === level).length;
  return [
    `## ${title}`,
    '',
    `${rpcs.length} rpcs: ${count('yes')} yes, ${count('partial')} partial, ${count('no')} no.`,
    '',
    '| rpc | support | note |',
    '| --- | ------- | ---- |',
    ...rows,
    '',
  ].join('\n');
}
