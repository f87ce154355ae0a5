/** Aider on this host. */
import type { InstallableEngine } from '../engine-program.js';

/** The version that the flags of `aiderArguments` were checked with. */
const CHECKED_VERSION = '0.86.2';

export const aiderProgram: InstallableEngine = {
  name: 'aider',
  title: 'Aider',
  program: {
    variable: 'AIDER_BIN',
    command: 'aider',
    install: `python3 -m venv ~/.aider-venv && ~/.aider-venv/bin/pip install aider-chat==${CHECKED_VERSION}`,
    versionArgs: ['--version'],
  },
};
