import { foldsAlike, recorded, type Told } from '@jejak/core/testing';
import { MemoryDocuments } from '../documents';
import { programmesView } from '../programmes/view';
import { NotFound } from '../query';
import { csr, csrContribution, csrSummaryAt, csrTotals } from './query';
import { csrView } from './view';

const context = { programme: 'malang.2023', index: 0, now: '2023-12-31T00:00:00.000Z' };
const established: Told = {
  stream: 'programme-malang.2023.main',
  type: 'ProgrammeEstablished',
  data: {
    name: 'Malang Smart City',
    from: '2023-01-01',
    to: '2023-12-31',
    timeZone: 'Asia/Jakarta',
    legalBasis: [],
    dimensions: [{ code: 'society', name: 'Society' }],
  },
};

const C1 = 'csr-malang.2023.c-1';
const C2 = 'csr-malang.2023.c-2';
const pledge = (occurredOn: string, donor: string, year: number, amount: number) => ({
  occurredOn,
  donor,
  year,
  amount,
});
const receipt = (occurredOn: string, donor: string, year: number, amount: number, receiptNo: string) => ({
  ...pledge(occurredOn, donor, year, amount),
  receiptNo,
});
const to = (kind: 'action' | 'agency', code: string) => ({ kind, code });

/**
 * C-1 of Bank-X: 1,000 pledged for 2022; 600 received for 2022 on 1 May 2022 and 400 for 2023 on 1 February 2023, told
 * in the other order; 100 of the first came back on 1 March 2023; 700 allocated to A-1 on 1 April, 100 to Dinas-A on
 * 1 May; 50 more to A-1 that were voided. C-2 of donor-y: 30 received for 2023, voided, with the 10 that came back.
 */
const story: Told[] = [
  established,
  { stream: C1, type: 'CsrPledged', data: { ...pledge('2022-02-01', 'Bank-X', 2022, 1000), note: 'MoU' } },
  { stream: C1, type: 'CsrReceived', id: 'feb', data: receipt('2023-02-01', 'Bank-X', 2023, 400, 'R-2') },
  { stream: C1, type: 'CsrReceived', id: 'may', data: receipt('2022-05-01', 'bank-x', 2022, 600, 'R-1') },
  { stream: C1, type: 'CsrReturned', data: { occurredOn: '2023-03-01', receipt: 'may', amount: 100 } },
  {
    stream: C1,
    type: 'CsrAllocated',
    data: { occurredOn: '2023-05-01', amount: 100, to: to('agency', 'Dinas-A') },
  },
  {
    stream: C1,
    type: 'CsrAllocated',
    data: { occurredOn: '2023-04-01', amount: 700, to: to('action', 'A-1') },
  },
  {
    stream: C1,
    type: 'CsrAllocated',
    id: 'twice',
    data: { occurredOn: '2023-04-01', amount: 50, to: to('action', 'a-1') },
  },
  {
    stream: C1,
    type: 'CsrEntryVoided',
    id: 'void',
    data: { corrects: 'twice' },
    meta: { reason: 'told twice' },
  },
  { stream: C2, type: 'CsrReceived', id: 'y', data: receipt('2023-06-01', 'donor-y', 2023, 30, 'R-3') },
  {
    stream: C2,
    type: 'CsrReturned',
    id: 'y-back',
    data: { occurredOn: '2023-06-02', receipt: 'y', amount: 10 },
  },
  {
    stream: C2,
    type: 'CsrReturned',
    id: 'y-no',
    data: { occurredOn: '2023-06-03', receipt: 'y', amount: 5 },
  },
  {
    stream: C2,
    type: 'CsrEntryVoided',
    id: 'void-back',
    data: { corrects: 'y-no' },
    meta: { reason: 'not so' },
  },
  {
    stream: C2,
    type: 'EvidenceAttached',
    data: { of: 'y', digest: 'a'.repeat(64), mediaType: 'image/png', bytes: 3 },
  },
  { stream: C2, type: 'CsrPledged', data: pledge('2023-07-01', 'donor-y', 2023, 7) },
];
const voided: Told = {
  stream: C2,
  type: 'CsrEntryVoided',
  id: 'void-y',
  data: { corrects: 'y' },
  meta: { reason: 'another city' },
};
const events = recorded(story);

function documentsOf(log = events): MemoryDocuments {
  const documents = new MemoryDocuments([programmesView, csrView]);
  documents.fold(log);
  return documents;
}
const documents = documentsOf();

const none = { pledged: 0, received: 0, returned: 0, net: 0, allocated: 0, unallocated: 0 };
const totals = (query: object = {}) =>
  csrTotals.answer(documents, csrTotals.params.parse({ cutOff: '2023-12-31', ...query }), context);

describe('CSR', () => {
  it('sums what was pledged, received, given back and allocated by its day', () => {
    expect(totals().total).toEqual({
      pledged: 1007,
      received: 1030,
      returned: 110,
      net: 920,
      allocated: 800,
      unallocated: 120,
    });
    expect(totals({ cutOff: '2022-04-30' }).total).toEqual({ ...none, pledged: 1000 });
    expect(totals({ cutOff: '2022-05-01' }).total).toEqual({
      ...none,
      pledged: 1000,
      received: 600,
      net: 600,
      unallocated: 600,
    });
    expect(totals({ cutOff: '2023-02-28' }).total).toMatchObject({ received: 1000, returned: 0 });
    expect(totals({ cutOff: '2023-03-01' }).total).toMatchObject({
      received: 1000,
      returned: 100,
      unallocated: 900,
    });
    expect(totals({ cutOff: '2022-01-31' })).toMatchObject({ total: none, byYear: [], byDonor: [] });
  });

  it('takes what is allocated from the earliest receipts, so that the years sum to the whole', () => {
    // Of 800, the 500 left of 2022 come first; the other 300 are of 2023.
    expect(totals().byYear).toEqual([
      { year: 2022, pledged: 1000, received: 600, returned: 100, net: 500, allocated: 500, unallocated: 0 },
      { year: 2023, pledged: 7, received: 430, returned: 10, net: 420, allocated: 300, unallocated: 120 },
    ]);
    // Before the allocation of 1 May: 700 on 1 April.
    expect(totals({ cutOff: '2023-04-30' }).byYear.map(({ allocated }) => allocated)).toEqual([500, 200]);
  });

  it('names donors and what it is allocated to, ignoring case', () => {
    expect(totals().byDonor).toEqual([
      {
        donor: 'bank-x',
        pledged: 1000,
        received: 1000,
        returned: 100,
        net: 900,
        allocated: 800,
        unallocated: 100,
      },
      { donor: 'donor-y', ...none, pledged: 7, received: 30, returned: 10, net: 20, unallocated: 20 },
    ]);
    expect(totals().actions).toEqual([{ code: 'a-1', allocated: 700 }]);
    expect(totals().agencies).toEqual([{ code: 'dinas-a', allocated: 100 }]);
    expect(totals({ year: '2023' })).toMatchObject({
      actions: [{ code: 'a-1', allocated: 200 }],
      agencies: [{ code: 'dinas-a', allocated: 100 }],
    });
    expect(totals({ donor: 'DONOR-Y' }).total).toMatchObject({ received: 30 });
  });

  it('forgets a receipt that was voided, with what came back of it', () => {
    const after = documentsOf(recorded([...story, voided]));
    expect(csrSummaryAt(after, '2023-12-31').total).toMatchObject({ received: 1000, returned: 100 });
    const { receipts, returns } = csrContribution.answer(after, { contribution: 'C-2' }, context);
    expect(receipts.map((each) => each.voided)).toEqual(['void-y']);
    // The return that was voided by itself says so.
    expect(returns.map((each) => each.voided)).toEqual(['void-y', 'void-back']);
  });

  it('is in a snapshot what it is in the answer', () => {
    const { total, byYear, agencies } = totals();
    expect(csrSummaryAt(documents, '2023-12-31')).toEqual({ total, byYear, agencies });
  });
});

describe('contributions', () => {
  const list = (query: object = {}) =>
    csr.answer(documents, csr.params.parse({ cutOff: '2023-12-31', ...query }), context);
  const codes = (query: object) => list(query).items.map(({ code }) => code);

  it('are listed with what fits the filter', () => {
    expect(list().items[0]).toEqual({
      code: 'c-1',
      donor: 'Bank-X',
      years: [2022, 2023],
      revision: 7,
      pledged: 1000,
      received: 1000,
      returned: 100,
      net: 900,
      allocated: 800,
      unallocated: 100,
    });
    expect(list({ year: 2022 }).items).toMatchObject([
      { code: 'c-1', years: [2022], received: 600, allocated: 500 },
    ]);
    expect(codes({ donor: 'Donor-Y' })).toEqual(['c-2']);
    expect(codes({ cutOff: '2023-05-31' })).toEqual(['c-1']);
    expect(codes({ year: 2024 })).toEqual([]);
  });

  it('are sorted, and come in pages', () => {
    expect(codes({ sort: 'received' })).toEqual(['c-2', 'c-1']);
    expect(codes({ sort: 'donor', order: 'desc' })).toEqual(['c-2', 'c-1']);
    for (const sort of ['pledged', 'allocated', 'unallocated'])
      expect(codes({ sort })).toEqual(['c-2', 'c-1']);
    const { next, total } = list({ limit: 1 });
    expect(total).toBe(2);
    expect(codes({ limit: 1, cursor: next })).toEqual(['c-2']);
  });

  it('are told whole, whatever the cut-off', () => {
    const found = csrContribution.answer(documents, { contribution: 'C-1', cutOff: '2022-04-30' }, context);
    expect(found).toMatchObject({
      code: 'c-1',
      revision: 7,
      cutOff: '2022-04-30',
      totals: { pledged: 1000, received: 0 },
    });
    expect(found.allocations.map(({ amount, voided: by }) => [amount, by])).toEqual([
      [100, undefined],
      [700, undefined],
      [50, 'void'],
    ]);
    expect(found.pledges[0]?.note).toBe('MoU');
    const { evidence } = csrContribution.answer(documents, { contribution: 'c-2' }, context);
    expect(evidence).toMatchObject([{ of: 'y', bytes: 3 }]);
  });

  it('that there are not are not found', () => {
    expect(() => csrContribution.answer(documents, { contribution: 'c-9' }, context)).toThrow(NotFound);
  });
});

describe('the view of contributions', () => {
  it('is the same in any pages, and when events are handled twice', () => {
    foldsAlike(csrView, events);
  });

  it('keeps a document for each contribution', () => {
    expect(documents.list('csr').map(({ key }) => key)).toEqual(['csr/c-1', 'csr/c-2']);
  });

  it('stops at what no decider lets happen', () => {
    const unknown: Told = { stream: C1, type: 'CsrEntryVoided', data: { corrects: 'x' } };
    expect(() => documentsOf(recorded([...story, unknown]))).toThrow('no entry');
    const overdrawn: Told = {
      stream: C1,
      type: 'CsrAllocated',
      data: { occurredOn: '2023-05-01', amount: 101, to: to('agency', 'a') },
    };
    expect(() => csrSummaryAt(documentsOf(recorded([...story, overdrawn])), '2023-12-31')).toThrow(
      'than it has',
    );
  });
});
