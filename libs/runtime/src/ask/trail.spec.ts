import type { ProgrammeEvent } from '@jejak/core';
import { recorded, type Told } from '@jejak/core/testing';
import { catalogue } from '@jejak/domain';
import { auditTrailView, MemoryDocuments } from '@jejak/views';
import type { Ask } from './ask';
import { auditTrail } from './trail';

const L = (n: number): string => `budget-malang.2023.l-${String(n)}`;
const sp2d = (n: number) => ({
  occurredOn: '2023-05-01',
  amount: 1,
  document: { kind: 'sp2d', number: `S-${String(n)}` },
});

/** 400 payments of four lines; number 70 revises a ceiling, 390 voids number 3, which is of the line 3. */
const told: Told[] = Array.from({ length: 400 }, (_, n): Told => {
  const stream = L(n % 4);
  const line = { line: `L-${String(n)}`, title: 'x', agency: 'a', year: 2023, hierarchy: '1', actions: [] };
  const meta = { actor: { subject: 'u', role: 'office', ...((n === 2 || n === 70) && { onBehalfOf: 'z' }) } };
  if (n < 3) {
    const data = { ...line, ceiling: 500, effectiveOn: '2023-01-01' };
    return { stream, type: 'BudgetAllocated', data, meta };
  }
  if (n === 70) {
    const data = { stage: 'perubahan', ceiling: 600, actions: [], effectiveOn: '2023-06-01' };
    return { stream, type: 'BudgetRevised', data, meta };
  }
  if (n === 390)
    return { stream: L(3), type: 'DisbursementVoided', data: { corrects: 'e3' }, meta: { reason: 'twice' } };
  return { id: `e${String(n)}`, stream, type: 'BudgetDisbursed', data: sp2d(n) };
});
const log = recorded(told);

/** The trail, and what of the log was read for it. */
async function read(params: object) {
  const reads: string[] = [];
  const documents = new MemoryDocuments([auditTrailView]);
  documents.fold(log);
  const ask = {
    answer: async ({ query, programme }: Parameters<Ask['answer']>[0]) => {
      const context = { programme, index: log.length - 1, now: '2023-12-31T00:00:00.000Z' };
      return { answer: query.answer(documents, query.params.parse(params), context), index: 399, asOf: '' };
    },
  } as Pick<Ask, 'answer'>;
  const source = {
    async *readProgramme(_programme: string, from: number, to = log.length - 1) {
      reads.push(`${String(from)}-${String(to)}`);
      for (let n = from; n <= to; n += 7) yield log.slice(n, Math.min(n + 7, to + 1));
    },
    readStream: async (stream: string): Promise<readonly ProgrammeEvent[]> => {
      reads.push(stream);
      return log.filter(({ event }) => event.stream === stream);
    },
  };
  const { answer } = await auditTrail(ask, source, catalogue, { programme: 'malang.2023', params });
  return { answer, reads };
}

describe('a page of the audit trail', () => {
  it('reads its events at once, and streams only of what replaces something', async () => {
    const { answer, reads } = await read({ limit: 100, cursor: '201' });
    expect(answer.items.map(({ index }) => index)).toEqual(Array.from({ length: 100 }, (_, n) => 200 - n));
    expect(answer).toMatchObject({ total: 400, next: '101' });
    expect(reads).toEqual(['101-200']);
    for (const { index, id, revision, stream } of answer.items) {
      const { event } = log[index]!;
      expect([id, revision, stream]).toEqual([event.id, event.revision, event.stream]);
    }
  });

  it('reads around what lies far between', async () => {
    const filtered = await read({ stream: L(2), type: 'BudgetRevised' });
    expect(filtered.reads).toEqual(['70-70', L(2)]);
    expect(filtered.answer.items).toMatchObject([
      { index: 70, before: { stage: 'murni', ceiling: 500 }, after: { stage: 'perubahan', ceiling: 600 } },
    ]);
    const { answer, reads } = await read({ agency: 'nobody' });
    expect([answer.items, answer.total, reads]).toEqual([[], 0, []]);
  });

  it('shows what a correction took away', async () => {
    const { answer, reads } = await read({ type: 'DisbursementVoided' });
    expect(answer.items).toMatchObject([
      { index: 390, occurred: '2023-05-01', reason: 'twice', before: sp2d(3), after: null },
    ]);
    expect(reads).toEqual(['390-390', L(3)]);
  });

  it('reads two runs of events as two', async () => {
    const { answer, reads } = await read({ type: 'BudgetAllocated', order: 'oldest' });
    expect(answer.items.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(reads).toEqual(['0-2', L(0), L(1), L(2)]);
    const sparse = await read({ agency: 'Z', order: 'oldest' });
    expect(sparse.answer.items.map(({ index }) => index)).toEqual([2, 70]);
    expect(sparse.reads).toEqual(['2-2', '70-70', L(2)]);
  });
});
