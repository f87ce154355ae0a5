/** Workflows that wait for a signal between two activities; a worker's version shows in what its activities answer. */
import { condition, defineSignal, proxyActivities, setHandler, setWorkflowOptions } from '@temporalio/workflow';

export interface VersionActivities {
  readonly version: () => Promise<string>;
}

export const goOn = defineSignal('goOn');
const { version } = proxyActivities<VersionActivities>({ startToCloseTimeout: '10 seconds' });

async function twoVersions(): Promise<string[]> {
  let mayGoOn = false;
  setHandler(goOn, () => {
    mayGoOn = true;
  });
  const before = await version();
  await condition(() => mayGoOn);
  return [before, await version()];
}

export async function pinned(): Promise<string[]> {
  return twoVersions();
}
setWorkflowOptions({ versioningBehavior: 'PINNED' }, pinned);

export async function autoUpgrade(): Promise<string[]> {
  return twoVersions();
}
setWorkflowOptions({ versioningBehavior: 'AUTO_UPGRADE' }, autoUpgrade);
