/**
 * Names of worker deployment versions. A version is a deployment's name and a build id; older clients write both as one
 * string, `deployment.build`, and `__unversioned__` for workers without a version.
 */
import { InvalidArgumentError } from '../errors.js';
import { limits } from '../history/limits.js';
import type { temporal } from '../proto/root.js';

export const UNVERSIONED = '__unversioned__';
/** What the official service needs of an id for a name of its own. */
const RESERVED_LENGTH = 41;

export interface VersionName {
  readonly deploymentName: string;
  readonly buildId: string;
}

/** The one string: `__unversioned__` for undefined. */
export const versionText = (version: VersionName | null | undefined): string =>
  version ? `${version.deploymentName}.${version.buildId}` : UNVERSIONED;

/** As the newer fields of the API name it; null: unversioned. */
export const versionToProto = (
  version: VersionName | null | undefined,
): temporal.api.deployment.v1.IWorkerDeploymentVersion | null =>
  version ? { deploymentName: version.deploymentName, buildId: version.buildId } : null;

export const versionFromProto = (version: temporal.api.deployment.v1.IWorkerDeploymentVersion): VersionName => ({
  deploymentName: version.deploymentName ?? '',
  buildId: version.buildId ?? '',
});

/** Undefined when the text is none: the delimiter or a part of it is missing. */
export function tryParseVersion(text: string): VersionName | undefined {
  const [, deploymentName = '', buildId = ''] = /^([^.:]*)[.:](.*)$/s.exec(text) ?? [];
  return deploymentName === '' || buildId === '' ? undefined : { deploymentName, buildId };
}

/** Throws InvalidArgumentError unless it may name a deployment. */
export function requireDeploymentName(name: string | null | undefined): string {
  const text = requirePart(name, 'WorkerDeploymentName');
  for (const delimiter of ['.', ':']) {
    if (text.includes(delimiter)) {
      throw new InvalidArgumentError(`worker deployment name cannot contain '${delimiter}'`);
    }
  }
  return requireNotReserved(text, 'WorkerDeploymentName');
}

export const requireBuildId = (buildId: string | null | undefined): string =>
  requireNotReserved(requirePart(buildId, 'BuildID'), 'BuildID');

function requirePart(value: string | null | undefined, field: string): string {
  if (!value) throw new InvalidArgumentError(`${field} cannot be empty`);
  if (value.length > (limits.idLength - RESERVED_LENGTH) / 2) {
    throw new InvalidArgumentError(`size of ${field} larger than the maximum allowed`);
  }
  return value;
}

function requireNotReserved(value: string, field: string): string {
  if (value.startsWith('__')) throw new InvalidArgumentError(`${field} cannot start with '__'`);
  return value;
}
