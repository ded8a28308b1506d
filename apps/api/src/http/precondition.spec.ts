import { hashPassword } from '@jejak/runtime';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import pino from 'pino';
import { ImportCity, PROGRAMME } from '../../../../test/support/import-city';
import { createApp } from '../create-app';

describe('the plan of a budget line', () => {
  let city: ImportCity;
  let app: NestFastifyApplication;
  let authorization: string;

  beforeAll(async () => {
    city = await ImportCity.open();
    const passwordHash = await hashPassword('kata-sandi-uji');
    await city.jejak.credentials.save({ subject: 'p-office', login: 'office', passwordHash });
    app = await createApp(city.jejak, pino({ level: 'silent' }));
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    const payload = { login: 'office', password: 'kata-sandi-uji' };
    const session = await app.inject({ method: 'POST', url: '/v1/session', payload });
    authorization = `Bearer ${session.json<{ accessToken: string }>().accessToken}`;
    const line = {
      ...{ line: 'L-1', title: 'Belanja', agency: 'dinkes', year: 2023, ceiling: 1_000, actions: [] },
      ...{ hierarchy: '2.16.2.20.2.21.01.0000', effectiveOn: '2023-01-01' },
    };
    expect((await post('', 'line', line)).statusCode).toBe(201);
  });
  afterAll(async () => {
    await app.close();
    await city.close();
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
