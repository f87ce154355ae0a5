/** Full names of the gRPC services, as clients and descriptors know them. */
export const WORKFLOW_SERVICE = 'temporal.api.workflowservice.v1.WorkflowService';
export const OPERATOR_SERVICE = 'temporal.api.operatorservice.v1.OperatorService';
export const TEST_SERVICE = 'temporal.api.testservice.v1.TestService';
export const HEALTH = 'grpc.health.v1.Health';
