/** How each engine's own tools are called, for scripts of what a model says: names and arguments as that engine offers them. */
import { join } from 'node:path';
import type { ToolCall } from '@vishkar/testkit';

export interface EngineTools {
  write(file: string, content: string): ToolCall;
  shell(command: string): ToolCall;
}

/** Paths are relative to the worktree; engines that want them absolute get them so. */
export type EngineToolsOf = (worktree: string) => EngineTools;

/** Codex edits with a patch that its shell tool takes as a here-document. */
export const codexTools: EngineToolsOf = () => ({
  write: (file, content) => {
    const lines = content.replace(/\n$/, '').split('\n');
    const patch = ['*** Begin Patch', `*** Add File: ${file}`, ...lines.map((line) => `+${line}`), '*** End Patch'];
    return { tool: 'exec_command', arguments: { cmd: `apply_patch <<'EOF'\n${patch.join('\n')}\nEOF` } };
  },
  shell: (cmd) => ({ tool: 'exec_command', arguments: { cmd } }),
});

export const opencodeTools: EngineToolsOf = (worktree) => ({
  write: (file, content) => ({ tool: 'write', arguments: { filePath: join(worktree, file), content } }),
  shell: (command) => ({ tool: 'bash', arguments: { command, description: 'run it' } }),
});

export const qwenTools: EngineToolsOf = (worktree) => ({
  write: (file, content) => ({ tool: 'write_file', arguments: { file_path: join(worktree, file), content } }),
  shell: (command) => ({ tool: 'run_shell_command', arguments: { command, is_background: false } }),
});

export const geminiTools: EngineToolsOf = (worktree) => ({
  write: (file, content) => ({ tool: 'write_file', arguments: { file_path: join(worktree, file), content } }),
  shell: (command) => ({ tool: 'run_shell_command', arguments: { command } }),
});
