/** The embedded service of the stories' benchmark, in a process of its own that says what it uses when it is asked. */
import { startDevServer } from '@vishkar/temporal-embedded';
import { answerUsage } from './process-usage.mjs';

const [dbFilename] = process.argv.slice(2);
const server = await startDevServer({ port: 0, dbFilename });
answerUsage(() => server.close());
process.send({ ready: server.address });
