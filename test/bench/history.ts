import { Sqlite, SqliteLog } from '@jejak/adapters/sqlite';
import {
  commandIdOf,
  digestOf,
  type Envelope,
  envelopeText,
  eventIdOf,
  type Json,
  streamName,
} from '@jejak/core';
import { DEFAULT_RULE } from '@jejak/domain';

const ACTIONS = 52;
const LINES = 20;
const AGENCIES = 12;
const DIMENSIONS = ['governance', 'branding', 'economy', 'living', 'society', 'environment'];

/** Events of a programme of 4,000 events, one city's year. */
export const PROGRAMME_EVENTS = 4_000;

/** The n-th programme of a large log. */
export function programmeName(n: number): string {
  return `city-${String(n)}.2023`;
}

/**
 * A city's year of events, for measuring: a made-up mix (mostly disbursements, then progress), well formed, and in an
 * order that the deciders would allow to the folds.
 */
export function* cityYear(programme: string, count: number): Generator<Envelope> {
  const revisions = new Map<string, number>();
  let serial = 0;
  const event = (kind: string, code: string, type: string, data: Json): Envelope => {
    const stream = streamName(kind, programme, code);
    const revision = (revisions.get(stream) ?? -1) + 1;
    revisions.set(stream, revision);
    const key = `k${String(serial++)}`;
    const subject = `u-${code}`;
    const commandId = commandIdOf(subject, stream, key);
    return {
      id: eventIdOf(commandId, 0),
      type,
      version: 1,
      stream,
      revision,
      programme,
      recordedAt: new Date(Date.UTC(2023, 0, 1) + serial * 7_000_000).toISOString(),
      data,
      meta: {
        actor: { subject, role: 'officer', agency: `agency-${String(serial % AGENCIES)}` },
        commandId,
        commandDigest: digestOf(type, stream, data),
        correlationId: commandId,
        causationId: commandId,
        facts: { [`phase-${programme}.main`]: 2, [`programme-${programme}.main`]: 15 },
      },
    };
  };
  const day = (): string => new Date(Date.UTC(2023, 0, 10 + (serial % 340))).toISOString().slice(0, 10);
  const agency = (n: number): string => `agency-${String(n % AGENCIES)}`;

  function* setUp(): Generator<Envelope> {
    const dimensions = DIMENSIONS.map((code) => ({ code, name: code }));
    const dates = { from: '2023-01-01', to: '2023-12-31', timeZone: 'Asia/Jakarta' };
    yield event('programme', 'main', 'ProgrammeEstablished', {
      name: programme,
      ...dates,
      legalBasis: [],
      dimensions,
    });
    const rule = DEFAULT_RULE as unknown as Json;
    yield event('programme', 'main', 'FulfilmentRuleRevised', { rule, effectiveOn: '2023-01-01' });
    yield event('programme', 'main', 'LateReportingPolicySet', { policy: 'needs-reason' });
    for (let n = 0; n < AGENCIES; n++) {
      yield event('programme', 'main', 'AgencyEnrolled', {
        agency: agency(n),
        name: agency(n),
        effectiveOn: '2023-01-01',
      });
    }
    const period = {
      period: { from: '2023-01-01', to: '2023-06-30' },
      cutOff: '2023-06-30',
      reportDue: '2023-07-10',
    };
    yield event('phase', 'main', 'PhaseScheduled', { phase: '1', name: 'I', ...period });
    for (let n = 0; n < ACTIONS; n++) {
      const targets = {
        unit: 'unit',
        quarters: [1, 2, 3, 4].map((q) => ({ quarter: `2023-Q${String(q)}`, target: String(q * 25) })),
      };
      const plan = {
        title: `Action ${String(n)}`,
        kind: 'action',
        dimension: DIMENSIONS[n % 6] as string,
        weight: '1',
        targets,
      };
      const parts = { lead: agency(n), supporting: [agency(n + 1)], effectiveOn: '2023-01-02' };
      yield event('action', `a-${String(n)}`, 'ActionPlanned', { code: `A-${String(n)}`, ...plan, ...parts });
    }
    for (let n = 0; n < LINES; n++) {
      const line = {
        line: `L-${String(n)}`,
        title: `Line ${String(n)}`,
        agency: agency(n),
        year: 2023,
        hierarchy: `1.0${String(n)}`,
      };
      const actions = [{ code: `A-${String(n)}`, share: '1' }];
      const ceiling = { ceiling: 10_000_000_000, actions, effectiveOn: '2023-01-02' };
      yield event('budget', `l-${String(n)}`, 'BudgetAllocated', { ...line, ...ceiling });
    }
  }
  const openReports = new Map<number, string>();
  const completed = new Set<number>();
  function next(): Envelope {
    const n = serial;
    const kind = n % 20;
    const occurredOn = day();
    if (kind < 11) {
      const document = { kind: 'sp2d', number: `SP2D-${String(n)}` };
      return event('budget', `l-${String(n % LINES)}`, 'BudgetDisbursed', {
        amount: 1_000_000 + n,
        document,
        occurredOn,
      });
    }
    if (kind < 13) {
      const percent = String(n % 100);
      return event('budget', `l-${String(n % LINES)}`, 'PhysicalProgressReported', { percent, occurredOn });
    }
    const place = (n * 7) % ACTIONS;
    const code = `a-${String(place)}`;
    if (kind === 13) {
      const data = { donor: 'donor', year: 2023, amount: 5_000_000, receiptNo: `R-${String(n)}`, occurredOn };
      return event('csr', `c-${String(n % 50)}`, 'CsrReceived', data);
    }
    if (kind === 14 && !completed.has(place)) {
      completed.add(place);
      return event('action', code, 'ActionCompleted', { occurredOn });
    }
    const open = openReports.get(place);
    if (open !== undefined) {
      openReports.delete(place);
      return event('action', code, 'ProgressVoided', { corrects: open });
    }
    const quarter = `2023-Q${String((n % 4) + 1)}`;
    const reported = event('action', code, 'ProgressReported', {
      quarter,
      realisation: String(n % 100),
      occurredOn,
    });
    openReports.set(place, reported.id);
    return reported;
  }
  let made = 0;
  for (const each of setUp()) {
    if (made++ === count) return;
    yield each;
  }
  while (made++ < count) yield next();
}

/** Fills a log with so many events of cities, written a few at a time from each, as they would come in. */
export async function fillLog(file: string, events: number): Promise<void> {
  await SqliteLog.open({ file, clock: Date.now }).close();
  const db = new Sqlite(file);
  const insert = db.prepare(
    'INSERT INTO events (stream, revision, programme, idx, envelope) VALUES (?, ?, ?, ?, ?)',
  );
  const cities = Array.from({ length: Math.ceil(events / PROGRAMME_EVENTS) }, (_, n) => ({
    events: cityYear(programmeName(n), Math.min(PROGRAMME_EVENTS, events - n * PROGRAMME_EVENTS)),
    index: 0,
  }));
  const round = db.transaction(() => {
    let written = 0;
    for (const city of cities) {
      for (let n = 0; n < 40; n++) {
        const { done, value } = city.events.next() as IteratorResult<Envelope, undefined>;
        if (done === true) break;
        insert.run(value.stream, value.revision, value.programme, city.index++, envelopeText(value));
        written++;
      }
    }
    return written;
  });
  while (round() > 0);
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
}
