/** The real Codex, on OpenAI's responses wire. */
import { codexProfile } from '../../src/engines/acp/codex-profile.js';
import { codexTools } from './engine-tools.js';
import { describeRealEngine } from './real-engine-contract.js';

describeRealEngine({ profile: codexProfile, provider: 'openai', tools: codexTools, resumesAtOnce: true });
