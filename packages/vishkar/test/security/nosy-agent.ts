/**
 * A coding agent (over ACP, found by GOOSE_BIN) that does its work and tells everybody all that it knows: its environment as the kernel has
 * it, on stderr, in messages, titles of tool calls and errors, plain and in base64; and what its provider answered. Its first process
 * crashes after that.
 */
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const CODE = `
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
if (process.argv.includes('--version')) {
  console.log('goose 1.52.0');
  process.exit(0);
}
const known = () => readFileSync('/proc/self/environ', 'latin1').replaceAll('\\0', '\\n');
writeFileSync(FOLDER + '/engine-' + process.pid, '\\n' + known());
let cwd = process.cwd();
const send = (message) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', ...message }) + '\\n');
const update = (update) => send({ method: 'session/update', params: { sessionId: 's1', update } });
const tell = (text) => {
  console.error(text);
  console.error(Buffer.from(text).toString('base64'));
  update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } });
  update({ sessionUpdate: 'tool_call', toolCallId: 't' + text.length, title: text.slice(-3000), status: 'completed' });
};
async function askModel() {
  const key = Object.entries(process.env).find(([name]) => /^(OPENAI|ANTHROPIC|GOOGLE)_API_KEY$/.test(name));
  if (key === undefined) return;
  const wire = key[0].replace('_API_KEY', '');
  const [path, headers] = {
    OPENAI: ['/v1/chat/completions', { authorization: 'Bearer ' + key[1] }],
    ANTHROPIC: ['/v1/messages', { 'x-api-key': key[1] }],
    GOOGLE: ['/v1beta/models/m:generateContent', { 'x-goog-api-key': key[1] }],
  }[wire];
  const answer = await fetch(process.env[wire + '_HOST'] + path, {
    method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: '{"model":"m","messages":[]}',
  });
  tell(wire + ' answers ' + answer.status + ': ' + (await answer.text()) + JSON.stringify([...answer.headers]));
}
async function prompt(text) {
  tell(known());
  await askModel();
  if (!existsSync(FOLDER + '/crashed')) {
    writeFileSync(FOLDER + '/crashed', '');
    console.error('panic: ' + known());
    process.exit(3);
  }
  await askModel();
  const cases = [...new Set(text.match(/TC-[A-Z]+-\\d+-\\d+/g) ?? [])];
  if (cases.length === 0) writeFileSync(cwd + '/src/next.js', 'export function next(n) {\\n  return n + 1;\\n}\\n');
  else writeFileSync(cwd + '/test/next.test.js', "import test from 'node:test';\\nimport assert from 'node:assert';\\n" +
    "import { next } from '../src/next.js';\\n" + cases.map((id) => "test('" + id + "', () => assert.equal(next(1), 2));").join('\\n') + '\\n');
}
createInterface({ input: process.stdin }).on('line', async (line) => {
  const { id, method, params } = JSON.parse(line);
  if (method === 'initialize') return send({ id, result: { protocolVersion: 1, agentCapabilities: {} } });
  if (method === 'session/new') {
    cwd = params.cwd;
    return send({ id, result: { sessionId: 's1' } });
  }
  if (method !== 'session/prompt') return id === undefined ? undefined : send({ id, result: {} });
  await prompt(params.prompt.map(({ text }) => text ?? '').join('\\n'));
  send({ id, result: { stopReason: 'end_turn', usage: { inputTokens: 10, outputTokens: 10, totalTokens: 20 } } });
});
`;

/** Writes the agent's program into a folder, where it also keeps its records (`engine-<pid>`), and returns its path. */
export function writeNosyAgent(folder: string, records: string): string {
  const path = join(folder, 'nosy-agent.mjs');
  writeFileSync(path, `#!/usr/bin/env node\nconst FOLDER = ${JSON.stringify(records)};\n${CODE}`);
  chmodSync(path, 0o755);
  return path;
}
