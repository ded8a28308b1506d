import { canonical, type Json } from '@jejak/core';
import { type Day, isClosed, type Rule } from '@jejak/domain';
import {
  MemoryDocuments,
  type QueryContext,
  queries,
  type Restated,
  type SealDocument,
  views,
} from '@jejak/views';
import { agree, ask, definedOnly, figuresOnly } from './compare';
import { fold, snapshotAt } from './folds';
import { randomHistory } from './history';
import { Known, lower } from './known';
import { codeOf, type Maker } from './maker';
import { actionWishes } from './wishes-action';
import { budgetWishes, csrWishes } from './wishes-money';
import { programmeWishes, sealed } from './wishes-programme';
import { type Happened, PROGRAMME } from './world';

const { reviseRule, setPolicy } = programmeWishes;
const WISHES = { ...actionWishes, ...budgetWishes, ...csrWishes, reviseRule, setPolicy };
const WEIGHTS = Object.fromEntries(Object.entries(WISHES).map(([name, wish]) => [name, wish?.[0] ?? 0]));
/** Reports and changes that figures and sums depend on: those that the door asks something of. */
const ASKED = [
  ...['ActionPlanned', 'ActionReplanned', 'ActionWithdrawn', 'ProgressReported', 'ActionCompleted'],
  ...['BudgetAllocated', 'BudgetRevised', 'BudgetPlanned', 'BudgetDisbursed', 'DisbursementReturned'],
  ...['PhysicalProgressReported', 'CsrPledged', 'CsrReceived', 'CsrAllocated', 'CsrReturned'],
];
const OTHERS = [
  ...['CompletionVerified', 'CompletionRejected', 'CompletionRetracted', 'VerificationWithdrawn'],
  ...['ProgressVoided', 'DisbursementVoided', 'PhysicalProgressVoided', 'CsrEntryVoided'],
];

/** What a run went through. */
export interface LateCounts {
  /** events that came after the seal and speak of days up to its cut-off */
  readonly late: number;
  readonly compared: number;
  /** how often the restated figures moved */
  readonly moved: number;
  /** how many came late without a reason */
  readonly withoutReason: number;
}

const NONE: LateCounts = { late: 0, compared: 0, moved: 0, withoutReason: 0 };
const LATE_EVENTS = 25;

/**
 * Events that come after a seal and speak of days before its cut-off, in one random history: the sealed answer stays
 * the same to the byte, also when it is computed again from the log; the restated one moves as the definitions say,
 * with the events that move it.
 *
 * @returns nothing but zeros for a history in which no phase can be closed
 * @throws Error, with the seed, where anything differs
 */
export function runLateEvents(seed: number): LateCounts {
  try {
    const maker = randomHistory(seed, 80);
    const seal = closedAndSealed(maker);
    return seal === undefined ? NONE : tellLate(maker, seal);
  } catch (error) {
    throw new Error(`history of seed ${String(seed)}: ${(error as Error).message}`, { cause: error });
  }
}

interface Sealed {
  readonly phase: string;
  readonly number: number;
  readonly cutOff: Day;
  readonly index: number;
  readonly rule: Rule;
}

/** Closes a phase of the history, once more where it was closed before, and seals it. */
function closedAndSealed(maker: Maker): Sealed | undefined {
  const { world } = maker;
  const { phases } = world.facts().phase;
  const before = world.facts();
  const phase = Object.values(phases).find((each) => !isClosed(each));
  if (phase === undefined) return undefined;
  const after = `${phase.cutOff}T23:00:00.000Z`;
  if (world.at < after) world.at = after;
  maker.wish('programme', 'SetLateReportingPolicy', { policy: 'needs-reason' });
  const [closing] = maker.wish('phase', 'ClosePhase', { phase: phase.code });
  const [seal] = closing === undefined ? [] : sealed(maker, closing);
  if (closing === undefined || seal === undefined) return undefined;
  world.staleFacts = maker.random.chance(0.5) ? { ...before, programme: world.facts().programme } : undefined;
  const { number, cutOff, rule } = seal.event.data as unknown as Sealed;
  return { phase: phase.code, number, cutOff, index: closing.index, rule };
}

function tellLate(maker: Maker, seal: Sealed): LateCounts {
  const { world, random } = maker;
  const documents = new MemoryDocuments(views);
  documents.fold(world.events);
  const stored = sealText(maker, documents, seal);
  const first = restate(maker, documents, seal);
  maker.until = seal.cutOff;
  let [late, compared, moved, withoutReason] = [0, 0, 0, 0];
  let last = canonical(figuresOnly(first.restated.figures) as Json);
  for (let tries = 0; late < LATE_EVENTS && tries < 200; tries++) {
    const from = world.events.length;
    maker.wait();
    WISHES[random.weighted(WEIGHTS) as keyof typeof WISHES]?.[1](maker);
    const added = world.events.slice(from);
    documents.fold(added);
    if (added.length === 0) continue;
    const known = new Known(world.events, world.events.length);
    late += added.filter((each) => known.dateOf(each) <= seal.cutOff).length;
    compared += agree('the seal as stored', sealText(maker, documents, seal), stored);
    const restated = restate(maker, documents, seal);
    compared += agree(
      'restated',
      figuresOnly(restated.restated.figures),
      definedOnly(known, seal.cutOff, seal.rule),
    );
    compared += agree('difference', restated.difference.map(brief), defineDifference(known, seal));
    const now = canonical(figuresOnly(restated.restated.figures) as Json);
    if (now !== last) moved++;
    last = now;
    withoutReason = restated.difference.filter((each) => each.withoutReason).length;
  }
  const again = snapshotAt(fold(world.events.slice(0, seal.index + 1)), PROGRAMME, seal.cutOff, seal.phase);
  const { snapshot } = JSON.parse(stored) as SealDocument;
  compared += agree('the seal computed again', again, snapshot);
  return { late, compared, moved, withoutReason };
}

function contextOf(maker: Maker): QueryContext {
  return { programme: PROGRAMME, index: maker.world.events.length - 1, now: maker.world.at };
}

function sealText(maker: Maker, documents: MemoryDocuments, { phase, number }: Sealed): string {
  return canonical(
    ask(queries.seal, documents, { phase, seal: number }, contextOf(maker)) as unknown as Json,
  );
}

function restate(maker: Maker, documents: MemoryDocuments, { phase, number }: Sealed): Restated {
  return ask(queries.restated, documents, { phase, seal: number }, contextOf(maker));
}

function brief({
  id,
  index,
  type,
  on,
  stream,
  code,
  late,
  withoutReason,
}: Restated['difference'][number]): object {
  return { id, index, type, on, stream, code, late, withoutReason };
}

/**
 * The events after the closing that speak of days up to the cut-off, of the kinds that the figures of the rule and the
 * sums of money look at.
 */
function defineDifference(known: Known, { phase, index: closing, cutOff, rule }: Sealed): readonly object[] {
  const types = [...ASKED, ...OTHERS].filter(
    (type) => !type.startsWith('Progress') || rule.counts === 'progress',
  );
  const turns = known
    .of('PhaseClosed', 'PhaseReopened')
    .filter(({ event }) => lower(event.data.phase) === lower(phase));
  return known
    .of(...types)
    .filter((each) => each.index > closing && known.dateOf(each) <= cutOff)
    .map((each) => {
      const { id, type, stream } = each.event;
      const shut = turns.findLast(({ index }) => index < each.index)?.event.type === 'PhaseClosed';
      return {
        id,
        index: each.index,
        type,
        on: known.dateOf(each),
        stream: stream.slice(0, stream.indexOf('-')),
        code: written(known, each),
        late: true,
        withoutReason: shut && ASKED.includes(type) && !admits(known, each),
      };
    });
}

/** Whether the door lets a late event in, by the policy in force where it was recorded. */
function admits(known: Known, { index, event: { meta } }: Happened): boolean {
  const policy = known.of('LateReportingPolicySet').findLast((each) => each.index < index)?.event.data.policy;
  switch (policy) {
    case 'office-only':
      return meta.actor.role === 'office';
    case 'refused':
      return false;
    default:
      return meta.reason !== undefined;
  }
}

/** The code as the first event of the stream writes it. */
function written(known: Known, happened: Happened): string {
  const first = known
    .of('ActionPlanned', 'BudgetAllocated')
    .find(({ event }) => event.stream === happened.event.stream);
  const { code, line } = (first?.event.data ?? {}) as { code?: string; line?: string };
  return code ?? line ?? codeOf(happened);
}
