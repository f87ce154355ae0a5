/** Serves a bare repository over git's smart HTTP protocol by git's own `git http-backend` (a CGI program). */
import { spawn } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { basename, dirname } from 'node:path';

/** `path` is what follows the repository: `/info/refs`, `/git-receive-pack`. */
export async function serveGit(
  request: IncomingMessage,
  response: ServerResponse,
  {
    answer,
    remote,
    path,
    query,
    user,
  }: {
    remote: string;
    path: string;
    query: string;
    user: string;
    /** Takes the place of git's answer. */
    answer: (() => void) | undefined;
  },
): Promise<void> {
  const child = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      GIT_PROJECT_ROOT: dirname(remote),
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: `/${basename(remote)}${path}`,
      QUERY_STRING: query,
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      HTTP_GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      // Whoever is named may push.
      REMOTE_USER: user,
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  request.pipe(child.stdin);
  child.stdin.on('error', () => undefined);
  const chunks: Buffer[] = [];
  for await (const chunk of child.stdout) chunks.push(chunk as Buffer);
  const output = Buffer.concat(chunks);
  if (answer !== undefined) {
    answer();
    return;
  }
  const end = output.indexOf('\r\n\r\n');
  const headers = output
    .subarray(0, end)
    .toString()
    .split('\r\n')
    .map((line) => /^([^:]+): (.*)$/.exec(line) ?? ['', '', '']);
  for (const [, name = '', value = ''] of headers)
    if (name.toLowerCase() === 'status') response.statusCode = Number.parseInt(value, 10);
    else response.setHeader(name, value);
  response.end(output.subarray(end + 4));
}
