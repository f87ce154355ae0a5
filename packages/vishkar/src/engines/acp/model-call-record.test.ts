import { describe, expect, it } from 'vitest';
import type { ModelCall } from '../model-access.js';
import { ModelCallRecord } from './model-call-record.js';

const call = (status: number, usesModel = true): ModelCall => {
  return { method: 'POST', path: '/v1/chat/completions', usesModel, status, milliseconds: 1 };
};

describe('ModelCallRecord', () => {
  it('counts failures of the provider in a row, until a call is answered', () => {
    const record = new ModelCallRecord();
    for (const status of [200, 500, 502, 429]) record.add(call(status));
    expect(record).toMatchObject({ succeeded: 1, failure: { status: 429, times: 3 } });
    record.add(call(200));
    expect(record).toMatchObject({ succeeded: 2, failure: undefined });
  });

  it('takes a refusal of one call for neither', () => {
    const record = new ModelCallRecord();
    for (const status of [400, 404]) record.add(call(status));
    expect(record).toMatchObject({ succeeded: 0, failure: undefined });
  });

  it('takes an answer for a sign of life, and no failure, however often it is repeated', () => {
    const record = new ModelCallRecord();
    expect([200, 500, 401, 404].map((status) => record.add(call(status)))).toEqual([true, false, false, false]);
    expect(record.add(call(200, false))).toBe(true);
  });

  it('leaves out lists of models, and what comes after the turn', () => {
    const record = new ModelCallRecord();
    record.add(call(500, false));
    record.add(call(200));
    record.endTurn();
    record.add(call(403));
    expect(record).toMatchObject({ succeeded: 1, failure: undefined });
  });
});
