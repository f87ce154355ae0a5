/**
 * Looks for planted secrets in whatever a story leaves: each as it is, as a part of base64 (at any of its three offsets), encoded
 * for a URL, escaped for JSON, and each line of a key by itself. What is found is told by name, never by value.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Secrets by what they are. */
export type Planted = Readonly<Record<string, string>>;

export interface Trace {
  readonly where: string;
  readonly text: string;
}

/** Shorter pieces stand in ordinary text. */
const MINIMUM_PIECE = 10;

/** All texts in which the secret would be known again. */
export function formsOf(secret: string): readonly string[] {
  const lines = secret.split('\n').filter((line) => line.length >= MINIMUM_PIECE && !line.startsWith('-----'));
  return [...new Set(lines.flatMap((line) => [line, encodeURIComponent(line), ...base64Forms(line)]))];
}

/** What base64 makes of it inside a longer text: the characters that depend on it alone. */
function base64Forms(secret: string): readonly string[] {
  return [0, 1, 2].map((offset) => {
    const encoded = Buffer.from('x'.repeat(offset) + secret)
      .toString('base64')
      .replace(/=+$/, '');
    const start = [0, 2, 3][offset] ?? 0;
    // Its last character may hold bits of what follows.
    return encoded.slice(start, -1);
  });
}

/** `<secret> in <where>` for each secret that a trace shows. */
export function findPlanted(planted: Planted, traces: Iterable<Trace>): readonly string[] {
  const forms = Object.entries(planted).map(([name, secret]) => [name, formsOf(secret)] as const);
  const found = new Set<string>();
  for (const { where, text } of traces)
    for (const [name, texts] of forms) if (texts.some((form) => text.includes(form))) found.add(`${name} in ${where}`);
  return [...found];
}

/** Every file below a folder byte by byte, but those whose path matches `except`. */
export function* filesBelow(folder: string, except = /$^/): Generator<Trace> {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !except.test(path)) yield { where: path, text: readFileSync(path, 'latin1') };
  }
}

/** Every object of a repository, unpacked: commits with their messages, trees, files of any time. */
export function gitObjects(repository: string): Trace {
  const text = execFileSync('git', ['cat-file', '--batch-all-objects', '--batch', '--buffer'], {
    cwd: repository,
    encoding: 'latin1',
    maxBuffer: 256 * 1024 * 1024,
  });
  return { where: `objects of ${repository}`, text };
}
