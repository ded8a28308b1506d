import fs from 'node:fs';
import path from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ApiCity } from '../../../../test/support/api-city';
import { type ImportCity, PROGRAMME } from '../../../../test/support/import-city';

/** Errors that stories seldom meet, each brought about for real, or as near to it as one process comes. */
describe('what seldom goes wrong', () => {
  let opened: ApiCity;
  let city: ImportCity;
  let app: NestFastifyApplication;
  let authorization: string;
  const at = `/v1/programmes/${PROGRAMME}`;

  beforeAll(async () => {
    opened = await ApiCity.open();
    ({ city, app, authorization } = opened);
  });
  afterAll(async () => {
    await opened.close();
  });

  let keys = 0;
  const post = (url: string, payload: object | Buffer, headers: object = {}) =>
    app.inject({
      ...{ method: 'POST', url, payload },
      headers: { authorization, 'idempotency-key': `k${String(keys++)}`, ...headers },
    });
  const get = (url: string) => app.inject({ method: 'GET', url, headers: { authorization } });
  const codeOf = (response: Awaited<ReturnType<typeof get>>) => [
    response.statusCode,
    response.json<{ code?: string }>().code,
  ];

  it('contention: others are faster, time and again', async () => {
    const { jejak } = city;
    const append = jejak.log.append.bind(jejak.log);
    let rivals = 0;
    const spy = jest.spyOn(jejak.log, 'append').mockImplementation(async (stream, revision, events, last) => {
      // Another writer of the stream comes first, each time.
      const own = (id: string): string => id.replace(/^.{8}/, String(10_000_000 + rivals));
      const rival = events.map(({ id, meta, ...event }) => ({
        ...event,
        ...{ id: own(id), data: { agency: `r${String(rivals)}`, name: 'Rival', effectiveOn: '2023-01-01' } },
        meta: { ...meta, commandId: own(meta.commandId) },
      }));
      rivals++;
      await append(stream, revision, rival, last);
      return append(stream, revision, events, last);
    });
    try {
      const agency = { agency: 'bappeda', name: 'Bappeda', effectiveOn: '2023-01-01' };
      expect(codeOf(await post(`${at}/agencies`, agency))).toEqual([409, 'contention']);
    } finally {
      spy.mockRestore();
    }
    expect(rivals).toBeGreaterThan(5);
  });

  it('envelope-too-large: a body that passes, and comes to more than an event may', async () => {
    const basis = { title: 't'.repeat(300), source: 's'.repeat(5_000) };
    const establishment = {
      ...{ name: 'Kota Besar', from: '2023-01-01', to: '2023-12-31', timeZone: 'Asia/Jakarta' },
      dimensions: [{ code: 'governance', name: 'Smart Governance' }],
    };
    const legalBasis = Array.from({ length: 50 }, () => basis);
    await city.give('GrantRole', 'access-besar.2023.p-office', { role: 'office' });
    const response = await post('/v1/programmes/besar.2023', { ...establishment, legalBasis });
    expect(codeOf(response)).toEqual([413, 'envelope-too-large']);
  });

  it('not-yet-sealed: a phase that was closed just now', async () => {
    const dates = { period: { from: '2023-01-01', to: '2023-06-30' }, cutOff: '2023-06-12' };
    const phase = { phase: 'I', name: 'Fase I', ...dates, reportDue: '2023-06-20' };
    for (const [url, body] of [
      ['phases', phase],
      ['phases/I/open', {}],
      ['phases/I/close', {}],
    ] as const)
      expect((await post(`${at}/${url}`, body)).statusCode).toBeLessThan(300);
    await city.jejak.project();
    expect(codeOf(await get(`${at}/phases/I/seals/1`))).toEqual([404, 'not-yet-sealed']);
    expect(codeOf(await get(`${at}/phases/I/seals/2`))).toEqual([404, 'not-found']);
  });

  it('evidence-too-large, and evidence that is not what was brought any more', async () => {
    const pdf = { 'content-type': 'application/pdf' };
    const { evidenceBytes } = city.jejak.config;
    const large = await post(`${at}/evidence`, Buffer.alloc(evidenceBytes + 1), pdf);
    expect(codeOf(large)).toEqual([413, 'evidence-too-large']);
    const kept = await post(`${at}/evidence`, Buffer.from('bukti'), pdf);
    const { digest } = kept.json<{ digest: string }>();
    const [file] = fs
      .readdirSync(city.directory, { recursive: true, encoding: 'utf8' })
      .filter((name) => path.basename(name) === digest);
    fs.writeFileSync(path.join(city.directory, file ?? ''), 'lain!');
    // It is found out at the end of the file: the answer breaks off rather than be whole.
    const broken = await get(`${at}/evidence/${digest}`).then(
      ({ payload }) => payload,
      () => undefined,
    );
    expect(broken).not.toBe('bukti');
  });
});
