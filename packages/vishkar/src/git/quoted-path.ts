/**
 * Paths as git prints them: plain, or in double quotes with C escapes when they hold quotes, backslashes or control
 * characters. Octal escapes are bytes of UTF-8, so they are collected before decoding.
 */
const ESCAPES: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13, '"': 34, '\\': 92 };

/** The path behind git's quoting; a path that is not quoted is returned as it is. */
export function unquotePath(printed: string): string {
  if (!printed.startsWith('"') || !printed.endsWith('"') || printed.length < 2) return printed;
  const parts: Buffer[] = [];
  for (const [token, octal, letter] of printed.slice(1, -1).matchAll(/\\([0-7]{3})|\\(.)|[^\\]+/gs)) {
    if (octal !== undefined) parts.push(Buffer.from([Number.parseInt(octal, 8)]));
    else if (letter !== undefined) parts.push(Buffer.from([ESCAPES[letter] ?? letter.charCodeAt(0)]));
    else parts.push(Buffer.from(token, 'utf8'));
  }
  return Buffer.concat(parts).toString('utf8');
}
