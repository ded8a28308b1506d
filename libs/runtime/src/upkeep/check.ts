import fs from 'node:fs';
import path from 'node:path';
import {
  databaseProblems,
  type RawEvent,
  rawEvents,
  SqliteLog,
  SqliteViewStore,
} from '@jejak/adapters/sqlite';
import {
  type AnyView,
  canonical,
  type Envelope,
  envelopeText,
  GenerationGone,
  type Json,
  parseStream,
  type ProgrammeEvent,
} from '@jejak/core';
import { catalogue, type PhaseEvent } from '@jejak/domain';
import { sealAt } from '@jejak/processes';
import { MemoryDocuments, views } from '@jejak/views';
import { NoData } from '../beside';
import { FILES } from '../stores';

/** What was looked at, and what is wrong with it. */
export interface Checked {
  readonly what: 'databases' | 'log' | 'seals' | 'views';
  /** how many databases, events, seals or documents were looked at */
  readonly looked: number;
  readonly problems: readonly string[];
  /** what could not be looked at, and why */
  readonly skipped: readonly string[];
}

export type CheckProgress = (what: Checked['what'], done: number, total: number) => void;

/** Problems that are told of each kind; the rest are counted. */
const MOST = 50;
/** How often views that are being written meanwhile are looked at again. */
const ATTEMPTS = 5;

/**
 * Holds an installation against itself, also while a server runs, and changes nothing: its databases by their own
 * check; every event's place, its canonical form and its type; every seal by a recomputation from the log; every stored
 * view by a fresh fold.
 *
 * @throws NoData; what reading throws
 */
export async function check(
  directory: string,
  onProgress: CheckProgress = () => undefined,
): Promise<Checked[]> {
  if (!fs.existsSync(path.join(directory, FILES.log)))
    throw new NoData(`${directory} holds no data of Jejak`);
  const databases = checkDatabases(directory);
  // What SQLite cannot read, nothing else can be asked of.
  if (databases.problems.some((problem) => problem.startsWith(FILES.log))) return [databases];
  const log = SqliteLog.open({ file: path.join(directory, FILES.log), clock: Date.now, readOnly: true });
  try {
    return [
      databases,
      await checkLog(directory, log, onProgress),
      await unlessBroken('seals', () => checkSeals(log, onProgress)),
      await unlessBroken('views', () => checkViews(directory, log, onProgress)),
    ];
  } finally {
    await log.close();
  }
}

/** A log that is broken may stop what is made of it: that is a problem of its own, and no reason to say nothing. */
async function unlessBroken(what: Checked['what'], look: () => Promise<Checked>): Promise<Checked> {
  try {
    return await look();
  } catch (error) {
    return { what, looked: 0, problems: [`cannot be looked at: ${(error as Error).message}`], skipped: [] };
  }
}

class Problems {
  readonly told: string[] = [];
  private more = 0;

  add(problem: string): void {
    if (this.told.length < MOST) this.told.push(problem);
    else this.more++;
  }

  get all(): string[] {
    return this.more === 0 ? this.told : [...this.told, `and ${String(this.more)} more`];
  }
}

function checkDatabases(directory: string): Checked {
  const names = [FILES.log, FILES.accounts, FILES.views].filter((name) =>
    fs.existsSync(path.join(directory, name)),
  );
  const problems = names.flatMap((name) =>
    databaseProblems(path.join(directory, name)).map((line) => `${name}: ${line}`),
  );
  return { what: 'databases', looked: names.length, problems, skipped: [] };
}

async function checkLog(directory: string, log: SqliteLog, onProgress: CheckProgress): Promise<Checked> {
  const problems = new Problems();
  const heads = await log.heads();
  const total = heads.reduce((sum, { index }) => sum + index + 1, 0);
  const revisions = new Map<string, number>();
  const programmes = new Map<string, { index: number; recordedAt: string }>();
  let looked = 0;
  for await (const page of rawEvents(path.join(directory, FILES.log))) {
    for (const row of page) {
      looked++;
      const before = programmes.get(row.programme) ?? { index: -1, recordedAt: '' };
      const recordedAt = checkRow(row, revisions.get(row.stream) ?? -1, before, problems);
      revisions.set(row.stream, row.revision);
      programmes.set(row.programme, { index: row.index, recordedAt });
    }
    onProgress('log', looked, Math.max(total, looked));
  }
  return { what: 'log', looked, problems: problems.all, skipped: [] };
}

/** @returns when the event was recorded */
function checkRow(
  row: RawEvent,
  revision: number,
  before: { readonly index: number; readonly recordedAt: string },
  problems: Problems,
): string {
  const { position, stream, programme, envelope: text } = row;
  const wrong = (what: string): void => problems.add(`position ${String(position)} (${stream}): ${what}`);
  if (row.revision !== revision + 1) wrong(`revision ${String(row.revision)} after ${String(revision)}`);
  if (row.index !== before.index + 1)
    wrong(`index ${String(row.index)} of ${programme} after ${String(before.index)}`);
  let envelope: Envelope;
  try {
    envelope = JSON.parse(text) as Envelope;
    if (envelopeText(envelope) !== text) wrong('the envelope is not in its canonical form');
    if (parseStream(stream).programme !== programme) wrong(`the stream is not of ${programme}`);
    catalogue.upcast(envelope);
  } catch (error) {
    wrong((error as Error).message);
    return before.recordedAt;
  }
  if (envelope.stream !== stream || envelope.revision !== row.revision || envelope.programme !== programme) {
    wrong('the envelope says another place than the row');
  }
  if (envelope.recordedAt < before.recordedAt)
    wrong(`recorded at ${envelope.recordedAt}, before ${before.recordedAt}`);
  return envelope.recordedAt;
}

type Phase<T extends PhaseEvent['type']> = Extract<PhaseEvent, { type: T }>;

async function checkSeals(log: SqliteLog, onProgress: CheckProgress): Promise<Checked> {
  const problems = new Problems();
  const skipped: string[] = [];
  let looked = 0;
  const programmes = (await log.heads()).map(({ programme }) => programme);
  for (const [n, programme] of programmes.entries()) {
    const closings = new Map<string, ProgrammeEvent<Phase<'PhaseClosed'>>>();
    const seals: Phase<'PhaseSealed'>[] = [];
    for await (const page of log.readProgramme(programme, 0)) {
      for (const recorded of page) {
        const event = catalogue.upcast(recorded.event) as PhaseEvent;
        if (event.type === 'PhaseClosed') closings.set(event.id, { ...recorded, event });
        if (event.type === 'PhaseSealed') seals.push(event);
      }
    }
    for (const { data } of seals) {
      looked++;
      const name = `${programme}, phase ${data.phase}, seal ${String(data.number)}`;
      const closing = closings.get(data.closing.id);
      if (closing === undefined) {
        problems.add(`${name}: its closing is not in the log`);
        continue;
      }
      closings.delete(data.closing.id);
      const anew = await sealAt(closing, { log, catalogue });
      if (same(anew, data)) continue;
      if (anew.engineVersion === data.engineVersion)
        problems.add(`${name}: a recomputation gives something else`);
      else skipped.push(`${name}: made by version ${String(data.engineVersion)} of the figure engine`);
    }
    for (const { event } of closings.values())
      skipped.push(`${programme}, phase ${event.data.phase}: not sealed yet`);
    onProgress('seals', n + 1, programmes.length);
  }
  return { what: 'seals', looked, problems: problems.all, skipped };
}

function same(a: unknown, b: unknown): boolean {
  return canonical(a as Json) === canonical(b as Json);
}

async function checkViews(directory: string, log: SqliteLog, onProgress: CheckProgress): Promise<Checked> {
  const problems = new Problems();
  const skipped: string[] = [];
  let looked = 0;
  if (!fs.existsSync(path.join(directory, FILES.views))) {
    return {
      what: 'views',
      looked,
      problems: [],
      skipped: [`there is no ${FILES.views}: the next start builds it`],
    };
  }
  const store = SqliteViewStore.open({ file: path.join(directory, FILES.views), readOnly: true });
  try {
    const programmes = (await log.heads()).map(({ programme }) => programme);
    for (const [n, view] of views.entries()) {
      for (const programme of programmes) {
        const compared = await compareView(view, programme, log, store);
        if (typeof compared === 'string') skipped.push(`${view.name} of ${programme}: ${compared}`);
        else {
          looked += compared.looked;
          for (const problem of compared.problems) problems.add(`${view.name} of ${programme}: ${problem}`);
        }
      }
      onProgress('views', n + 1, views.length);
    }
  } finally {
    await store.close();
  }
  return { what: 'views', looked, problems: problems.all, skipped };
}

/** The stored documents beside a fold up to the view's own marker, or why they cannot be compared. */
async function compareView(
  view: AnyView,
  programme: string,
  log: SqliteLog,
  store: SqliteViewStore,
): Promise<{ readonly looked: number; readonly problems: readonly string[] } | string> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const generation = await store.current(view.name, view.version);
    if (generation === undefined) return 'not built yet';
    try {
      const marker = await store.marker(generation, programme);
      if (marker.stopped !== undefined) {
        return `stopped at index ${String(marker.stopped.index)}: ${marker.stopped.error}`;
      }
      const stored = await store.list(generation, programme);
      if ((await store.marker(generation, programme)).index !== marker.index) continue;
      const fresh = await foldUpTo(view, programme, marker.index, log);
      return { looked: stored.length, problems: differences(stored, fresh) };
    } catch (error) {
      if (!(error instanceof GenerationGone)) throw error;
    }
  }
  return 'it is being written too fast to be looked at';
}

type Documents = readonly { readonly key: string; readonly index: number; readonly value: unknown }[];

async function foldUpTo(view: AnyView, programme: string, index: number, log: SqliteLog): Promise<Documents> {
  const documents = new MemoryDocuments([view]);
  if (index < 0) return [];
  for await (const page of log.readProgramme(programme, 0, index)) {
    documents.fold(page.map((recorded) => ({ ...recorded, event: catalogue.upcast(recorded.event) })));
  }
  return documents.list(view.name);
}

function differences(stored: Documents, fresh: Documents): string[] {
  const expected = new Map(fresh.map((document) => [document.key, document]));
  const problems: string[] = [];
  for (const { key, index, value } of stored) {
    const other = expected.get(key);
    expected.delete(key);
    if (other === undefined) problems.push(`${key} is there, and a fresh fold does not make it`);
    else if (other.index !== index || !same(other.value, value))
      problems.push(`${key} differs from a fresh fold`);
  }
  return [...problems, ...[...expected.keys()].map((key) => `${key} is missing`)];
}
