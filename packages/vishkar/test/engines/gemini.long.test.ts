/** The real Gemini CLI, on Gemini's wire. */
import { geminiProfile } from '../../src/engines/acp/gemini-profile.js';
import { geminiTools } from './engine-tools.js';
import { describeRealEngine } from './real-engine-contract.js';

describeRealEngine({ profile: geminiProfile, provider: 'google', tools: geminiTools, resumesAtOnce: false });
