/** A provider of models on loopback that refuses the first call of each wire, and quotes the key that it was given. */
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface QuotingProvider {
  readonly host: string;
  /** Keys as they came in. */
  readonly keys: ReadonlySet<string>;
  close(): Promise<void>;
}

const USED = {
  usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10, input_tokens: 7, output_tokens: 3 },
  usageMetadata: { promptTokenCount: 7, candidatesTokenCount: 3, totalTokenCount: 10 },
};

export async function startQuotingProvider(): Promise<QuotingProvider> {
  const keys = new Set<string>();
  const calls = new Map<string, number>();
  const server = createServer((request, response) => {
    request.resume();
    const key = keyOf(request);
    keys.add(key);
    const count = (calls.get(request.url ?? '') ?? 0) + 1;
    calls.set(request.url ?? '', count);
    const isRefused = count === 1;
    const error = { type: 'authentication_error', message: `Incorrect API key provided: ${key}` };
    response
      .writeHead(isRefused ? 401 : 200, { 'content-type': 'application/json', 'x-your-key': key })
      .end(JSON.stringify(isRefused ? { error } : { choices: [{ message: { content: 'ok' } }], ...USED }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    keys,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function keyOf({ headers }: IncomingMessage): string {
  const given = headers.authorization ?? headers['x-api-key'] ?? headers['x-goog-api-key'] ?? '';
  return String(given).replace(/^Bearer /, '');
}
