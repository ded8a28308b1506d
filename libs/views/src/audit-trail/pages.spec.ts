import { recorded, type Told } from '@jejak/core/testing';
import { MemoryDocuments } from '../documents';
import { readAsAsked } from '../testing/read';
import { auditTrail } from './query';
import { auditTrailView } from './view';

const PHASE = 'phase-malang.2023.main';
const closing = 700;

/**
 * 1,203 events in three chunks: reports of ten streams, every seventh event evidence of the report three before, and
 * one of the last chunk that voids the very first report. The phase is closed at index 700.
 */
const told: Told[] = Array.from({ length: 1203 }, (_, n): Told => {
  const stream = `budget-malang.2023.l-${String(n % 10)}`;
  const id = `e${String(n)}`;
  if (n === closing)
    return { id, stream: PHASE, type: 'PhaseClosed', data: { phase: 'I', cutOff: '2023-06-30' } };
  if (n === 1200) return { id, stream, type: 'DisbursementVoided', data: { corrects: 'e1' } };
  if (n % 7 === 0 && n > 0)
    return { id, stream, type: 'EvidenceAttached', data: { of: `e${String(n - 3)}` } };
  const occurredOn = n % 2 === 0 ? '2023-05-01' : '2023-07-01';
  return {
    id,
    stream,
    type: 'BudgetDisbursed',
    data: { occurredOn },
    meta: { actor: { subject: 'u', role: 'officer', agency: n % 5 === 0 ? 'a' : 'b' } },
  };
});
const log = recorded(told);
const documents = new MemoryDocuments([auditTrailView]);
documents.fold(log);
const contextAt = (index: number) => ({ programme: 'malang.2023', index, now: '2023-12-31T00:00:00.000Z' });
const read = (query: object, index = log.length - 1) =>
  readAsAsked(auditTrail, auditTrail.params.parse(query), documents, contextAt(index));
const chunksOf = (keys: readonly string[]) =>
  keys.filter((key) => key.startsWith('entries/')).map((key) => Number(key.slice(-8)));

/** The day of each, by the words of the semantics. */
const dayOf = (n: number): string => {
  const data = told[n]!.data as { occurredOn?: string; of?: string; corrects?: string };
  const named = data.of ?? data.corrects;
  return named === undefined ? (data.occurredOn ?? '') : dayOf(Number(named.slice(1)));
};
const filters: [query: object, lets: (n: number) => boolean][] = [
  [{}, () => true],
  [{ type: 'EvidenceAttached' }, (n) => told[n]!.type === 'EvidenceAttached'],
  [{ agency: 'A' }, (n) => told[n]!.type === 'BudgetDisbursed' && n % 5 === 0],
  [{ to: '2023-06-30' }, (n) => dayOf(n) !== '' && dayOf(n) <= '2023-06-30'],
  [{ phase: 'I' }, (n) => n === closing || (dayOf(n) !== '' && dayOf(n) <= '2023-06-30')],
  [{ late: 'true' }, (n) => n > closing && dayOf(n) <= '2023-06-30'],
  [
    { late: 'false', stream: 'Budget-malang.2023.L-0' },
    (n) => n % 10 === 0 && n !== closing && !(n > closing && dayOf(n) <= '2023-06-30'),
  ],
];

describe('pages of the audit trail', () => {
  it.each(filters)('%j are the same however they are cut, at the edges of chunks too', (query, lets) => {
    for (const last of [498, 499, 500, 501, 999, 1000, 1202]) {
      // While the phase is open, nothing is late, and there is no phase to name.
      if (last < closing && ('late' in query || 'phase' in query)) continue;
      const all = told.flatMap((_, n) => (n <= last && lets(n) ? [n] : []));
      for (const order of ['newest', 'oldest'] as const) {
        const expected = order === 'newest' ? [...all].reverse() : all;
        for (const limit of [1, 17, 499, 500]) {
          // At limit 1 from just before an edge on, else all of them.
          const from =
            limit === 1
              ? Math.max(
                  0,
                  expected.findIndex((n) => Math.abs(n - 500) < 3),
                )
              : 0;
          let cursor = from === 0 ? undefined : String(expected[from - 1]);
          const found: number[] = [];
          do {
            const { answer } = read({ ...query, order, limit, ...(cursor && { cursor }) }, last);
            found.push(...answer.items.map(({ index }) => index));
            cursor = answer.next ?? undefined;
          } while (cursor !== undefined && (limit > 1 || found.length < 8));
          const wanted = limit > 1 ? expected : expected.slice(from, from + found.length);
          expect(found).toEqual(wanted);
        }
      }
      expect(read({ ...query, total: 'true', limit: 1 }, last).answer.total).toBe(all.length);
    }
  });

  it('read the chunks that they lie in, and no others', () => {
    expect(chunksOf(read({ cursor: '1200' }).keys)).toEqual([2]);
    expect(chunksOf(read({ cursor: '999', limit: 10 }).keys)).toEqual([1]);
    expect(chunksOf(read({ cursor: '400', order: 'oldest', limit: 10 }).keys)).toEqual([0]);
    expect(chunksOf(read({ cursor: '990', order: 'oldest', limit: 50 }).keys)).toEqual([1, 2]);
    expect(chunksOf(read({ late: 'true', limit: 2, cursor: '710' }).keys)).toEqual([1]);
    // Of a correction of long ago the day is looked for where it is.
    const { keys, answer } = read({ cursor: '1201', limit: 1 });
    expect(answer.items).toMatchObject([{ index: 1200, occurred: '2023-07-01', late: [] }]);
    expect(chunksOf(keys)).toEqual([2, 1, 0]);
  });

  it('ask for the whole index only to count', () => {
    const query = { type: 'EvidenceAttached', limit: 5 };
    expect(chunksOf(read(query).keys)).toEqual([2]);
    expect(chunksOf(read({ ...query, total: 'true' }).keys)).toEqual([2, 1, 0]);
  });
});
