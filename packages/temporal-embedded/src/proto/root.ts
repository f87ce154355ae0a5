/**
 * The one door to the protobuf reflection root that @temporalio/proto ships.
 * Everything else imports message codecs from here, so that the untyped edges of the generated
 * root (its static types describe classes, its run time is a lazy reflection tree) stay in this file.
 */
import protoRoot from '@temporalio/proto';
import type { temporal as temporalTypes, google as googleTypes } from '@temporalio/proto';
import type { Root } from 'protobufjs';

/** Types of every Temporal API message; use as `temporal.api.history.v1.IHistoryEvent`. */
export type { temporal, google } from '@temporalio/proto';

/** The reflection root: service descriptors, http annotations, lookups by full name. */
export const reflectionRoot = protoRoot as unknown as Root;

/** `temporal.*` message classes and enums, as values. */
export const temporalProto = (protoRoot as unknown as { temporal: typeof temporalTypes }).temporal;

/** `google.*` message classes, as values. */
export const googleProto = (protoRoot as unknown as { google: typeof googleTypes }).google;
