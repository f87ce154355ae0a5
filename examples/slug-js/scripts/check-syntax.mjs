// Lets Node parse every source file, without running any.
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';

for (const folder of ['src', 'test']) {
  for (const file of readdirSync(folder, { recursive: true })) {
    if (file.endsWith('.js')) execFileSync(process.execPath, ['--check', `${folder}/${file}`], { stdio: 'inherit' });
  }
}
