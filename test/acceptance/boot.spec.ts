import { type City, city, DAYS, PASSWORD, plan } from './support/city';
import { Client, type Reply } from './support/client';
import { mode, removeData, type Running, startJejak } from './support/start-jejak';

jest.setTimeout(120_000);

describe(`the whole, ${mode}`, () => {
  let running: Running;
  let kota: City;

  beforeAll(async () => {
    running = await startJejak(mode);
    kota = await city(running, 'kota');
  });
  afterAll(async () => {
    await running.stop();
    await removeData(running);
  });

  it('goes from a command to a figure: planned, completed, verified, read back', async () => {
    const { path, people } = kota;
    await people.office.accepted(`${path}/actions`, plan('A-1'));
    await people.office.accepted(`${path}/actions`, plan('A-2'));
    const completed = await people.officer.accepted(`${path}/actions/A-1/completions`, {
      occurredOn: DAYS.middle,
    });
    const verified = await people.verifier.accepted(`${path}/actions/A-1/verifications`, {
      of: completed.body.events[0].id,
    });
    const { status, body } = await people.evaluator.get(`${path}/snapshot?after=${verified.body.token}`);
    expect(status).toBe(200);
    expect(body.figures.programme).toMatchObject({
      numerator: '1',
      denominator: '2',
      exact: '1/2',
      displayed: '50.0',
    });
    expect(body.index).toBeGreaterThan(0);
    expect(body.asOf).toBe(verified.body.recordedAt);
  });

  it('seals a phase by itself when it is closed, and shows the public what is published', async () => {
    const { path, people, anyone } = kota;
    const dates = { period: { from: DAYS.from, to: DAYS.cutOff }, cutOff: DAYS.cutOff, reportDue: DAYS.late };
    await people.office.accepted(`${path}/phases`, { phase: '1', name: 'Fase I', ...dates });
    await people.office.accepted(`${path}/phases/1/open`, {});
    expect((await anyone.get(`${path}/phases/1/snapshot`)).status).toBe(404);
    await people.office.accepted(`${path}/phases/1/close`, {});
    const sealed = await eventually(() => people.office.get(`${path}/phases/1/seals/1`));
    expect(sealed.body.snapshot.figures.programme.displayed).toBe('50.0');
    const published = await people.office.accepted(`${path}/phases/1/publications`, { seal: 1 });
    const { status, body } = await anyone.get(`${path}/phases/1/snapshot?after=${published.body.token}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'published',
      seal: 1,
      figures: { programme: { displayed: '50.0' } },
    });
  });

  it('ends with code 0 on SIGTERM, and goes on from its data', async () => {
    const before = await kota.people.office.get(`${kota.path}/snapshot`);
    expect(await running.stop('SIGTERM')).toBe(0);
    running = await startJejak(mode, { directory: running.directory });
    const office = await new Client(running.url).signedIn('kota-office', PASSWORD);
    expect((await office.get(`${kota.path}/snapshot`)).body).toEqual(before.body);
  });
});

/** The first answer that is one, within some seconds. */
async function eventually(ask: () => Promise<Reply>): Promise<Reply> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const reply = await ask();
    if (reply.status === 200) return reply;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return ask();
}
