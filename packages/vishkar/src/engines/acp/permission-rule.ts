/** What a project writes about an agent's questions for permission: the rules between what is always refused and the usual answer. */
import { z } from 'zod';

/** Kinds of tools, as the Agent Client Protocol names them. */
const TOOL_KINDS = [
  'read',
  'edit',
  'delete',
  'move',
  'search',
  'execute',
  'think',
  'fetch',
  'switch_mode',
  'other',
] as const;

export const permissionRuleSchema = z.strictObject({
  decision: z.enum(['allow', 'deny']),
  /** Default: all. */
  kinds: z.array(z.enum(TOOL_KINDS)).min(1).optional(),
  /** Absolute, or below the worktree. `allow` needs all paths of a question in it, `deny` one. Default: wherever. */
  folder: z.string().min(1).optional(),
});
export type PermissionRule = z.output<typeof permissionRuleSchema>;
