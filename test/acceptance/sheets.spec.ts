import { type City, city, DAYS, line, plan } from './support/city';
import type { Reply } from './support/client';
import { mode, removeData, type Running, startJejak } from './support/start-jejak';

jest.setTimeout(120_000);

const CSV = { 'content-type': 'text/csv' };
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

describe(`sheets over HTTP, ${mode}`, () => {
  let running: Running;
  let kota: City;

  beforeAll(async () => {
    running = await startJejak(mode, { environment: { JEJAK_IMPORT_BYTES: '200000' } });
    kota = await city(running, 'kota');
    const { path, people } = kota;
    await people.office.accepted(`${path}/actions`, plan('A-1'));
    const { body } = await people.office.accepted(`${path}/budget-lines`, line('L-1'));
    await people.office.get(`${path}/budget-lines?after=${body.token as string}`);
  });
  afterAll(async () => {
    await running.stop();
    await removeData(running);
  });

  const post = (route: string, body: string, headers: Record<string, string> = CSV): Promise<Reply> =>
    kota.people.office.request('POST', `${kota.path}/${route}`, { body, headers });
  const agencies = (...rows: readonly string[]) => ['Kode OPD;Nama OPD;Berlaku Sejak', ...rows].join('\n');

  it('says of each row what it would do, or why not, and does nothing', async () => {
    const { body: before } = await kota.people.office.get(kota.path);
    const file = agencies(`bappeda;Bappeda;${DAYS.from}`, `x y;Nama;${DAYS.from}`, `bapenda;Bapenda;kemarin`);
    const { status, body } = await post('import-previews', file);
    expect(status).toBe(200);
    expect(body).toMatchObject({ programme: kota.programme, applied: false, more: 0 });
    expect(body.sheets).toHaveLength(1);
    expect(body.sheets[0]).toMatchObject({
      kind: 'agencies',
      rows: 3,
      wouldRecord: 1,
      invalid: 2,
      recorded: 0,
    });
    const rows = body.rows as {
      row: number;
      outcome: string;
      errors?: { column: string; message: string }[];
    }[];
    expect(rows.map(({ row, outcome }) => [row, outcome])).toEqual([
      [2, 'would-record'],
      [3, 'invalid'],
      [4, 'invalid'],
    ]);
    expect(rows[1]?.errors?.[0]?.column).toBe('Kode OPD');
    expect(rows[2]?.errors?.[0]?.column).toBe('Berlaku Sejak');
    const wrong = await post('import-previews?rows=wrong', file, { ...CSV, 'accept-language': 'id' });
    expect(wrong.body.rows).toHaveLength(2);
    expect(wrong.body.rows[1].errors[0].message).not.toBe(rows[2]?.errors?.[0]?.message);
    expect((await kota.people.office.get(kota.path)).body).toEqual(before);
  });

  it('records nothing of a file with a wrong row, the others where that is asked for, and nothing twice', async () => {
    const file = agencies(`bappeda;Bappeda;${DAYS.from}`, `bapenda;Bapenda;kemarin`);
    const refused = await post('imports', file);
    expect(refused.body).toMatchObject({ applied: false, sheets: [{ recorded: 0, invalid: 1 }] });
    const partly = await post('imports?skipInvalid=yes', file);
    expect(partly.body).toMatchObject({ applied: true, sheets: [{ recorded: 1, invalid: 1 }] });
    const again = await post('imports?skipInvalid=yes', file);
    expect(again.body).toMatchObject({
      applied: true,
      sheets: [{ recorded: 0, alreadyThere: 1, invalid: 1 }],
    });
  });

  it.each(['csv', 'xlsx'])('takes in what it gave out as %s, and adds nothing', async (format) => {
    const { path, people } = kota;
    const kind = format === 'csv' ? 'actions' : 'all';
    const response = await fetch(`${running.url}${path}/export?kind=${kind}&format=${format}`, {
      headers: { authorization: `Bearer ${people.office.token!}` },
    });
    expect(response.headers.get('content-disposition')).toMatch(
      new RegExp(`^attachment; filename="${kota.programme}-${kind}-.*\\.${format}"$`),
    );
    const content = Buffer.from(await response.arrayBuffer());
    const imported = await fetch(`${running.url}${path}/imports`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${people.office.token!}`,
        'content-type': format === 'csv' ? 'text/csv' : XLSX,
      },
      body: content,
    });
    const summary = (await imported.json()) as {
      applied: boolean;
      rows: unknown[];
      sheets: Record<string, number>[];
    };
    expect(summary).toMatchObject({ applied: true, rows: [] });
    expect(summary.sheets.length).toBeGreaterThan(0);
    for (const sheet of summary.sheets) expect([sheet.recorded, sheet.invalid]).toEqual([0, 0]);
    expect(summary.sheets.reduce((sum, sheet) => sum + (sheet.alreadyThere ?? 0), 0)).toBeGreaterThan(0);
  });

  it('writes exports down, with who took what', async () => {
    await kota.people.auditor.get(`${kota.path}/export?kind=csr&format=csv`);
    const { body } = await kota.people.auditor.get(`${kota.path}/access-log?limit=1`);
    expect(body.items[0]).toMatchObject({
      kind: 'export',
      subject: kota.people.auditor.subject,
      programme: kota.programme,
    });
    expect(body.items[0].detail).toMatch(/^csr csv, /);
  });

  it('gives a workbook to be filled in', async () => {
    const { status, headers } = await kota.people.officer.get(`${kota.path}/import-template`);
    expect([status, headers.get('content-type')]).toEqual([200, XLSX]);
  });

  it.each([
    ['a body that is no file', '{}', { 'content-type': 'application/json' }, 415, 'unsupported-media-type'],
    ['more than is accepted', agencies('x'.repeat(300_000)), CSV, 413, 'body-too-large'],
    ['an empty file', '', CSV, 422, 'import-empty-file'],
    ['headings that mean nothing', 'a;b\n1;2', CSV, 422, undefined],
    ['half a workbook', 'PK\u0003\u0004 and then nothing', { 'content-type': XLSX }, 422, undefined],
  ])('refuses %s in a sentence', async (_, body, headers, status, code) => {
    const reply = await post('imports', body, headers);
    expect(reply.status).toBe(status);
    if (code !== undefined) expect(reply.body.code).toBe(code);
    expect(reply.body.detail.length).toBeGreaterThan(10);
  });

  it('holds its parameters to what they may be', async () => {
    for (const query of [
      'kind=all&format=csv',
      'kind=nonsense',
      'colour=red',
      'cutOff=2023-02-30',
      'knownAt=x',
    ]) {
      const { status, body } = await kota.people.office.get(`${kota.path}/export?${query}`);
      expect([query, status, body.code]).toEqual([query, 400, 'invalid-params']);
    }
  });
});
