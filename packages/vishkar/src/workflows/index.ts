/** The workflow bundle's entry: exports under the names on the wire (see domain/wire-names.ts). */
export { storyWorkflow as SDLCWorkflow } from './story-workflow.js';
export { accountWorkflow as AccountBudget } from './account-workflow.js';
