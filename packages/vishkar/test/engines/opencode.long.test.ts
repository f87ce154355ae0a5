/** The real OpenCode, on OpenAI's chat wire and on Anthropic's. */
import { opencodeProfile } from '../../src/engines/acp/opencode-profile.js';
import { opencodeTools } from './engine-tools.js';
import { describeRealEngine } from './real-engine-contract.js';

describeRealEngine({
  profile: opencodeProfile,
  provider: 'openai',
  editsOn: 'anthropic',
  tools: opencodeTools,
  resumesAtOnce: true,
});
