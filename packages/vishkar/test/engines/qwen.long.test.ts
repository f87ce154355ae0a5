/** The real Qwen Code, on OpenAI's chat wire and on Anthropic's. */
import { qwenProfile } from '../../src/engines/acp/qwen-profile.js';
import { qwenTools } from './engine-tools.js';
import { describeRealEngine } from './real-engine-contract.js';

describeRealEngine({
  profile: qwenProfile,
  provider: 'openai',
  editsOn: 'anthropic',
  tools: qwenTools,
  resumesAtOnce: true,
});
