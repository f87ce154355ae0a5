/**
 * The public surface of `@vishkar/temporal-embedded`: a Temporal service in this process, for official SDKs to talk to.
 */
export { startDevServer } from './dev-server.js';
export type { DevServer } from './dev-server.js';
export type { DevServerOptions, HttpApiListenOptions, TlsOptions } from './dev-server-options.js';
export { Faults, InjectedFaultError } from './faults/faults.js';
export type { AddedFault, CommitPoint, Fault } from './faults/faults.js';
export type { Authorizer, CallToAuthorize } from './frontend/access-control.js';
export { DynamicConfigError } from './dynamic-config.js';
export { AddressInUseError, UnsafeAddressError } from './dev-server-errors.js';
export {
  CorruptDatabaseError,
  DatabaseFileError,
  DatabaseInUseError,
  ForeignDatabaseError,
  NewerDatabaseError,
} from './persistence/database-errors.js';
export { SEARCH_ATTRIBUTE_TYPES } from './namespaces/search-attribute-type.js';
export type { SearchAttributeTypeName } from './namespaces/search-attribute-type.js';
export { createStreamLogger } from './stream-logger.js';
export type { LogFormat, LogLevel, StreamLoggerOptions } from './stream-logger.js';
export type { Logger } from './logger.js';
export type { SkippingClock } from './clock/skipping-clock.js';
