import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ApiCity } from '../../../../test/support/api-city';
import { PROGRAMME } from '../../../../test/support/import-city';

describe('the plan of a budget line', () => {
  let opened: ApiCity;
  let app: NestFastifyApplication;
  let authorization: string;

  beforeAll(async () => {
    opened = await ApiCity.open();
    ({ app, authorization } = opened);
    const line = {
      ...{ line: 'L-1', title: 'Belanja', agency: 'dinkes', year: 2023, ceiling: 1_000, actions: [] },
      ...{ hierarchy: '2.16.2.20.2.21.01.0000', effectiveOn: '2023-01-01' },
    };
    expect((await post('', 'line', line)).statusCode).toBe(201);
  });
  afterAll(async () => {
    await opened.close();
  });

  const post = (path: string, key: string, payload: object, headers: object = {}) =>
    app.inject({
      ...{ method: 'POST', url: `/v1/programmes/${PROGRAMME}/budget-lines${path}`, payload },
      headers: { authorization, 'idempotency-key': key, ...headers },
    });
  const plan = async (key: string, cumulative: number, headers: object = {}) => {
    const months = [{ month: '2023-03', cumulative, physical: '10' }];
    const response = await post('/l-1/plan', key, { effectiveOn: '2023-01-01', months }, headers);
    return [response.statusCode, response.json<{ code?: string }>().code];
  };

  it('needs no If-Match the first time, and is replaced only by who has seen it', async () => {
    expect(await plan('first', 100)).toEqual([200, undefined]);
    expect(await plan('second', 200)).toEqual([428, 'precondition-required']);
    expect(await plan('second', 200, { 'if-match': '*' })).toEqual([428, 'precondition-required']);
    expect(await plan('second', 200, { 'if-match': '"r0"' })).toEqual([412, 'revision-mismatch']);
    expect(await plan('second', 200, { 'if-match': '"r1"' })).toEqual([200, undefined]);
    // What was accepted without it is so when it is sent again.
    expect(await plan('first', 100)).toEqual([200, undefined]);
  });
});
