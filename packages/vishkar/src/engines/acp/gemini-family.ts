/** What Gemini CLI and Qwen Code, which grew out of it, have in common: how they are started, and what they tell and send. */
import type { AcpProfile } from './acp-profile.js';

export const geminiFamily = {
  args: ['--acp'],
  // They start in a mode that asks.
  sessionMode: 'yolo',
  quirks: {
    // Told call by call or in a field of their own, and not where the protocol has it.
    reportsUsage: false,
    usageCoversTurn: false,
    exitsOnInputEnd: true,
  },
} satisfies Partial<AcpProfile>;

/** The settings in the home of either: nothing goes anywhere but to the model. */
export function quietSettings(folder: '.gemini' | '.qwen', settings: Readonly<Record<string, object>>) {
  const quiet = { privacy: { usageStatisticsEnabled: false }, telemetry: { enabled: false } };
  return [{ path: `${folder}/settings.json`, content: JSON.stringify({ ...settings, ...quiet }) }];
}
