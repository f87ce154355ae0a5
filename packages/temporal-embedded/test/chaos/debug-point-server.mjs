/**
 * The service of the built package, which kills itself at a named point around a commit:
 *
 *   node debug-point-server.mjs FILE PORT POINT N   at `before-commit` or `after-commit`, when it passes it the N-th time
 *   node debug-point-server.mjs FILE PORT           never
 *
 * It counts from the moment at which it serves, so that every process gets some work done before it dies.
 */
import { startDevServer } from '../../dist/dev-server.js';

const [dbFilename, port, killPoint, killAt] = process.argv.slice(2);
let isServing = false;
let passed = 0;

const server = await startDevServer({
  dbFilename,
  port: Number(port),
  onDebugPoint: (point) => {
    if (isServing && point === killPoint && ++passed === Number(killAt)) process.kill(process.pid, 'SIGKILL');
  },
});
isServing = true;
console.log(`Temporal Server: ${server.address}`);
process.on('SIGTERM', () => void server.close().then(() => process.exit(0)));
