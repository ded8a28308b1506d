import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  type Caller,
  configFor,
  type ImportRequest,
  type ImportSummary,
  type ImportTools,
  INSTALLATION,
  type LocalJejak,
  type Json,
  applyImport,
  openJejak,
  previewImport,
  type RowResult,
  streamName,
  submit,
} from '@jejak/runtime';

/** Noon of the day on which everything in these tests happens. */
export const NOW = Date.parse('2023-12-20T05:00:00.000Z');
export const PROGRAMME = 'kota.2023';
export const OFFICE: Caller = { subject: 'p-office' };
export const DISKOMINFO: Caller = { subject: 'p-diskominfo' };
export const DINKES: Caller = { subject: 'p-dinkes' };

/** What an import came to, with every row's result. */
export interface Imported extends ImportSummary {
  readonly rows: readonly RowResult[];
}

export type CityRequest = Partial<Omit<ImportRequest, 'file'>>;

/** An installation with a programme, its office and two officers, driven by hand: for tests of imports and exports. */
export class ImportCity {
  private given = 0;

  private constructor(
    readonly jejak: LocalJejak,
    readonly directory: string,
  ) {}

  /** @param agencies those that take part, by code; both officers' when undefined */
  static async open({
    directory = fs.mkdtempSync(path.join(os.tmpdir(), 'jejak-city-')),
    counts = 'progress',
    agencies = ['diskominfo', 'dinkes'],
    to = '2023-12-31',
  }: {
    readonly directory?: string;
    readonly counts?: string;
    readonly agencies?: readonly string[];
    readonly to?: string;
  } = {}): Promise<ImportCity> {
    const jejak = await openJejak(configFor(directory), { worker: 'manual', clock: () => NOW });
    const city = new ImportCity(jejak, directory);
    for (const { subject = '' } of [OFFICE, DISKOMINFO, DINKES]) {
      await city.give('OpenAccount', streamName('account', INSTALLATION, subject), { kind: 'person' });
      await jejak.credentials.save({ subject, login: subject.slice(2), name: `Name of ${subject}` });
    }
    await city.give('GrantRole', streamName('access', PROGRAMME, 'p-office'), { role: 'office' });
    await city.give('EstablishProgramme', streamName('programme', PROGRAMME), {
      ...{ name: 'Kota Uji', from: '2023-01-01', to, timeZone: 'Asia/Jakarta', legalBasis: [] },
      dimensions: [
        { code: 'governance', name: 'Smart Governance' },
        { code: 'economy', name: 'Smart Economy' },
      ],
      rule: {
        ...{ name: 'rule', counts, weighting: 'equal', combine: 'pooled', rounding: 'half-up' },
        digits: { dimension: 0, programme: 1 },
      },
    });
    for (const agency of agencies) {
      const body = { agency, name: `Dinas ${agency}`, effectiveOn: '2023-01-01' };
      await city.give('EnrolAgency', streamName('programme', PROGRAMME), body);
      const grant = { role: 'officer', agency };
      if (!['diskominfo', 'dinkes'].includes(agency)) continue;
      await city.give('GrantRole', streamName('access', PROGRAMME, `p-${agency}`), grant, 'office');
    }
    return city;
  }

  /** A command of the operator of the machine, or of the office in its own name. */
  async give(type: string, stream: string, body: Json, role = 'operator'): Promise<void> {
    const subject = role === 'office' ? 'p-office' : 'cli';
    const key = `given ${String(this.given++)}`;
    await this.jejak.commands.run({ type, stream, body, key, actor: { subject, role }, correlationId: key });
  }

  /** A command of somebody. */
  async as(caller: Caller, type: string, stream: string, body: Json): Promise<string> {
    const key = `given ${String(this.given++)}`;
    const receipt = await submit(this.jejak, { caller, type, stream, body, key, correlationId: key });
    return receipt.events[0]?.id ?? '';
  }

  /** A file of evidence for what was reported on an action, by the agency that reported it. */
  async attach(code: string, of: string, text: string): Promise<void> {
    const mediaType = 'text/plain';
    const { digest } = await this.jejak.evidence.put(PROGRAMME, content(text), {
      ...{ mediaType, name: 'bukti.txt', limit: 100 },
    });
    const evidence = { of, digest, mediaType, bytes: Buffer.byteLength(text) };
    await this.as(DISKOMINFO, 'AttachEvidence', streamName('action', PROGRAMME, code), evidence);
  }

  /** A phase of the first half of the year, closed and sealed. */
  async sealFirstPhase(): Promise<void> {
    const period = { from: '2023-01-01', to: '2023-06-30' };
    const phase = { phase: '1', name: 'I', period, cutOff: '2023-06-30', reportDue: '2023-06-30' };
    const phases = streamName('phase', PROGRAMME);
    await this.as(OFFICE, 'SchedulePhase', phases, phase);
    await this.as(OFFICE, 'OpenPhase', phases, { phase: '1' });
    await this.as(OFFICE, 'ClosePhase', phases, { phase: '1' });
    await this.jejak.drain(PROGRAMME);
  }

  get tools(): ImportTools {
    const { log, guard, clock } = this.jejak;
    return { log, guard, clock, submit: (sent) => submit(this.jejak, sent) };
  }

  /** Writes a file and says what an import of it would do. */
  async preview(content: string | Buffer, request: CityRequest = {}, name = 'data.csv'): Promise<Imported> {
    return this.run(previewImport, content, request, name);
  }

  /** Writes a file and imports it. */
  async apply(content: string | Buffer, request: CityRequest = {}, name = 'data.csv'): Promise<Imported> {
    return this.run(applyImport, content, request, name);
  }

  /** How many events the programme has. */
  async events(): Promise<number> {
    return ((await this.jejak.log.head(PROGRAMME))?.index ?? -1) + 1;
  }

  async close(): Promise<void> {
    await this.jejak.close();
    fs.rmSync(this.directory, { recursive: true, force: true });
  }

  private async run(
    work: typeof previewImport,
    content: string | Buffer,
    request: CityRequest,
    name: string,
  ): Promise<Imported> {
    const file = path.join(this.directory, name);
    fs.writeFileSync(file, content);
    const rows: RowResult[] = [];
    const whole = { file, programme: PROGRAMME, caller: OFFICE, correlationId: 'test', ...request };
    const summary = await work(whole, this.tools, { onRow: (result) => rows.push(result) });
    return { ...summary, rows };
  }
}

/** A text as a file comes in. */
export async function* content(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

/** A CSV from rows of cells, semicolons between them. */
export function csv(...rows: readonly (readonly (string | number | undefined)[])[]): string {
  return rows.map((row) => row.map((cell) => quoted(String(cell ?? ''))).join(';')).join('\r\n') + '\r\n';
}

function quoted(text: string): string {
  return /[";\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
