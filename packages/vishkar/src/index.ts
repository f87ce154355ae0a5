/**
 * The public surface of `vishkar`: what the CLI is made of, for programs that drive stories themselves.
 *
 * @example
 * const project = await openProject('.');
 * const access = await accessTemporal(project);
 * const worker = await startStoryWorker(access, await createStoryTools(project));
 * const client = await StoryClient.connect(access);
 * await client.start('DEMO-1', project.name, project.config.story);
 * for await (const status of followStory(client, 'DEMO-1', AbortSignal.timeout(60_000))) console.log(status.step.title);
 */
export { openProject } from './config/project.js';
export type { Project, StateFolders } from './config/project.js';
export { accessTemporal } from './service/temporal-access.js';
export type { TemporalAccess } from './service/temporal-access.js';
export { createStoryTools } from './composition/create-story-tools.js';
export type { StoryTools } from './activities/story-tools.js';
export { startStoryWorker } from './worker/story-worker.js';
export type { StoryWorker } from './worker/story-worker.js';
export { StoryClient } from './client/story-client.js';
export type { StoryListEntry } from './client/story-client.js';
export { followStory } from './client/follow-story.js';
export type { StoryStatusView, FindingsView } from './workflows/story-messages.js';
export type { Evidence } from './domain/evidence.js';
export { VishkarError } from './errors.js';
export { receiptFault } from './domain/receipt.js';
export type { Receipt } from './domain/receipt.js';
export { STEPS } from './domain/step.js';
export type { StepDefinition, StepId } from './domain/step.js';
export { ACTIVITY_TYPES, WORKFLOW_TYPE } from './domain/wire-names.js';
