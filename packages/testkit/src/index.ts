/**
 * What the tests of all packages share: waiting, temporary folders, child processes, free ports, and needs
 * that a machine may lack. Private: it is never published, and no shipped source imports it.
 */
export { waitUntil, WaitTimeoutError } from './wait-until.js';
export type { WaitUntilOptions } from './wait-until.js';
export { createTemporaryFolder, temporaryFolder } from './temporary-folder.js';
export type { TemporaryFolder } from './temporary-folder.js';
export { isProcessAlive } from './process-alive.js';
export { chosenSeed, SeededRandom } from './seeded-random.js';
export { freePort } from './free-port.js';
export { startChild, StartedChild } from './child-process.js';
export type { ChildExit, StartChildOptions } from './child-process.js';
export {
  longForm,
  aider,
  bubblewrap,
  cargo,
  cargoCoverage,
  chromium,
  describeNeeds,
  findProgram,
  goose,
  goToolchain,
  gradle,
  itNeeds,
  maven,
  missing,
  need,
  pytest,
  pytestCoverage,
  skippedTitle,
  temporalDevServer,
} from './needs.js';
export type { Found, Need, Needs } from './needs.js';
export { ScriptedModelServer } from './scripted-model/scripted-model-server.js';
export type { LoggedRequest } from './scripted-model/scripted-model-server.js';
export type { Fault, Scenario, ScriptedReply, ScriptedTurn, ToolCall } from './scripted-model/scenario.js';
export { searchReplace, wholeFile } from './scripted-model/aider-edits.js';
export { gooseTools, readRecordedRounds, scriptedStory } from './scripted-model/scripted-story.js';
export type { StoryEdit, StoryRound, ToolDialect } from './scripted-model/scripted-story.js';
export { startFakeAcpAgent } from './fake-acp-agent.js';
export type { FakeAcpAgent, FakeAcpAgentOptions, FakeTurn, FakeTurnEnd } from './fake-acp-agent.js';
