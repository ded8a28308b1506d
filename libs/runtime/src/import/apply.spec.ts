import fs from 'node:fs';
import path from 'node:path';
import { Contention, LogUnavailable, streamName } from '@jejak/core';
import { csv, DISKOMINFO, ImportCity, PROGRAMME } from '../../../../test/support/import-city';
import { applyImport } from './import-file';
import { ImportRun } from './import-run';
import { RecordedStreams } from './recorded';
import type { ImportTools, RowResult } from './result';
import { type Spool, spool } from './spool';

const HEADINGS = ['Kode Anggaran', 'Nomor SP2D', 'Tanggal', 'Nilai'];
const LINE = streamName('budget', PROGRAMME, 'L-0');

describe('applying', () => {
  let city: ImportCity;
  let file: string;
  beforeEach(async () => {
    city = await ImportCity.open();
    const lines = ['L-0', 'L-1'].map((line) => [line, 'Kegiatan', 'diskominfo', 2023, '2.16.01', '900.000']);
    await city.apply(
      csv(['Kode Anggaran', 'Uraian', 'OPD', 'Tahun Anggaran', 'Kode Rekening', 'Pagu'], ...lines),
      {},
      'lines.csv',
    );
    file = path.join(city.directory, 'sp2d.csv');
    const rows = Array.from({ length: 100 }, (_, n) => [
      `L-${String(n % 2)}`,
      `SP2D-${String(n)}`,
      '2023-05-01',
      '1.000',
    ]);
    fs.writeFileSync(file, csv(HEADINGS, ...rows));
  });
  afterEach(() => city.close());

  /** Imports, with something in between the import and the log. */
  async function apply(submit: (real: ImportTools['submit']) => ImportTools['submit']) {
    const rows: RowResult[] = [];
    const tools = { ...city.tools, submit: submit(city.tools.submit) };
    const request = { file, programme: PROGRAMME, caller: DISKOMINFO, correlationId: 'c' };
    const summary = await applyImport(request, tools, { onRow: (row) => rows.push(row) });
    return { summary: summary.sheets[0], rows };
  }

  const sp2ds = async (): Promise<number> => {
    const streams = await Promise.all(
      ['L-0', 'L-1'].map((line) => city.jejak.log.readStream(streamName('budget', PROGRAMME, line))),
    );
    return streams.flat().filter(({ event }) => event.type === 'BudgetDisbursed').length;
  };

  it('tells of a row that is refused because the world moved, and goes on with the others', async () => {
    let first = true;
    const { summary, rows } = await apply((real) => async (sent) => {
      if (first) {
        first = false;
        const document = { kind: 'sp2d', number: 'SP2D-50' };
        await city.as(DISKOMINFO, 'DisburseBudget', LINE, { occurredOn: '2023-05-01', amount: 7, document });
      }
      return real(sent);
    });
    expect(summary).toMatchObject({ recorded: 99, refused: 1, invalid: 0 });
    expect(rows.filter(({ outcome }) => outcome === 'refused')).toMatchObject([
      { row: 52, errors: [{ column: 'Nilai', code: 'differs-from-existing' }] },
    ]);
  });

  it('asks again where others change the same stream', async () => {
    let clashes = 0;
    const { summary } = await apply((real) => async (sent) => {
      if (clashes++ % 3 === 0) throw new Contention('others were faster');
      return real(sent);
    });
    expect(summary).toMatchObject({ recorded: 100, refused: 0 });
  });

  it('ends when the log takes no more, keeps what was recorded, and goes on from there', async () => {
    let taken = 0;
    const failing = apply((real) => async (sent) => {
      if (++taken > 40) throw new LogUnavailable('the disk is full');
      return real(sent);
    });
    await expect(failing).rejects.toThrow(LogUnavailable);
    const recorded = await sp2ds();
    expect(recorded).toBeGreaterThan(30);
    expect(recorded).toBeLessThanOrEqual(40);
    const { summary } = await apply((real) => real);
    expect(summary).toMatchObject({ recorded: 100 - recorded, alreadyThere: recorded });
    expect(await sp2ds()).toBe(100);
  });

  it('ends what is under way, and begins no more, where the file can be read no further', async () => {
    const request = { file, programme: PROGRAMME, caller: DISKOMINFO, correlationId: 'c' };
    const whole = await spool(file, { context: { year: '2023' } });
    const cut: Spool = {
      ...whole,
      sheets: whole.sheets.map((sheet) => ({
        ...sheet,
        rows: async function* () {
          for await (const row of sheet.rows()) {
            if (row.row > 20) throw new Error('the disk cannot be read');
            yield row;
          }
        },
      })),
    };
    let [begun, underWay] = [0, 0];
    const submit: ImportTools['submit'] = async (sent) => {
      begun++;
      underWay++;
      await new Promise((resolve) => setTimeout(resolve, 20));
      return city.tools.submit(sent).finally(() => underWay--);
    };
    const sender = {
      ...{ programme: PROGRAMME, subject: 'p-diskominfo', agency: undefined, reason: undefined },
      ...{ rights: await city.jejak.guard.rights('p-diskominfo', PROGRAMME), digest: whole.digest },
    };
    const closed = jest.spyOn(RecordedStreams.prototype, 'close');
    const run = new ImportRun(request, { ...city.tools, submit }, {}, cut, sender, { year: '2023' });
    await expect(run.apply()).rejects.toThrow('the disk cannot be read');
    expect(underWay).toBe(0);
    // One of each line was under way; those that waited for them were not begun.
    expect(begun).toBe(2);
    expect(closed).toHaveBeenCalledTimes(1);
    closed.mockRestore();
    await whole.close();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(begun).toBe(2);
  });

  it('does not bring back what was recorded from the same file and has been corrected since', async () => {
    await apply((real) => real);
    const [, , third] = await city.jejak.log.readStream(LINE);
    const corrects = third?.event.id ?? '';
    await city.as(DISKOMINFO, 'VoidDisbursement', LINE, { corrects, reason: 'salah ketik' });
    const { summary } = await apply((real) => real);
    expect(summary).toMatchObject({ recorded: 0, alreadyThere: 100 });
    // Another file that says so reports it again.
    const number = (third?.event.data as { document: { number: string } }).document.number;
    fs.writeFileSync(file, csv(HEADINGS, ['L-0', number, '2023-05-01', '1.000']));
    expect((await apply((real) => real)).summary).toMatchObject({ recorded: 1 });
  });

  it('gives every command the key of its file, sheet and row', async () => {
    const keys: string[] = [];
    await apply((real) => (sent) => {
      keys.push(sent.key);
      return real(sent);
    });
    expect(new Set(keys).size).toBe(100);
    expect(keys.every((key) => /^import [0-9a-f]{64} csv [0-9]+$/.test(key))).toBe(true);
  });
});
