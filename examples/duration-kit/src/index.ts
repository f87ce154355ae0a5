/** Everything that users of the library may import. */
export { Duration } from './duration.js';
export { DurationSyntaxError } from './errors.js';
export { formatDuration } from './format-duration.js';
export type { FormatOptions } from './format-duration.js';
export { parseDuration } from './parse-duration.js';
export { runCommand } from './run-command.js';
