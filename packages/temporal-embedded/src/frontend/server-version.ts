/**
 * The version that the service reports: the official server release whose behaviour it follows.
 * Clients compare it with features they need, so it names that release and not our package version.
 */
export const COMPATIBLE_SERVER_VERSION = '1.29.1';
