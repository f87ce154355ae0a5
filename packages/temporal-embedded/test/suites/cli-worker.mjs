/** The worker behind the CLI suite: `node cli-worker.mjs HOST:PORT UNIT`; says "ready", ends on SIGTERM. */
import { fileURLToPath } from 'node:url';
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';

const [address, unit] = process.argv.slice(2);

Runtime.install({ telemetryOptions: { logging: { filter: 'ERROR', forward: {} } } });
const connection = await NativeConnection.connect({ address });
const worker = await Worker.create({
  connection,
  taskQueue: 'cli',
  workflowsPath: fileURLToPath(new URL('cli-workflows.mjs', import.meta.url)),
  activities: {
    fail: () => Promise.reject(new Error('failing on purpose')),
  },
  ...(unit === 'worker' && {
    workerDeploymentOptions: {
      version: { deploymentName: 'shop', buildId: '1.0' },
      useWorkerVersioning: true,
      defaultVersioningBehavior: 'PINNED',
    },
  }),
});
const stop = () => worker.shutdown();
process.on('SIGTERM', stop);
console.log('ready');
await worker.run();
await connection.close();
