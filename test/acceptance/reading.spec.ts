import { type City, city, DAYS, plan } from './support/city';
import type { Client } from './support/client';
import { mode, removeData, type Running, startJejak } from './support/start-jejak';

jest.setTimeout(120_000);

/** A figure as read; null while nothing is in the plan. */
type Counted = { readonly denominator: string } | null;
const counted = (figure: Counted): number => (figure === null ? 0 : Number(figure.denominator));

describe(`what is read while much is written, ${mode}`, () => {
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

  /** The indexes of a programme's events of a type. */
  async function indexesOf(office: Client, path: string, type: string): Promise<readonly number[]> {
    const found: number[] = [];
    for (let next = ''; ;) {
      const query = `type=${type}&order=oldest&limit=500${next}`;
      const { body } = await office.get(`${path}/audit-trail?${query}`);
      found.push(...(body.items as { index: number }[]).map(({ index }) => index));
      if (body.next === null) return found;
      next = `&cursor=${String(body.next)}`;
    }
  }

  it('is of one index, over all the views that it comes from', async () => {
    const { path, people } = kota;
    await people.office.accepted(`${path}/actions`, plan('first'));
    let writing = true;
    const answers: { index: number; count: number; what: string }[] = [];
    const write = async (writer: number): Promise<string> => {
      let token = '';
      for (let n = 0; n < 40; n++) {
        const { body } = await people.office.accepted(
          `${path}/actions`,
          plan(`w${String(writer)}-${String(n)}`),
        );
        token = body.token as string;
      }
      return token;
    };
    const read = async (what: string, count: (body: never) => number): Promise<void> => {
      while (writing) {
        const { status, body } = await people.auditor.get(`${path}/${what}`);
        expect(status).toBe(200);
        answers.push({ index: body.index as number, count: count(body as never), what });
      }
    };
    const readers = [
      read('snapshot', (body: { figures: { programme: Counted } }) => counted(body.figures.programme)),
      read('actions?limit=1', (body: { total: number }) => body.total),
      read('fulfilment', (body: { programme: Counted }) => counted(body.programme)),
    ];
    const tokens = await Promise.all([0, 1, 2, 3].map(write));
    writing = false;
    await Promise.all(readers);
    for (const token of tokens) await people.office.get(`${path}/audit-trail?after=${token}&limit=1`);
    const planned = await indexesOf(people.office, path, 'ActionPlanned');
    expect(planned).toHaveLength(161);
    expect(new Set(answers.map(({ index }) => index)).size).toBeGreaterThan(3);
    for (const { index, count, what } of answers) {
      expect({ what, index, count }).toEqual({
        what,
        index,
        count: planned.filter((each) => each <= index).length,
      });
    }
  });

  it('of a seal is the same to the byte, whatever comes later, while restated moves', async () => {
    const { path, people, anyone } = kota;
    const fetched = async (client: Client, at: string): Promise<string> => {
      const response = await fetch(running.url + path + at, {
        headers: client.token === undefined ? {} : { authorization: `Bearer ${client.token}` },
      });
      expect(response.status).toBe(200);
      return response.text();
    };
    const dates = { period: { from: DAYS.from, to: DAYS.cutOff }, cutOff: DAYS.cutOff, reportDue: DAYS.late };
    await people.office.accepted(`${path}/phases`, { phase: '1', name: 'Fase I', ...dates });
    await people.office.accepted(`${path}/phases/1/open`, {});
    await people.office.accepted(`${path}/phases/1/close`, {});
    for (let attempt = 0; (await people.office.get(`${path}/phases/1/seals/1`)).status !== 200; attempt++) {
      if (attempt > 200) throw new Error('it was not sealed');
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    const { body } = await people.office.accepted(`${path}/phases/1/publications`, { seal: 1 });
    await people.office.get(`${path}/phases/1?after=${body.token as string}`);
    const sealed = await Promise.all([
      fetched(people.office, '/phases/1/seals/1'),
      fetched(anyone, '/phases/1/seals/1'),
      fetched(people.office, '/phases/1/snapshot'),
      fetched(anyone, '/phases/1/snapshot'),
    ]);
    let token = '';
    for (let n = 0; n < 20; n++) {
      const late = plan(`late-${String(n)}`, { reason: 'terlambat didaftarkan' });
      token = (await people.office.accepted(`${path}/actions`, late)).body.token as string;
    }
    const restated = await people.office.get(`${path}/phases/1/restated?after=${token}`);
    const denominator = (snapshot: { figures: { programme: { denominator: string } } }) =>
      Number(snapshot.figures.programme.denominator);
    expect(denominator(restated.body.restated)).toBe(denominator(restated.body.sealed) + 20);
    expect(restated.body.difference).toHaveLength(20);
    const after = await Promise.all([
      fetched(people.office, `/phases/1/seals/1?after=${token}`),
      fetched(anyone, `/phases/1/seals/1?after=${token}`),
      fetched(people.office, `/phases/1/snapshot?after=${token}`),
      fetched(anyone, `/phases/1/snapshot?after=${token}`),
    ]);
    expect(after).toEqual(sealed);
  });

  it('shows the public programmes with what is published of them, and members all of theirs', async () => {
    const { programme, anyone, people } = kota;
    const hidden = await city(running, 'sepi');
    const listed = async (client: Client) => {
      const { body } = await client.get('/v1/programmes');
      return (body.items as { programme: string }[]).map((row) => row.programme);
    };
    expect(await listed(anyone)).toEqual([programme]);
    expect(await listed(people.auditor)).toEqual([programme]);
    expect(await listed(hidden.people.auditor)).toEqual([programme, hidden.programme]);
    // An installation on a given log has those of others, too.
    const all = await listed(hidden.operator);
    expect(all).toEqual(expect.arrayContaining([programme, hidden.programme]));
  });
});
