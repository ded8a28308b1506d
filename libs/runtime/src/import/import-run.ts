import { setImmediate as breathe } from 'node:timers/promises';
import {
  type Actor,
  Contention,
  InvalidBody,
  isoMoment,
  type Json,
  KeyReused,
  Refusal,
  streamName,
} from '@jejak/core';
import { catalogue, deciders } from '@jejak/domain';
import { type ProgrammeDocument, views } from '@jejak/views';
import { NotAllowed } from '../guard';
import { dryRun } from './dry-run';
import { type Given, planRow, type Sender, streamOf } from './plan-row';
import { RecordedStreams } from './recorded';
import type {
  ImportListener,
  ImportRequest,
  ImportSummary,
  ImportTools,
  RowResult,
  SheetSummary,
} from './result';
import { columnOfField, readRow, type RowError, rowError, type RowValues } from './sheet-columns';
import { type Spool, type SpooledSheet } from './spool';

/** Rows after which others get their turn. */
const BREATH = 100;
/** Commands under way at once; those of one stream go one after the other. */
const WINDOW = 32;
const ATTEMPTS = 5;

type Counted = { -readonly [K in keyof SheetSummary]: SheetSummary[K] } & {
  commands: Record<string, number>;
};

/** One import of one file. */
export class ImportRun {
  private readonly counts: ReadonlyMap<string, Counted>;
  /** the rows that did not pass, by sheet */
  private readonly invalid = new Map<string, Set<number>>();
  private readonly total: number;
  private readonly actors = new Map<string, readonly Actor[] | NotAllowed>();

  constructor(
    private readonly request: ImportRequest,
    private readonly tools: ImportTools,
    private readonly listener: ImportListener,
    private readonly file: Spool,
    private readonly sender: Sender,
    private readonly context: { readonly year: string | undefined },
  ) {
    this.total = file.sheets.reduce((sum, { count }) => sum + count, 0);
    this.counts = new Map(
      file.sheets.map(({ name, kind, count }) => {
        const none = { wouldRecord: 0, recorded: 0, alreadyThere: 0, invalid: 0, refused: 0 };
        return [name, { sheet: name, kind: kind.name, rows: count, ...none, commands: {} }];
      }),
    );
  }

  summary(applied: boolean): ImportSummary {
    const { programme, digest } = this.sender;
    return { programme, digest, applied, sheets: [...this.counts.values()] };
  }

  /** @returns how many rows did not pass */
  async preview(onRow: ImportListener['onRow']): Promise<number> {
    const streams = this.streams();
    const at = isoMoment(this.tools.clock());
    let [done, invalid] = [0, 0];
    try {
      for (const sheet of this.file.sheets) {
        for await (const { row, cells } of sheet.rows()) {
          const result = await this.previewRow(
            sheet,
            row,
            readRow(sheet.kind, sheet.columns, cells, this.context),
            streams,
            at,
          );
          if (result.outcome === 'invalid') {
            invalid++;
            this.invalidOf(sheet).add(row);
          }
          onRow?.(result);
          if (++done % BREATH === 0) await breathe();
          this.listener.onProgress?.('checking', done, this.total);
        }
      }
    } finally {
      streams.close();
    }
    return invalid;
  }

  /**
   * Records the rows that passed: those of one stream one after the other, others at the same time.
   *
   * @throws what ends the run: rows after that are not begun, and those under way have ended
   */
  async apply(): Promise<void> {
    for (const counts of this.counts.values())
      Object.assign(counts, { wouldRecord: 0, alreadyThere: 0, commands: {} });
    const streams = this.streams();
    const flying = new Set<Promise<void>>();
    const failures: unknown[] = [];
    try {
      await this.applySheets(streams, flying, failures);
    } catch (error) {
      failures.push(error);
    }
    // Who called takes the spool away next: nobody may still be using it.
    await Promise.all(flying);
    streams.close();
    if (failures.length > 0) throw failures[0];
  }

  /**
   * @param flying what is under way, kept up to date
   * @param failures what ends the run; nothing is begun once there is one
   */
  private async applySheets(
    streams: RecordedStreams,
    flying: Set<Promise<void>>,
    failures: unknown[],
  ): Promise<void> {
    const last = new Map<string, Promise<void>>();
    let done = 0;
    for (const sheet of this.file.sheets) {
      const invalid = this.invalidOf(sheet);
      for await (const { row, cells } of sheet.rows()) {
        if (failures.length > 0) return;
        const { values } = readRow(sheet.kind, sheet.columns, cells, this.context);
        if (invalid.has(row) || values === undefined) continue;
        const stream = streamOf(sheet.kind, values, this.sender.programme);
        const work = async (): Promise<void> => {
          if (failures.length > 0) return;
          await this.applyRow(sheet, row, values, stream, streams);
          this.listener.onProgress?.('recording', ++done, this.total);
        };
        const before = last.get(stream) ?? Promise.resolve();
        const task: Promise<void> = before
          .then(work)
          .catch((error: unknown) => void failures.push(error))
          .finally(() => {
            flying.delete(task);
            if (last.get(stream) === task) last.delete(stream);
          });
        last.set(stream, task);
        flying.add(task);
        if (flying.size >= WINDOW) await Promise.race(flying);
      }
      // The next sheet builds on this one.
      await Promise.all(flying);
    }
  }

  private async previewRow(
    sheet: SpooledSheet,
    row: number,
    read: ReturnType<typeof readRow>,
    streams: RecordedStreams,
    at: string,
  ): Promise<RowResult> {
    const { values, errors } = read;
    if (values === undefined) return this.told(sheet, row, 'invalid', { errors });
    const stream = streamOf(sheet.kind, values, this.sender.programme);
    try {
      const given = planRow(
        sheet.kind,
        values,
        { sheet: sheet.key, row, stream },
        await streams.ahead(stream),
        await this.programme(streams),
        this.sender,
      );
      if (given === 'there') return this.told(sheet, row, 'already-there', { stream });
      await dryRun(given, await this.actorsFor(given), streams, catalogue, at);
      return this.told(sheet, row, 'would-record', { command: given.type, stream });
    } catch (error) {
      return this.told(sheet, row, 'invalid', { stream, errors: this.errorsOf(error, sheet, values) });
    }
  }

  private async applyRow(
    sheet: SpooledSheet,
    row: number,
    values: RowValues,
    stream: string,
    streams: RecordedStreams,
  ): Promise<void> {
    let result: RowResult;
    try {
      const recorded = await streams.fresh(stream);
      const programme = (await streams.fresh(streamName('programme', this.sender.programme))).document;
      const given = planRow(
        sheet.kind,
        values,
        { sheet: sheet.key, row, stream },
        recorded,
        programme as ProgrammeDocument,
        this.sender,
      );
      if (given === 'there') {
        result = this.told(sheet, row, 'already-there', { stream });
      } else {
        await this.give(given);
        result = this.told(sheet, row, 'recorded', { command: given.type, stream });
      }
    } catch (error) {
      result = this.told(sheet, row, 'refused', { stream, errors: this.errorsOf(error, sheet, values) });
    }
    this.listener.onRow?.(result);
  }

  private async give({ caller, type, stream, body, key }: Given): Promise<void> {
    const { correlationId } = this.request;
    for (let attempt = 1; ; attempt++) {
      try {
        await this.tools.submit({ caller, type, stream, body, key, correlationId });
        return;
      } catch (error) {
        if (!(error instanceof Contention) || attempt === ATTEMPTS) throw error;
      }
    }
  }

  /** @throws NotAllowed, the first time and from memory after that: it is written to the access log once */
  private async actorsFor({ caller, stream, type, body }: Given): Promise<readonly Actor[]> {
    const onBehalfOf = (body as { readonly [field: string]: Json })['onBehalfOf'];
    const key = JSON.stringify([caller.agency, type, onBehalfOf === undefined]);
    let actors = this.actors.get(key);
    if (actors === undefined) {
      try {
        actors = await this.tools.guard.actors(caller, stream, type, body);
      } catch (error) {
        if (!(error instanceof NotAllowed)) throw error;
        actors = error;
      }
      this.actors.set(key, actors);
    }
    if (actors instanceof NotAllowed) throw actors;
    return actors;
  }

  /** @throws what is no error of the row, but ends the run */
  private errorsOf(error: unknown, sheet: SpooledSheet, values: RowValues): RowError[] {
    if (error instanceof Refusal) {
      return [rowError(error, columnOfField(sheet.kind, sheet.columns, error.field, values))];
    }
    if (error instanceof NotAllowed) {
      const id = `Peran Anda tidak mengizinkan ${error.what}.`;
      return [{ code: error.code, message: { en: `Your roles do not allow ${error.what}.`, id } }];
    }
    if (error instanceof InvalidBody) {
      return error.issues.map(({ field, message }) => {
        const column = columnOfField(sheet.kind, sheet.columns, field, values);
        return { ...(column !== undefined && { column }), code: error.code, message };
      });
    }
    if (error instanceof KeyReused) {
      const en = 'This row was recorded before with another content.';
      return [{ code: error.code, message: { en, id: 'Baris ini pernah dicatat dengan isi lain.' } }];
    }
    throw error;
  }

  private told(
    sheet: SpooledSheet,
    row: number,
    outcome: RowResult['outcome'],
    more: Pick<RowResult, 'command' | 'stream' | 'errors'>,
  ): RowResult {
    const counts = this.counts.get(sheet.name) as Counted;
    switch (outcome) {
      case 'would-record':
        counts.wouldRecord++;
        break;
      case 'recorded':
        counts.recorded++;
        break;
      case 'already-there':
        counts.alreadyThere++;
        break;
      case 'invalid':
        counts.invalid++;
        break;
      case 'refused':
        counts.refused++;
        break;
      default:
        outcome satisfies never;
    }
    if (more.command !== undefined) counts.commands[more.command] = (counts.commands[more.command] ?? 0) + 1;
    return { sheet: sheet.name, kind: sheet.kind.name, row, outcome, ...more };
  }

  private invalidOf({ name }: SpooledSheet): Set<number> {
    let rows = this.invalid.get(name);
    if (rows === undefined) this.invalid.set(name, (rows = new Set()));
    return rows;
  }

  private async programme(streams: RecordedStreams): Promise<ProgrammeDocument> {
    const { document } = await streams.ahead(streamName('programme', this.sender.programme));
    return document as ProgrammeDocument;
  }

  private streams(): RecordedStreams {
    const { log } = this.tools;
    return new RecordedStreams({ log, deciders, views, catalogue, directory: this.file.directory });
  }
}
