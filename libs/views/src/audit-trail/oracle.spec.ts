import type { ProgrammeEvent } from '@jejak/core';
import { foldsAlike, recorded, type Told } from '@jejak/core/testing';
import type { Day } from '@jejak/domain';
import fc from 'fast-check';
import { MemoryDocuments } from '../documents';
import { auditTrail } from './query';
import { readAsAsked } from '../testing/read';
import { auditTrailView } from './view';

/** Random logs; `HISTORIES=1000` tries more of them. */
const HISTORIES = Number(process.env.HISTORIES ?? 200);
jest.setTimeout(30_000 + HISTORIES * 200);

const PHASES = ['I', 'II'];
const CUT_OFFS: Record<string, Day> = { I: '2023-03-31', II: '2023-06-30' };
const days = fc
  .tuple(fc.integer({ min: 1, max: 8 }), fc.constantFrom('01', '30'))
  .map(([month, day]): Day => `2023-0${String(month)}-${month === 2 ? '28' : day}`);
const agencies = fc.constantFrom('a', 'B', 'constructor');

type Make = (told: readonly Told[], n: number) => Told | undefined;

/** Of what a correction or an attachment may name: reports, verifications, evidence. */
const NAMEABLE = ['BudgetDisbursed', 'ActionCompleted', 'CompletionVerified', 'EvidenceAttached'];

const naming =
  (type: string, kind: string, field: 'of' | 'corrects', pick: number): Make =>
  (told) => {
    const found = told.filter((each) => each.stream.startsWith(kind) && NAMEABLE.includes(each.type));
    const named = found[pick % Math.max(found.length, 1)];
    return named && { stream: named.stream, type, data: { [field]: named.id } };
  };
const phaseEvent =
  (type: string, phase: string, more: object = {}): Make =>
  () => ({ stream: 'phase-malang.2023.main', type, data: { phase, ...more } });

const makes: fc.Arbitrary<Make> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.tuple(days, fc.nat(3)).map(([occurredOn, n]): Make => () => ({
      stream: `budget-malang.2023.l-${String(n)}`,
      type: 'BudgetDisbursed',
      data: { occurredOn },
    })),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(days, fc.nat(3)).map(([occurredOn, n]): Make => () => ({
      stream: `action-malang.2023.a-${String(n)}`,
      type: 'ActionCompleted',
      data: { occurredOn },
    })),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(days, fc.nat(3)).map(([effectiveOn, n]): Make => () => ({
      stream: `action-malang.2023.a-${String(n)}`,
      type: 'ActionReplanned',
      data: { effectiveOn },
    })),
  },
  { weight: 2, arbitrary: fc.nat().map((n) => naming('CompletionVerified', 'action-', 'of', n)) },
  { weight: 2, arbitrary: fc.nat().map((n) => naming('EvidenceAttached', 'action-', 'of', n)) },
  { weight: 2, arbitrary: fc.nat().map((n) => naming('VerificationWithdrawn', 'action-', 'corrects', n)) },
  { weight: 2, arbitrary: fc.nat().map((n) => naming('DisbursementVoided', 'budget-', 'corrects', n)) },
  {
    weight: 1,
    arbitrary: fc.constant<Make>(() => ({
      stream: 'access-malang.2023.u-1',
      type: 'RoleGranted',
      data: { role: 'office' },
    })),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('needs-reason', 'office-only', 'refused').map((policy): Make => () => ({
      stream: 'programme-malang.2023.main',
      type: 'LateReportingPolicySet',
      data: { policy },
    })),
  },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom(...PHASES)
      .map((phase) => phaseEvent('PhaseClosed', phase, { cutOff: CUT_OFFS[phase] })),
  },
  { weight: 1, arbitrary: fc.constantFrom(...PHASES).map((phase) => phaseEvent('PhaseReopened', phase)) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...PHASES), days)
      .map(([phase, occurredOn]) => phaseEvent('AspectScored', phase, { occurredOn })),
  },
);

const logs = fc
  .array(fc.tuple(makes, fc.option(agencies), fc.option(agencies), fc.boolean()), {
    maxLength: 60,
    size: 'max',
  })
  .map((drawn) => {
    const told: Told[] = PHASES.map((phase, n) => ({
      id: `p${String(n)}`,
      stream: 'phase-malang.2023.main',
      type: 'PhaseScheduled',
      data: { phase, cutOff: CUT_OFFS[phase] },
    }));
    drawn.forEach(([make, agency, onBehalfOf, reasoned], n) => {
      const made = make(told, n);
      if (made === undefined) return;
      const actor = {
        subject: 'u',
        role: agency === 'B' ? 'officer' : 'office',
        ...(agency && { agency }),
        ...(onBehalfOf && { onBehalfOf }),
      };
      told.push({ ...made, id: `n${String(n)}`, meta: { actor, ...(reasoned && { reason: 'because' }) } });
    });
    return recorded(told);
  });

type Data = {
  readonly occurredOn?: Day;
  readonly effectiveOn?: Day;
  readonly of?: string;
  readonly corrects?: string;
  readonly phase?: string;
  readonly policy?: string;
};
type Logged = ProgrammeEvent<ProgrammeEvent['event'] & { readonly data: Data }>;

/** The day of an event, by the words of the semantics. */
function dayOf(log: readonly Logged[], { event: { data } }: Logged): Day | null {
  const own = data.occurredOn ?? data.effectiveOn;
  if (own !== undefined) return own;
  const named = log.find(({ event }) => event.id === (data.of ?? data.corrects));
  return named === undefined ? null : dayOf(log, named);
}

/** The phases for which an event is late, as known at the end of the log. */
function lateFor(log: readonly Logged[], recordedEvent: Logged, phases: readonly string[]): string[] {
  const day = dayOf(log, recordedEvent);
  return phases.filter((phase) => {
    const last = log.findLast(
      ({ event }) => event.data.phase === phase && ['PhaseClosed', 'PhaseReopened'].includes(event.type),
    );
    const inForce = last?.event.type === 'PhaseClosed';
    return inForce && day !== null && recordedEvent.index > last.index && day <= CUT_OFFS[phase]!;
  });
}

/** Whether the door would have let an event in, by the policy that was set last before it. */
function admits(log: readonly Logged[], { index, event: { meta } }: Logged): boolean {
  const set = log.findLast((each) => each.event.type === 'LateReportingPolicySet' && each.index < index);
  const policy = set?.event.data.policy ?? 'needs-reason';
  if (policy === 'refused') return false;
  return policy === 'office-only' ? meta.actor.role === 'office' : meta.reason !== undefined;
}

const seldom = <T>(values: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: values });
const queries = fc.record({
  phase: fc.constantFrom('I', 'ii', undefined),
  type: seldom(fc.constantFrom('BudgetDisbursed', 'EvidenceAttached', 'PhaseClosed')),
  stream: seldom(fc.constantFrom('action-malang.2023.a-1', 'Budget-malang.2023.L-0')),
  agency: seldom(fc.constantFrom('A', 'b', 'Constructor', 'toString')),
  from: seldom(days),
  to: seldom(days),
  late: seldom(fc.constantFrom('true', 'false')),
  order: fc.constantFrom('newest', 'oldest', undefined),
});

describe('the audit trail of any log, for any question', () => {
  it('is what the definition says, over all its pages', () => {
    let [late, phased] = [0, 0];
    fc.assert(
      fc.property(logs, fc.nat(), queries, fc.integer({ min: 1, max: 20 }), (whole, known, query, limit) => {
        const log = whole.slice(0, PHASES.length + (known % (whole.length - PHASES.length + 1))) as Logged[];
        const documents = new MemoryDocuments([auditTrailView]);
        documents.fold(log);
        const { phase, type, stream, agency, from, to, order } = query;
        const phases = PHASES.filter((each) => phase === undefined || each === phase.toUpperCase());
        const expected = log
          .map((each) => ({ each, day: dayOf(log, each), late: lateFor(log, each, phases) }))
          .filter(({ each: { event }, day, late: isLate }) => {
            const { actor } = event.meta;
            const acting = actor.onBehalfOf ?? actor.agency;
            const inPhase =
              phase === undefined ||
              event.data.phase === phases[0] ||
              (day !== null && day <= CUT_OFFS[phases[0]!]!);
            return (
              inPhase &&
              (type === undefined || event.type === type) &&
              (stream === undefined || event.stream === stream.toLowerCase()) &&
              (agency === undefined || acting?.toLowerCase() === agency.toLowerCase()) &&
              (from === undefined || (day !== null && day >= from)) &&
              (to === undefined || (day !== null && day <= to)) &&
              (query.late === undefined || isLate.length > 0 === (query.late === 'true'))
            );
          })
          .map(({ each, each: { index, event }, day, late: isLate }) => ({
            index,
            occurred: day,
            late: isLate,
            lateWithoutReason:
              isLate.length > 0 &&
              (event.data.occurredOn ?? event.data.effectiveOn) !== undefined &&
              !admits(log, each),
          }));
        if (order !== 'oldest') expected.reverse();
        late += expected.filter((item) => item.late.length > 0).length;
        if (phase !== undefined) phased += expected.length;

        const context = { programme: 'malang.2023', index: log.length - 1, now: '2023-12-31T00:00:00.000Z' };
        const items = [];
        const count = { total: known % 2 === 0 ? 'true' : 'false' };
        let cursor: string | null | undefined;
        do {
          const params = auditTrail.params.parse({ ...query, limit, ...(cursor && { cursor }), ...count });
          const page = auditTrail.answer(documents, params, context);
          expect(readAsAsked(auditTrail, params, documents, context).answer).toEqual(page);
          if (count.total === 'true') expect(page.total).toBe(expected.length);
          else expect([null, expected.length]).toContain(page.total);
          expect(page.items.length).toBeLessThanOrEqual(limit);
          items.push(...page.items);
          cursor = page.next;
        } while (cursor !== null);
        expect(items).toEqual(expected);
      }),
      { numRuns: HISTORIES * 2 },
    );
    expect(late).toBeGreaterThan(HISTORIES / 2);
    expect(phased).toBeGreaterThan(HISTORIES);
  });

  it('comes from documents that are the same in any pages, and when events are handled twice', () => {
    fc.assert(
      fc.property(logs, (log) => foldsAlike(auditTrailView, log, 3)),
      { numRuns: Math.ceil(HISTORIES / 10) },
    );
  });
});
