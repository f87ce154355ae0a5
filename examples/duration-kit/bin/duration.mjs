#!/usr/bin/env node
import { runCommand } from '../dist/index.js';

const { exitCode, text } = runCommand(process.argv.slice(2));
(exitCode === 0 ? process.stdout : process.stderr).write(`${text}\n`);
process.exitCode = exitCode;
