import { isGrpcServiceError } from '@temporalio/client';
import { beforeAll, describe, expect, it } from 'vitest';
import { SEARCH_ATTRIBUTE_TYPES } from '../../src/namespaces/search-attribute-type.js';
import { uniqueName, useEmbeddedService } from '../support/embedded-service.js';

const { Keyword, Text, Int, Datetime } = SEARCH_ATTRIBUTE_TYPES;

describe('search attributes', () => {
  const service = useEmbeddedService({ searchAttributes: { AtLaunch: Datetime } });
  const operator = () => service.connection.operatorService;
  let namespace: string;

  beforeAll(async () => {
    namespace = uniqueName('attributes');
    await service.connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
    });
  });

  const custom = async (name = namespace) =>
    (await operator().listSearchAttributes({ namespace: name })).customAttributes;

  async function refusal(call: Promise<unknown>): Promise<[number, string]> {
    const error: unknown = await call.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!isGrpcServiceError(error)) throw new Error('the call was not refused', { cause: error });
    return [error.code, error.details];
  }

  it('has those asked for at launch in the default namespace', async () => {
    expect(await custom('default')).toEqual({ AtLaunch: Datetime });
  });

  it('adds and removes them in one namespace; a taken name keeps its type', async () => {
    await operator().addSearchAttributes({ namespace, searchAttributes: { Team: Keyword, Note: Text } });
    await operator().addSearchAttributes({ namespace, searchAttributes: { Team: Int, Size: Int } });
    expect(await custom()).toEqual({ Team: Keyword, Note: Text, Size: Int });
    await operator().removeSearchAttributes({ namespace, searchAttributes: ['Note', 'NeverThere'] });
    expect(await custom()).toEqual({ Team: Keyword, Size: Int });
    expect(await custom('default')).toEqual({ AtLaunch: Datetime });
  });

  it('lists those of the system', async () => {
    const { systemAttributes } = await operator().listSearchAttributes({ namespace });
    expect(Object.keys(systemAttributes)).toHaveLength(29);
    expect(systemAttributes).toMatchObject({ WorkflowId: Keyword, StartTime: Datetime, HistoryLength: Int });
    const { keys } = await service.connection.workflowService.getSearchAttributes({});
    expect(keys).toMatchObject({ WorkflowId: Keyword, AtLaunch: Datetime });
  });

  it('refuses in the words of the official server', async () => {
    const add = (request: object) => refusal(operator().addSearchAttributes({ namespace, ...request }));
    const remove = (request: object) => refusal(operator().removeSearchAttributes({ namespace, ...request }));
    expect(await add({ searchAttributes: { WorkflowId: Keyword } })).toEqual([
      3,
      'Search attribute WorkflowId is reserved by system.',
    ]);
    expect(await add({ searchAttributes: { New: 99 } })).toEqual([3, 'Unknown search attribute type: 99.']);
    expect(await add({})).toEqual([3, 'Search Attributes are not set on request.']);
    expect(await add({ namespace: '', searchAttributes: { New: Int } })).toEqual([
      3,
      'Namespace is not set on request.',
    ]);
    expect(await add({ namespace: 'nowhere', searchAttributes: { New: Int } })).toEqual([
      5,
      'Namespace nowhere is not found.',
    ]);
    expect(await remove({ searchAttributes: ['WorkflowId'] })).toEqual([
      3,
      'Unable to remove non-custom search attributes: WorkflowId.',
    ]);
    expect(await remove({})).toEqual([3, 'Search Attributes are not set on request.']);
  });
});
