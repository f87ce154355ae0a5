/**
 * GetSystemInfo: what SDKs ask first, to know which features they may use.
 * Rule: a capability is true only when it works here; SDKs change their behaviour by these flags.
 */
import type { temporal } from '../../proto/root.js';
import type { RpcHandler } from '../rpc-handler.js';
import { COMPATIBLE_SERVER_VERSION } from '../server-version.js';

type Request = temporal.api.workflowservice.v1.IGetSystemInfoRequest;
type Response = temporal.api.workflowservice.v1.IGetSystemInfoResponse;

const RESPONSE: Response = {
  serverVersion: COMPATIBLE_SERVER_VERSION,
  capabilities: {
    signalAndQueryHeader: true,
    internalErrorDifferentiation: true,
    activityFailureIncludeHeartbeat: true,
    encodedFailureAttributes: true,
    upsertMemo: true,
    eagerWorkflowStart: true,
    sdkMetadata: true,
    countGroupByExecutionStatus: true,
    // Workers may say their build id, and get it recorded; rules by build id (deprecated) there are none.
    buildIdBasedVersioning: true,
    supportsSchedules: true,
    nexus: true,
  },
};

export const getSystemInfo: RpcHandler<Request, Response> = () => RESPONSE;
