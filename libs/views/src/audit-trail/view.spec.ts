import { foldsAlike, recorded, type Told } from '@jejak/core/testing';
import { MemoryDocuments } from '../documents';
import { NotFound } from '../query';
import { auditEntry, beforeAndAfter } from './entry';
import { type AuditItem, auditTrail } from './query';
import { auditTrailView, type EntriesDocument } from './view';

const contextAt = (index: number) => ({
  programme: 'malang.2023',
  index,
  now: '2023-12-31T00:00:00.000Z',
});
const PROGRAMME = 'programme-malang.2023.main';
const PHASE = 'phase-malang.2023.main';
const A1 = 'action-malang.2023.a-1';
const B1 = 'budget-malang.2023.l-1';

const actor = (agency?: string, onBehalfOf?: string) => ({
  actor: {
    subject: 'u-1',
    role: agency === undefined ? 'office' : 'officer',
    ...(agency && { agency }),
    ...(onBehalfOf && { onBehalfOf }),
  },
});
const dates = (cutOff: string) => ({ period: { from: '2023-01-01', to: cutOff }, cutOff, reportDue: cutOff });

/** The number of an event is its index. */
const story: Told[] = [
  /* 0 */ { stream: PROGRAMME, type: 'ProgrammeEstablished', data: { name: 'M' } },
  /* 1 */ {
    stream: PHASE,
    type: 'PhaseScheduled',
    data: { phase: 'I', name: 'One', ...dates('2023-06-30') },
  },
  /* 2 */ { stream: PHASE, type: 'PhaseRescheduled', data: { phase: 'i', ...dates('2023-06-12') } },
  /* 3 */ {
    stream: A1,
    type: 'ActionPlanned',
    data: { effectiveOn: '2023-01-01', code: 'A-1', weight: '1' },
  },
  /* 4 */ {
    stream: A1,
    type: 'ActionCompleted',
    id: 'done',
    data: { occurredOn: '2023-06-12' },
    meta: actor('Dinas-A'),
  },
  /* 5 */ { stream: A1, type: 'CompletionVerified', id: 'seen', data: { of: 'done' } },
  /* 6 */ {
    stream: B1,
    type: 'BudgetAllocated',
    data: { effectiveOn: '2023-06-13', line: 'L-1', ceiling: 1 },
  },
  /* 7 */ { stream: PHASE, type: 'PhaseClosed', data: { phase: 'I', number: 1, cutOff: '2023-06-12' } },
  /* 8 */ {
    stream: A1,
    type: 'VerificationWithdrawn',
    data: { corrects: 'seen' },
    meta: { reason: 'seen too soon' },
  },
  /* 9 */ {
    stream: A1,
    type: 'ProgressReported',
    data: { occurredOn: '2023-06-12' },
    meta: { ...actor(undefined, 'dinas-a'), reason: 'late' },
  },
  /* 10 */ {
    stream: A1,
    type: 'ProgressReported',
    data: { occurredOn: '2023-06-12' },
    meta: actor('dinas-b'),
  },
  /* 11 */ {
    stream: A1,
    type: 'ProgressReported',
    data: { occurredOn: '2023-06-13' },
    meta: actor('dinas-a'),
  },
  /* 12 */ {
    stream: PHASE,
    type: 'PhaseScheduled',
    data: { phase: 'II', name: 'Two', ...dates('2023-11-09') },
  },
  /* 13 */ { stream: A1, type: 'EvidenceAttached', data: { of: 'done' } },
  /* 14 */ {
    stream: PHASE,
    type: 'AspectScored',
    data: { phase: 'I', occurredOn: '2023-07-01', aspect: 'output', score: '3' },
  },
];
const reopened: Told = {
  stream: PHASE,
  type: 'PhaseReopened',
  data: { phase: 'I' },
  meta: { reason: 'more to come' },
};
const closed: Told = {
  stream: PHASE,
  type: 'PhaseClosed',
  data: { phase: 'I', number: 2, cutOff: '2023-06-12' },
};
const after: Told = { stream: A1, type: 'ActionReplanned', data: { effectiveOn: '2023-06-01' } };
const events = recorded(story);

function documentsOf(log = events): MemoryDocuments {
  const documents = new MemoryDocuments([auditTrailView]);
  documents.fold(log);
  return documents;
}
const documents = documentsOf();
/** Index of the last event in the documents. */
const lastIn = (of: MemoryDocuments) =>
  Math.max(-1, ...of.list('audit-trail', 'entries/').map(({ index }) => index));
const ask = (query: object = {}, of = documents) =>
  auditTrail.answer(of, auditTrail.params.parse({ order: 'oldest', ...query }), contextAt(lastIn(of)));
const indexes = (query: object = {}, of = documents) => ask(query, of).items.map(({ index }) => index);
const all = Array.from({ length: story.length }, (_, n) => n);

describe('the audit trail', () => {
  it('is every event of the programme, each on the day on which it holds', () => {
    const { items, total, next } = ask();
    expect(items.map(({ index }) => index)).toEqual(all);
    expect([total, next]).toEqual([15, null]);
    expect(items.map(({ occurred }) => occurred?.slice(5) ?? null)).toEqual([
      ...[null, null, null, '01-01', '06-12'],
      // The verification has its day from the completion, and its withdrawal from the verification.
      ...['06-12', '06-13', null, '06-12', '06-12'],
      ...['06-12', '06-13', null, '06-12', '07-01'],
    ]);
  });

  it('of a phase is what holds by its cut-off, and the events that name it', () => {
    expect(indexes({ phase: 'i' })).toEqual([1, 2, 3, 4, 5, 7, 8, 9, 10, 13, 14]);
    expect(indexes({ phase: 'II' })).toEqual([3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14]);
    expect(() => ask({ phase: 'III' })).toThrow(NotFound);
    expect(() => ask({ phase: 'III' }, new MemoryDocuments([auditTrailView]))).toThrow(NotFound);
  });

  it('says what is late, and what is late without a reason although one is asked for', () => {
    const late = (of = documents) => ask({}, of).items.filter((item) => item.late.length > 0);
    expect(
      late().map(({ index, late: phases, lateWithoutReason }) => [index, phases, lateWithoutReason]),
    ).toEqual([
      [8, ['I'], false],
      [9, ['I'], false],
      [10, ['I'], true],
      // Evidence is late as well, but nobody asks it why.
      [13, ['I'], false],
    ]);
    expect(indexes({ late: 'true' })).toEqual([8, 9, 10, 13]);
    expect(indexes({ late: 'true', phase: 'II' })).toEqual([]);
    expect(indexes({ late: 'false', phase: 'I' })).toEqual([1, 2, 3, 4, 5, 7, 14]);
    // While no closing is in force nothing is late; then what comes after the new one, changes too.
    expect(late(documentsOf(recorded([...story, reopened])))).toEqual([]);
    expect(late(documentsOf(recorded([...story, reopened, closed, after])))).toMatchObject([
      { index: 17, lateWithoutReason: true },
    ]);
  });

  it('asks of what is late what the policy in force where it was recorded asked', () => {
    const policy = (name: string): Told => ({
      stream: PROGRAMME,
      type: 'LateReportingPolicySet',
      data: { policy: name },
    });
    const report = (meta: Told['meta'] = {}): Told => ({
      stream: A1,
      type: 'ProgressReported',
      data: { occurredOn: '2023-06-12' },
      meta,
    });
    const why = { reason: 'late' };
    const evidence: Told = { stream: A1, type: 'EvidenceAttached', data: { of: 'done' } };
    const from = story.length;
    const told = [
      ...story,
      /* 0 */ policy('office-only'),
      /* 1 */ report(actor()),
      /* 2 */ report({ ...actor('dinas-a'), ...why }),
      /* 3 */ policy('refused'),
      /* 4 */ report({ ...actor(), ...why }),
      /* 5 */ evidence,
      /* 6 */ policy('needs-reason'),
      /* 7 */ report({ ...actor('dinas-a'), ...why }),
      /* 8 */ report(actor()),
    ];
    const { items } = ask({}, documentsOf(recorded(told)));
    const slipped = items.filter((item) => item.lateWithoutReason).map(({ index }) => index - from);
    expect(slipped).toEqual([10 - from, 2, 4, 8]);
  });

  it('is filtered', () => {
    expect(indexes({ type: 'ProgressReported' })).toEqual([9, 10, 11]);
    expect(indexes({ stream: 'Action-malang.2023.A-1', to: '2023-06-11' })).toEqual([3]);
    // The agency that acted, or that the office acted for.
    expect(indexes({ agency: 'DINAS-A' })).toEqual([4, 9, 11]);
    expect(indexes({ agency: 'constructor' })).toEqual([]);
    expect(indexes({ from: '2023-06-13' })).toEqual([6, 11, 14]);
    expect(indexes({ from: '2023-06-12', to: '2023-06-12', type: 'EvidenceAttached' })).toEqual([13]);
    expect(indexes({ type: 'Nothing' })).toEqual([]);
  });

  it('comes in pages, newest first unless asked otherwise', () => {
    const newest = auditTrail.params.parse({ limit: '4', agency: undefined });
    const first = auditTrail.answer(documents, newest, contextAt(14));
    expect(first).toMatchObject({ total: 15, next: '11' });
    expect(first.items.map(({ index }) => index)).toEqual([14, 13, 12, 11]);
    expect(indexes({ order: 'newest', limit: 4, cursor: '11' })).toEqual([10, 9, 8, 7]);
    expect(indexes({ limit: 4, cursor: '3' })).toEqual([4, 5, 6, 7]);
    expect(ask({ limit: 4, cursor: '10' })).toMatchObject({ next: null, total: 15 });
    for (const cursor of ['x', '-1', '1.5'])
      expect(auditTrail.params.safeParse({ cursor }).success).toBe(false);
  });

  it('counts what is filtered where it is asked to, or where one page shows it all', () => {
    const filtered = { type: 'ProgressReported' };
    expect(ask(filtered)).toMatchObject({ total: 3, next: null });
    expect(ask({ ...filtered, limit: 2 })).toMatchObject({ total: null, next: '10' });
    expect(ask({ ...filtered, limit: 2, cursor: '10' })).toMatchObject({ total: null, next: null });
    for (const order of ['newest', 'oldest'])
      for (const cursor of [undefined, '9', '10', '11', '12'])
        expect(ask({ ...filtered, order, limit: 2, cursor, total: 'true' }).total).toBe(3);
  });

  it('of nothing is empty', () => {
    expect(ask({}, new MemoryDocuments([auditTrailView]))).toEqual({ items: [], total: 0, next: null });
  });
});

describe('an entry of the trail', () => {
  it('says who, what, when it happened, when it was recorded, and why', () => {
    const item = ask().items[9] as AuditItem;
    expect(auditEntry(events[9]!, item)).toEqual({
      index: 9,
      id: 'e9',
      type: 'ProgressReported',
      stream: A1,
      revision: 4,
      who: { subject: 'u-1', role: 'office', agency: null, onBehalfOf: 'dinas-a' },
      occurred: '2023-06-12',
      recordedAt: '2023-01-01T00:00:00.000Z',
      importedAt: null,
      reason: 'late',
      late: ['I'],
      lateWithoutReason: false,
      data: { occurredOn: '2023-06-12' },
    });
    expect(() => auditEntry(events[8]!, item)).toThrow('event 8 for entry 9');
  });

  const lastOf = (...told: (Omit<Told, 'stream'> & { stream?: string })[]) => {
    const log = recorded(told.map((each) => ({ stream: B1, ...each }))).map(({ event }) => event);
    return beforeAndAfter(log.at(-1)!, log);
  };
  const allocated = {
    type: 'BudgetAllocated',
    data: { effectiveOn: '2023-01-02', line: 'L-1', ceiling: 100, actions: [], document: 'DPA' },
  };
  const revised = (effectiveOn: string, ceiling: number) => ({
    type: 'BudgetRevised',
    data: { effectiveOn, stage: 'perubahan', ceiling, actions: [] },
  });

  it('shows of a change what differs from the fact in force just before, on its day', () => {
    expect(lastOf(allocated, revised('2023-09-01', 300), revised('2023-08-01', 200))).toEqual({
      before: { stage: 'murni', ceiling: 100, document: 'DPA' },
      after: { stage: 'perubahan', ceiling: 200, document: null },
    });
    expect(lastOf(allocated, revised('2023-08-01', 200), revised('2023-09-01', 300))).toEqual({
      before: { ceiling: 200 },
      after: { ceiling: 300 },
    });
    // Put right by another of the same day.
    expect(lastOf(allocated, revised('2023-08-01', 200), revised('2023-08-01', 250))).toEqual({
      before: { ceiling: 200 },
      after: { ceiling: 250 },
    });
    expect(lastOf(allocated, revised('2023-08-01', 200), revised('2023-08-01', 200))).toEqual({
      before: {},
      after: {},
    });
  });

  it('shows of the first fact that there was none', () => {
    const { effectiveOn: _effectiveOn, ...fields } = allocated.data;
    expect(lastOf(allocated)).toEqual({ before: null, after: { ...fields, stage: 'murni' } });
    expect(
      lastOf(allocated, { type: 'BudgetPlanned', data: { effectiveOn: '2023-02-01', months: [] } }),
    ).toEqual({ before: null, after: { months: [] } });
  });

  it('looks past what comes later in the stream', () => {
    const log = recorded(
      [allocated, revised('2023-08-01', 200), revised('2023-07-01', 150)].map((each) => ({
        stream: B1,
        ...each,
      })),
    ).map(({ event }) => event);
    expect(beforeAndAfter(log[1]!, log)?.before).toMatchObject({ ceiling: 100 });
  });

  it('tells one agency of a programme from another', () => {
    const enrolled = (agency: string, name: string, effectiveOn = '2023-01-01') => ({
      type: 'AgencyEnrolled',
      data: { effectiveOn, agency, name },
    });
    const withdrawn = { type: 'AgencyWithdrawn', data: { effectiveOn: '2023-05-01', agency: 'A' } };
    expect(lastOf(enrolled('a', 'Dinas A'), enrolled('b', 'Dinas B'), withdrawn)).toEqual({
      before: { enrolled: true },
      after: { enrolled: false },
    });
    expect(lastOf(enrolled('a', 'Dinas A'), enrolled('b', 'Dinas B'))).toEqual({
      before: null,
      after: { agency: 'b', name: 'Dinas B', enrolled: true },
    });
  });

  it('shows that an action is withdrawn, and who leads it now', () => {
    const planned = {
      type: 'ActionPlanned',
      data: { effectiveOn: '2023-01-01', code: 'A-1', lead: 'a', supporting: [], weight: '1' },
    };
    const withdrawn = { type: 'ActionWithdrawn', data: { effectiveOn: '2023-05-01' } };
    const reassigned = {
      type: 'ActionReassigned',
      data: { effectiveOn: '2023-05-01', lead: 'b', supporting: [] },
    };
    expect(lastOf(planned, withdrawn)).toEqual({ before: { withdrawn: false }, after: { withdrawn: true } });
    expect(lastOf(planned, reassigned)).toEqual({ before: { lead: 'a' }, after: { lead: 'b' } });
  });

  it('shows what of an allocation is put right', () => {
    const { effectiveOn, ceiling, document, actions } = allocated.data;
    const whole = { effectiveOn, ceiling, document, actions, agency: 'dinkes', title: 'Puskesmas' };
    const dinkes = { ...allocated, data: { ...allocated.data, ...whole } };
    const right = { type: 'BudgetRevised', data: { ...whole, stage: 'murni', ceiling: 7, agency: 'dinsos' } };
    expect(lastOf(dinkes, revised('2023-08-01', 200), right)).toEqual({
      before: { ceiling: 100, agency: 'dinkes' },
      after: { ceiling: 7, agency: 'dinsos' },
    });
  });

  it('shows of a correction what it takes away', () => {
    const paid = { type: 'BudgetDisbursed', id: 'paid', data: { occurredOn: '2023-02-01', amount: 5 } };
    const voided = { type: 'DisbursementVoided', data: { corrects: 'paid' } };
    expect(lastOf(allocated, paid, voided)).toEqual({ before: paid.data, after: null });
    expect(lastOf(allocated, paid)).toBeUndefined();
    expect(lastOf(allocated, voided)).toBeUndefined();
  });

  it('shows of decisions that replace something what was before', () => {
    const scheduled = (phase: string, cutOff: string) => ({
      type: 'PhaseScheduled',
      data: { phase, name: phase, cutOff, reportDue: '2023-07-01' },
    });
    const put = {
      type: 'PhaseRescheduled',
      data: { phase: 'I', cutOff: '2023-06-12', reportDue: '2023-07-01' },
    };
    expect(lastOf(scheduled('I', '2023-06-30'), scheduled('II', '2023-11-09'), put)).toEqual({
      before: { cutOff: '2023-06-30' },
      after: { cutOff: '2023-06-12' },
    });
    const policy = (name: string) => ({ type: 'LateReportingPolicySet', data: { policy: name } });
    const established = { type: 'ProgrammeEstablished', data: { name: 'M' } };
    expect(lastOf(established, policy('refused'))).toEqual({
      before: { policy: 'needs-reason' },
      after: { policy: 'refused' },
    });
    expect(lastOf(established, policy('refused'), policy('office-only'))).toMatchObject({
      before: { policy: 'refused' },
    });
    expect(
      lastOf(scheduled('I', '2023-06-30'), { type: 'PhaseOpened', data: { phase: 'I' } }),
    ).toBeUndefined();
    expect(lastOf({ type: 'EvidenceAttached', data: { of: 'x' } })).toBeUndefined();
  });
});

describe('the view of the audit trail', () => {
  it('is the same in any pages, and when events are handled twice', () => {
    foldsAlike(auditTrailView, recorded([...story, reopened, closed, after]));
  });

  it('keeps 500 events to a document, in the order of its keys', () => {
    const many = Array.from({ length: 1001 }, (): Told => ({ ...story[3]! }));
    const listed = documentsOf(recorded(many)).list('audit-trail', 'entries/');
    expect(listed.map(({ key, value }) => [key, (value as EntriesDocument).type.length])).toEqual([
      ['entries/00000000', 500],
      ['entries/00000001', 500],
      ['entries/00000002', 1],
    ]);
  });

  it('refuses a gap, and an event that it does not know', () => {
    expect(() => documentsOf(events.slice(1))).toThrow('does not follow');
    expect(() => documentsOf(recorded([{ stream: A1, type: 'Unheard', data: {} }]))).toThrow(
      'no type of event',
    );
  });
});
