/** The agents that speak ACP and are known by name, in the order in which they are listed. */
import type { AcpProfile } from './acp-profile.js';
import type { AcpEngineName } from '../engine-config.js';
import { claudeProfile } from './claude-profile.js';
import { codexProfile } from './codex-profile.js';
import { geminiProfile } from './gemini-profile.js';
import { gooseProfile } from './goose-profile.js';
import { opencodeProfile } from './opencode-profile.js';
import { openhandsProfile } from './openhands-profile.js';
import { qwenProfile } from './qwen-profile.js';

export const acpProfiles: Readonly<Record<AcpEngineName, AcpProfile>> = {
  goose: gooseProfile,
  codex: codexProfile,
  opencode: opencodeProfile,
  qwen: qwenProfile,
  gemini: geminiProfile,
  claude: claudeProfile,
  openhands: openhandsProfile,
};
