import fs from 'node:fs';
import path from 'node:path';
import { type City, city, DAYS, line, plan } from './support/city';
import { Client, type Reply } from './support/client';
import { ELSEWHERE, OWN_SESSION, type Persona, PERSONAS, type Prepared, ROUTES } from './support/routes';
import { mode, removeData, type Running, startJejak } from './support/start-jejak';

jest.setTimeout(180_000);

const document = JSON.parse(
  fs.readFileSync(path.resolve(__dirname, '../../apps/api/openapi.json'), 'utf8'),
) as { paths: Record<string, Record<string, { operationId: string }>> };
const operations = Object.values(document.paths)
  .flatMap((methods) => Object.values(methods))
  .map(({ operationId }) => operationId);

describe(`who may do what, ${mode}`, () => {
  let running: Running;
  let here: City;
  let elsewhere: City;

  beforeAll(async () => {
    running = await startJejak(mode);
    here = await city(running, 'kota');
    elsewhere = await city(running, 'lain');
    const { path: at, people } = here;
    await people.office.accepted(`${at}/actions`, plan('own'));
    await people.office.accepted(`${at}/budget-lines`, line('own'));
    await people.officer.accepted(`${at}/csr/own/pledges`, {
      occurredOn: DAYS.middle,
      donor: 'x',
      year: 2022,
      amount: 1,
    });
    await ROUTES.AnswerFinding?.prepare(here);
    const { body } = await people.evaluator.accepted(`${at}/findings`, {
      code: 'own',
      occurredOn: DAYS.middle,
      phase: 'T1',
      agency: 'diskominfo',
      title: 'x',
      description: 'x',
      recommendation: 'x',
    });
    await people.office.get(`${at}/findings?after=${body.token as string}`);
  });
  afterAll(async () => {
    await running.stop();
    await removeData(running);
  });

  function as(persona: Persona): Client {
    if (persona === 'anyone') return here.anyone;
    if (persona === 'operator') return here.operator;
    const [role] = persona.split(' ') as [keyof City['people']];
    return (persona as string).endsWith('elsewhere') ? elsewhere.people[role] : here.people[role];
  }

  function send(
    persona: Persona,
    { path: at, method = 'POST', body, headers, as: others }: Prepared,
  ): Promise<Reply> {
    const sent = others?.[persona] ?? body;
    if (method !== 'POST')
      return as(persona).request(method, at, { ...(sent !== undefined && { body: sent }) });
    return as(persona).command(at, sent, headers);
  }

  it('has a row for every route of the API, and for nothing else', () => {
    expect([...Object.keys(ROUTES), ...OWN_SESSION].sort()).toEqual([...operations].sort());
  });

  it.each(Object.keys(ROUTES))('%s', async (operation) => {
    const { allowed, ruled = {}, unseen = [], prepare } = ROUTES[operation]!;
    const outcome = (persona: Persona): string => {
      if (allowed.includes(persona)) return 'success';
      if (ruled[persona] !== undefined) return `422 ${ruled[persona]}`;
      if (unseen.includes(persona)) return '404 not-found';
      return persona === 'anyone' ? '401 sign-in-required' : '403 not-allowed';
    };
    const refused = PERSONAS.filter((persona) => !allowed.includes(persona));
    const prepared = await prepare(here);
    const found: Record<string, string> = {};
    for (const persona of refused) found[persona] = outcomeOf(await send(persona, prepared));
    for (const persona of allowed) found[persona] = outcomeOf(await send(persona, await prepare(here)));
    expect(found).toEqual(Object.fromEntries(PERSONAS.map((persona) => [persona, outcome(persona)])));
  });

  it('shows the public of a phase what is published of it, and a seal that is not is nothing to them', async () => {
    const prepared = await ROUTES.seal!.prepare(here);
    const phase = prepared.path.replace('/seals/1', '');
    for (const persona of [...ELSEWHERE, 'anyone'] as const) {
      const snapshot = await as(persona).get(`${phase}/snapshot`);
      expect([snapshot.status, snapshot.body.status, snapshot.body.seal]).toEqual([200, 'published', 1]);
      expect((await as(persona).get(`${phase}/seals`)).body.items).toHaveLength(1);
      expect((await as(persona).get(`${phase}/seals/2`)).status).toBe(404);
    }
  });

  it('lets only the office establish a programme, and the operator grant that office', async () => {
    const other = here.path.replace('kota-', 'baru-');
    const { operator, people } = here;
    expect((await operator.command(other, {})).status).toBe(403);
    expect((await people.office.command(other, {})).status).toBe(403);
    await operator.accepted(`${other}/grants/${people.office.subject}`, { role: 'office' });
    expect((await people.office.command(other, {})).body.code).toBe('invalid-body');
    const own = await operator.command(`${other}/grants/${operator.subject}`, { role: 'office' });
    expect(own.body.code).toBe('own-grant');
  });

  it('counts a revocation and a closing from the next request on', async () => {
    const { people, operator, path: at } = here;
    const subject = people.auditor.subject;
    expect((await people.auditor.get(`${at}/snapshot`)).status).toBe(200);
    await people.office.accepted(`${at}/grants/${subject}/revocations`, { role: 'auditor' });
    expect((await people.auditor.get(`${at}/snapshot`)).status).toBe(403);
    await operator.accepted(`/v1/accounts/${subject}/closing`, {});
    const closed = await people.auditor.get(`${at}/snapshot`);
    expect([closed.status, closed.body.code]).toEqual([401, 'token-invalid']);
    expect((await people.auditor.get('/v1/programmes')).status).toBe(401);
  });

  it('writes refused authorisations down for the auditor', async () => {
    await here.people.officer.command(`${here.path}/actions`, { code: 'ditolak' });
    const { body } = await here.operator.get(`${here.path}/access-log`);
    const entries = body.items as readonly { kind: string }[];
    const refusals = entries.filter(({ kind }) => kind === 'refused');
    expect(refusals).toContainEqual(
      expect.objectContaining({
        subject: here.people.officer.subject,
        programme: here.programme,
        detail: 'PlanAction',
      }),
    );
  });

  it('lets an officer of two agencies say for which one he acts, or finds the one that has a part', async () => {
    const { people, path: at } = here;
    await people.office.accepted(`${at}/grants/${people.officer.subject}`, {
      role: 'officer',
      agency: 'dinkes',
    });
    await people.office.accepted(`${at}/actions`, plan('two', { effectiveOn: DAYS.late }));
    const target = `${at}/actions/two/completions`;
    const body = { occurredOn: DAYS.late };
    const wrong = await people.officer.command(target, body, { 'jejak-agency': 'dinkes' });
    expect([wrong.status, wrong.body.code]).toEqual([422, 'not-your-agency']);
    const none = await people.officer.command(target, body, { 'jejak-agency': 'bappeda' });
    expect(none.status).toBe(403);
    const found = await people.officer.accepted(target, body);
    const trail = await people.office.get(`${at}/audit-trail?after=${found.body.token as string}&limit=1`);
    expect(trail.body.items[0].who).toMatchObject({ role: 'officer', agency: 'diskominfo' });
    expect(trail.body.names[people.officer.subject]).toBe('officer of kota');
  });
});

function outcomeOf({ status, body }: Reply): string {
  if (status >= 200 && status < 300) return 'success';
  return `${String(status)} ${String((body as { code?: string }).code)}`;
}
