/**
 * A versioning override: which version of workers a run goes to, whatever its workflow says. It is the boundary between the
 * three ways in which requests have come to say it and the one in which it is kept, written to histories and shown.
 */
import { InvalidArgumentError } from '../errors.js';
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';
import type { TaskVersioning } from './ports.js';

type Override = temporal.api.workflow.v1.IVersioningOverride;
type Version = temporal.api.deployment.v1.IWorkerDeploymentVersion;

const { VersioningBehavior } = temporalProto.api.enums.v1;
const { PINNED_OVERRIDE_BEHAVIOR_PINNED, PINNED_OVERRIDE_BEHAVIOR_UNSPECIFIED } =
  temporalProto.api.workflow.v1.VersioningOverride.PinnedOverrideBehavior;
const PINNED = VersioningBehavior.VERSIONING_BEHAVIOR_PINNED;
const AUTO_UPGRADE = VersioningBehavior.VERSIONING_BEHAVIOR_AUTO_UPGRADE;

/** `deployment.build` as a message. */
export function versionMessage(text: string): Version {
  const at = text.indexOf('.');
  return { deploymentName: text.slice(0, at), buildId: text.slice(at + 1) };
}

export const versionTextOf = (version: Version | null | undefined): string =>
  version ? `${version.deploymentName ?? ''}.${version.buildId ?? ''}` : '';

/** Throws InvalidArgumentError for one that does not say what it means; none is fine. */
export function requireOverride(override: Override | null | undefined): void {
  if (!override || override.autoUpgrade) return;
  const { pinned } = override;
  if (pinned) {
    if (!pinned.version) throw new InvalidArgumentError('must provide version if override is pinned.');
    if ((pinned.behavior ?? 0) === PINNED_OVERRIDE_BEHAVIOR_UNSPECIFIED) {
      throw new InvalidArgumentError('must specify pinned override behavior if override is pinned.');
    }
    return;
  }
  requireOlderOverride(override);
}

/** As clients said it before there was `override`. */
function requireOlderOverride({ behavior, deployment, pinnedVersion }: Override): void {
  switch (behavior ?? 0) {
    case PINNED:
      if (deployment) {
        if (!deployment.seriesName) throw new InvalidArgumentError('deployment name cannot be empty');
        if (!deployment.buildId) throw new InvalidArgumentError('deployment build ID cannot be empty');
      } else if (!pinnedVersion) {
        throw new InvalidArgumentError(
          "must provide deployment (deprecated) or pinned version if behavior is 'PINNED'",
        );
      } else if (!/^[^.:]+[.:].+$/s.test(pinnedVersion)) {
        throw new InvalidArgumentError(
          `invalid version string ${JSON.stringify(pinnedVersion)}, expected format is "<deployment_name>.<build_id>"`,
        );
      }
      return;
    case AUTO_UPGRADE:
      if (deployment) throw new InvalidArgumentError("only provide deployment if behavior is 'PINNED'");
      if (pinnedVersion) throw new InvalidArgumentError("only provide pinned version if behavior is 'PINNED'");
      return;
    case VersioningBehavior.VERSIONING_BEHAVIOR_UNSPECIFIED:
      throw new InvalidArgumentError('override behavior is required');
    default:
      throw new InvalidArgumentError(`override behavior ${behavior} not recognized`);
  }
}

/** Of one that is valid. */
export function readOverride(override: Override | null | undefined): TaskVersioning | undefined {
  if (!override) return undefined;
  if (override.autoUpgrade || override.behavior === AUTO_UPGRADE) return { isPinned: false, version: '' };
  const { pinned, deployment, pinnedVersion } = override;
  if (pinned) return { isPinned: true, version: versionTextOf(pinned.version) };
  if (deployment) return { isPinned: true, version: `${deployment.seriesName ?? ''}.${deployment.buildId ?? ''}` };
  return { isPinned: true, version: (pinnedVersion ?? '').replace(/^([^.:]*)[.:]/, '$1.') };
}

/** As it stands in histories. */
export function overrideMessage(override: TaskVersioning | undefined): Override | null {
  if (!override) return null;
  if (!override.isPinned) return { autoUpgrade: true };
  return { pinned: { behavior: PINNED_OVERRIDE_BEHAVIOR_PINNED, version: versionMessage(override.version) } };
}

/** As a description shows it, for older clients as well. */
export function describeOverride(override: TaskVersioning): Override {
  return override.isPinned
    ? { ...overrideMessage(override), behavior: PINNED, pinnedVersion: override.version }
    : { ...overrideMessage(override), behavior: AUTO_UPGRADE };
}
