/**
 * The search attributes by which lists find the workflows of a version: `BuildIds` (every build that has had the run, and
 * first whether it is unversioned or pinned), and deployment, version and behavior as they are now.
 */
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';
import { limits } from './limits.js';
import type { MutableState } from './mutable-state.js';
import { versionMessage } from './versioning-override.js';

type Payload = temporal.api.common.v1.IPayload;

const { SearchAttributes } = temporalProto.api.common.v1;
const { VersioningBehavior } = temporalProto.api.enums.v1;
const UNVERSIONED = 'unversioned';
const BEHAVIORS: Readonly<Record<number, string>> = {
  [VersioningBehavior.VERSIONING_BEHAVIOR_PINNED]: 'Pinned',
  [VersioningBehavior.VERSIONING_BEHAVIOR_AUTO_UPGRADE]: 'AutoUpgrade',
};

/** What the attributes are made of: a run's version as it counts for lists, its transition left out. */
export interface ListedVersion {
  readonly deploymentName: string;
  /** `deployment.build`; '': none. */
  readonly version: string;
  /** `VersioningBehavior`. */
  readonly behavior: number;
}

/** Returns whether that changed anything. `stamp` is of the worker that has just completed a task. */
export function noteListedVersion(
  state: MutableState,
  { deploymentName, version, behavior }: ListedVersion,
  stamp: temporal.api.common.v1.IWorkerVersionStamp | null | undefined,
): boolean {
  const fields = { ...SearchAttributes.decode(state.searchAttributes).indexedFields };
  const { deploymentName: name = '', buildId = '' } = version === '' ? {} : versionMessage(version);
  const listed = version === '' ? '' : `${name}:${buildId}`;
  const known = read(fields['BuildIds']);
  const builds = buildIds(Array.isArray(known) ? (known as string[]) : [], listed, behavior, stamp);
  const isSame = isSameList(known ?? [], builds);
  const deployment = [deploymentName, listed, BEHAVIORS[behavior] ?? ''];
  const isSameDeployment = DEPLOYMENT_FIELDS.every((field, index) => (read(fields[field]) ?? '') === deployment[index]);
  if (isSame && isSameDeployment) return false;
  if (!isSame) fields['BuildIds'] = payload('KeywordList', builds.length > 0 ? withinLimit(builds) : null);
  if (!isSameDeployment) {
    // All three, also those that are empty.
    DEPLOYMENT_FIELDS.forEach((field, index) => (fields[field] = payload('Keyword', deployment[index])));
  }
  state.searchAttributes = SearchAttributes.encode({ indexedFields: fields }).finish();
  return true;
}

const DEPLOYMENT_FIELDS = [
  'TemporalWorkerDeployment',
  'TemporalWorkerDeploymentVersion',
  'TemporalWorkflowVersioningBehavior',
] as const;

function buildIds(
  known: readonly string[],
  listed: string,
  behavior: number,
  stamp: temporal.api.common.v1.IWorkerVersionStamp | null | undefined,
): string[] {
  const first: string[] = [];
  if (!stamp?.useVersioning && behavior === 0) first.push(UNVERSIONED);
  if (behavior === VersioningBehavior.VERSIONING_BEHAVIOR_PINNED) first.push(`pinned:${listed}`);
  const build = stamp ? stampText(stamp) : '';
  const rest = known.filter((each) => each !== UNVERSIONED && !/^(assigned|pinned):/.test(each));
  return [...first, ...rest, ...(build === '' || known.includes(build) ? [] : [build])];
}

function stampText({ buildId, useVersioning }: temporal.api.common.v1.IWorkerVersionStamp): string {
  if (!buildId) return UNVERSIONED;
  return `${useVersioning ? 'versioned' : UNVERSIONED}:${buildId}`;
}

/** The oldest builds go; whether the run is unversioned stays. */
function withinLimit(builds: readonly string[]): string[] {
  const kept = [...builds];
  const isLarge = () => JSON.stringify(kept).length > limits.searchAttributeValueBytes;
  while (kept.length > 0 && isLarge()) kept.splice(kept[0] === UNVERSIONED && kept.length > 1 ? 1 : 0, 1);
  return kept;
}

const isSameList = (a: unknown, b: readonly string[]): boolean =>
  Array.isArray(a) && a.length === b.length && a.every((each, index) => each === b[index]);

const read = (field: Payload | undefined): unknown =>
  field?.data && field.data.length > 0 ? JSON.parse(Buffer.from(field.data).toString('utf8')) : undefined;

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

function payload(type: string, value: unknown): Payload {
  return {
    metadata: { encoding: encode('json/plain'), type: encode(type) },
    data: encode(JSON.stringify(value)),
  };
}
