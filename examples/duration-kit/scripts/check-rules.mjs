// Checks the rules of AGENTS.md that a program can check, and prints every place that breaks one.
import { readdirSync, readFileSync } from 'node:fs';

const RULES = [
  { name: 'a source file starts with a comment that says what it is', breaks: (text) => !text.startsWith('/**') },
  { name: 'no default exports', breaks: (text) => /^export default/m.test(text) },
  { name: 'the library prints nothing', breaks: (text) => /\bconsole\./.test(text) },
  { name: 'no runtime dependencies', breaks: (text) => /\bfrom '(?!\.{1,2}\/)/.test(text) },
];

const source = new URL('../src/', import.meta.url);
const broken = readdirSync(source, { recursive: true })
  .filter((file) => file.endsWith('.ts'))
  .flatMap((file) => {
    const text = readFileSync(new URL(file, source), 'utf8');
    return RULES.filter((rule) => rule.breaks(text)).map((rule) => `src/${file}: ${rule.name}`);
  });

for (const line of broken) process.stderr.write(`${line}\n`);
process.exitCode = broken.length === 0 ? 0 : 1;
