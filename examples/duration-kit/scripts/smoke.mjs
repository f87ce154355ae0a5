// Starts the built command once, as a user would. Needs `npm run build` first.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const command = fileURLToPath(new URL('../bin/duration.mjs', import.meta.url));
const printed = execFileSync(process.execPath, [command, 'parse', '90m'], { encoding: 'utf8' }).trim();
if (printed !== '1h 30m') throw new Error(`expected "1h 30m", the command printed "${printed}"`);
process.stdout.write('duration parse 90m: 1h 30m\n');
