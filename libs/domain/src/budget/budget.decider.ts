import type { Decider, Emit } from '@jejak/core';
import {
  admitted,
  compare,
  type Dated,
  dataOf,
  type Day,
  type Established,
  established,
  factAt,
  fromDecimal,
  monthOf,
  mustBeEnrolled,
  mustNameItsStream,
  placed,
  type ProgrammeAndPhase,
  reportingAgency,
  type Rupiah,
  sameCode,
  toCorrect,
  toProve,
  total,
  withFact,
} from '../shared';
import { type BudgetCommand, budgetCommands } from './budget.commands';
import { type BudgetEvent, budgetEvents } from './budget.events';
import { budgetRules } from './budget.rules';

interface Report {
  readonly id: string;
  readonly on: Day;
}
interface Disbursement extends Report {
  readonly amount: Rupiah;
  readonly kind: 'sp2d' | 'cumulative';
  /** the SP2D's number in lower case, or the month */
  readonly reference: string;
}
interface Return extends Report {
  readonly amount: Rupiah;
  /** the id of the disbursement that it gives back of */
  readonly disbursement: string;
}
interface Physical extends Report {
  readonly percent: string;
}

export type BudgetState =
  | { readonly status: 'absent' }
  | {
      readonly status: 'allocated';
      /** the first day on which there is a ceiling */
      readonly from: Day;
      /** in lower case */
      readonly agency: string;
      readonly ceilings: Dated<Rupiah>;
      /** what stands, each by date */
      readonly disbursements: readonly Disbursement[];
      readonly returns: readonly Return[];
      readonly physical: readonly Physical[];
      /** whether the months have been planned */
      readonly planned: boolean;
      /** the ids of reports that no longer stand */
      readonly corrected: readonly string[];
    };
type Line = Extract<BudgetState, { status: 'allocated' }>;
type Data<T extends BudgetEvent['type']> = Extract<BudgetEvent, { type: T }>['data'];

function evolve(state: BudgetState, event: BudgetEvent): BudgetState {
  if (event.type === 'BudgetAllocated') {
    const { effectiveOn: from, agency, ceiling } = event.data;
    const nothing = { disbursements: [], returns: [], physical: [], corrected: [], planned: false };
    const ceilings = [{ on: from, value: ceiling }];
    return { status: 'allocated', from, agency: agency.toLowerCase(), ceilings, ...nothing };
  }
  if (state.status === 'absent') return state;
  const { id } = event;
  switch (event.type) {
    case 'BudgetRevised': {
      const { effectiveOn: on, ceiling, agency = state.agency } = event.data;
      const ceilings = withFact(state.ceilings, on, ceiling);
      return { ...state, agency: agency.toLowerCase(), ceilings };
    }
    case 'BudgetDisbursed': {
      const { occurredOn: on, amount, document } = event.data;
      const { kind } = document;
      const reference = document.kind === 'sp2d' ? document.number.toLowerCase() : document.month;
      return { ...state, disbursements: placed(state.disbursements, { id, on, amount, kind, reference }) };
    }
    case 'DisbursementReturned': {
      const { occurredOn: on, amount, disbursement } = event.data;
      return { ...state, returns: placed(state.returns, { id, on, amount, disbursement }) };
    }
    case 'DisbursementVoided': {
      const { corrects } = event.data;
      // What was given back of it goes with it.
      const returned = state.returns.filter((each) => each.disbursement === corrects).map((each) => each.id);
      return {
        ...state,
        disbursements: state.disbursements.filter((each) => each.id !== corrects),
        returns: state.returns.filter((each) => each.disbursement !== corrects && each.id !== corrects),
        corrected: [...state.corrected, corrects, ...returned],
      };
    }
    case 'PhysicalProgressReported': {
      const { occurredOn: on, percent } = event.data;
      return { ...state, physical: placed(state.physical, { id, on, percent }) };
    }
    case 'PhysicalProgressVoided': {
      const { corrects } = event.data;
      const physical = state.physical.filter((each) => each.id !== corrects);
      return { ...state, physical, corrected: [...state.corrected, corrects] };
    }
    case 'BudgetPlanned':
      return { ...state, planned: true };
    case 'EvidenceAttached':
      return state;
    default:
      return event satisfies never;
  }
}

function decided(
  command: BudgetCommand,
  state: BudgetState,
  programme: Established,
): readonly Emit<BudgetEvent>[] {
  if (command.type === 'AllocateBudget') {
    const { body } = command;
    if (state.status !== 'absent') throw budgetRules('line-already-allocated', { line: command.code });
    mustNameItsStream(command, body.line, 'line');
    mustBeEnrolled(body.agency, body.effectiveOn, programme, 'agency');
    return [{ type: 'BudgetAllocated', data: dataOf(body) }];
  }
  if (state.status === 'absent') throw budgetRules('line-not-allocated', { line: command.code });
  switch (command.type) {
    case 'ReviseBudget': {
      const { body } = command;
      mustBeAllocated(state, body.effectiveOn, 'effectiveOn');
      checkStage(state, body, programme);
      const excess = firstExcess({
        ...state,
        ceilings: withFact(state.ceilings, body.effectiveOn, body.ceiling),
      });
      if (excess !== undefined) throw budgetRules('ceiling-below-disbursed', excess, 'ceiling');
      return [{ type: 'BudgetRevised', data: dataOf(body) }];
    }
    case 'PlanBudget': {
      const { body } = command;
      mustBeAllocated(state, body.effectiveOn, 'effectiveOn');
      checkPlan(state, body);
      return [{ type: 'BudgetPlanned', data: dataOf(body) }];
    }
    case 'DisburseBudget': {
      const { body } = command;
      mustBeAllocated(state, body.occurredOn, 'occurredOn');
      mustBeTheLines(command, state, body.occurredOn, programme);
      checkDisbursement(state, body);
      return [{ type: 'BudgetDisbursed', data: dataOf(body) }];
    }
    case 'ReturnDisbursement': {
      const { body } = command;
      mustBeTheLines(command, state, body.occurredOn, programme);
      checkReturn(state, body);
      return [{ type: 'DisbursementReturned', data: dataOf(body) }];
    }
    case 'VoidDisbursement': {
      const { body } = command;
      const entries: readonly Report[] = [...state.disbursements, ...state.returns];
      mustBeTheLines(command, state, toCorrect(body.corrects, entries, state.corrected).on, programme);
      const returns = state.returns.filter((each) => each.id !== body.corrects);
      // Without a return more is disbursed; without a disbursement, never.
      const excess = returns.length < state.returns.length ? firstExcess({ ...state, returns }) : undefined;
      if (excess !== undefined) throw budgetRules('above-ceiling', excess, 'corrects');
      return [{ type: 'DisbursementVoided', data: dataOf(body) }];
    }
    case 'ReportPhysicalProgress': {
      const { body } = command;
      mustBeAllocated(state, body.occurredOn, 'occurredOn');
      mustBeTheLines(command, state, body.occurredOn, programme);
      checkPhysical(state, body);
      return [{ type: 'PhysicalProgressReported', data: dataOf(body) }];
    }
    case 'VoidPhysicalProgress': {
      const { body } = command;
      mustBeTheLines(command, state, toCorrect(body.corrects, state.physical, state.corrected).on, programme);
      return [{ type: 'PhysicalProgressVoided', data: dataOf(body) }];
    }
    case 'AttachEvidence': {
      const { body } = command;
      const reports: readonly Report[] = [...state.disbursements, ...state.returns, ...state.physical];
      mustBeTheLines(command, state, toProve(body.of, reports).on, programme);
      return [{ type: 'EvidenceAttached', data: dataOf(body) }];
    }
    default:
      return command satisfies never;
  }
}

function mustBeAllocated(state: Line, date: Day, field: string): void {
  if (date < state.from) throw budgetRules('before-allocated', { date, from: state.from }, field);
}

function mustBeTheLines(command: BudgetCommand, state: Line, date: Day, programme: Established): void {
  mustBeEnrolled(
    reportingAgency(command, date, (agency) => agency === state.agency),
    date,
    programme,
  );
}

/**
 * The first day on which more is disbursed, less what was given back by then, than the ceiling in force allows. A day
 * counts as a whole. One walk along the line of dates over lists that are in order already.
 */
function firstExcess({
  ceilings,
  disbursements,
  returns,
}: Pick<Line, 'ceilings' | 'disbursements' | 'returns'>):
  { on: Day; disbursed: Rupiah; ceiling: Rupiah } | undefined {
  let [disbursed, ceiling] = [0, 0];
  let [d, r, c] = [0, 0, 0];
  for (;;) {
    const on = earlier(ceilings[c]?.on, earlier(disbursements[d]?.on, returns[r]?.on));
    if (on === undefined) return undefined;
    for (; disbursements[d]?.on === on; d++) disbursed += disbursements[d]?.amount ?? 0;
    for (; returns[r]?.on === on; r++) disbursed -= returns[r]?.amount ?? 0;
    for (; ceilings[c]?.on === on; c++) ceiling = ceilings[c]?.value ?? 0;
    if (disbursed > ceiling) return { on, disbursed, ceiling };
  }
}

function earlier(a: Day | undefined, b: Day | undefined): Day | undefined {
  return b === undefined || (a !== undefined && a < b) ? a : b;
}

/**
 * Stage murni puts the allocation right: on its day, and alone may say another agency, title or hierarchy code. What
 * was reported stays its reporter's: another agency takes the line over only where no report stands.
 */
function checkStage(state: Line, body: Data<'BudgetRevised'>, programme: Established): void {
  const { stage, effectiveOn: date, agency } = body;
  const { from } = state;
  if (stage !== 'murni') {
    const field = (['title', 'agency', 'hierarchy'] as const).find((each) => body[each] !== undefined);
    if (field !== undefined) throw budgetRules('only-with-murni', { stage }, field);
    return;
  }
  if (date !== from) throw budgetRules('murni-on-its-day', { from, date }, 'effectiveOn');
  if (agency === undefined || sameCode(agency, state.agency)) return;
  mustBeEnrolled(agency, from, programme, 'agency');
  const [report] = [...state.disbursements, ...state.returns, ...state.physical];
  if (report !== undefined)
    throw budgetRules('agency-has-reported', { agency: state.agency, on: report.on }, 'agency');
}

/** A plan fits the ceiling in force on the day from which it holds; a ceiling lowered later asks for no new plan. */
function checkPlan(state: Line, { effectiveOn: on, months }: Data<'BudgetPlanned'>): void {
  const ceiling = factAt(state.ceilings, on) ?? 0;
  months.forEach(({ month, cumulative: planned }, n) => {
    if (planned > ceiling) {
      throw budgetRules(
        'plan-above-ceiling',
        { month, planned, on, ceiling },
        `months/${String(n)}/cumulative`,
      );
    }
  });
}

function checkDisbursement(state: Line, { occurredOn: on, amount, document }: Data<'BudgetDisbursed'>): void {
  const { disbursements } = state;
  const { kind } = document;
  const reference = document.kind === 'sp2d' ? document.number.toLowerCase() : document.month;
  const year = on.slice(0, 4);
  if (disbursements.some((each) => each.kind !== kind && each.on.startsWith(year))) {
    throw budgetRules('mixed-reporting', { year }, 'document/kind');
  }
  const same = disbursements.find((each) => each.kind === kind && each.reference === reference);
  switch (document.kind) {
    case 'sp2d':
      if (same !== undefined) {
        throw budgetRules('sp2d-used', { number: document.number, on: same.on }, 'document/number');
      }
      break;
    case 'cumulative': {
      const { month } = document;
      if (monthOf(on) !== month) throw budgetRules('date-outside-month', { date: on, month }, 'occurredOn');
      if (same !== undefined)
        throw budgetRules('month-already-reported', { month, on: same.on }, 'document/month');
      break;
    }
    default:
      document satisfies never;
  }
  const after = placed(disbursements, { id: '', on, amount, kind, reference });
  total(
    after.map((each) => each.amount),
    'amount',
  );
  const excess = firstExcess({ ...state, disbursements: after });
  if (excess !== undefined) throw budgetRules('above-ceiling', excess, 'amount');
}

function checkReturn(
  state: Line,
  { occurredOn: date, amount: more, disbursement: id }: Data<'DisbursementReturned'>,
): void {
  const disbursement = state.disbursements.find((each) => each.id === id);
  if (disbursement === undefined) throw budgetRules('no-such-disbursement', { id }, 'disbursement');
  const { on, amount } = disbursement;
  if (date < on) throw budgetRules('return-before-disbursement', { date, on }, 'occurredOn');
  const before = state.returns.filter((each) => each.disbursement === id).map((each) => each.amount);
  const returned = total([...before, more], 'amount');
  if (returned > amount) throw budgetRules('return-above-disbursement', { returned, amount }, 'amount');
}

/** One standing report of physical progress for a day, between its neighbours along the line of dates. */
function checkPhysical(state: Line, { occurredOn: date, percent }: Data<'PhysicalProgressReported'>): void {
  const value = fromDecimal(percent);
  if (state.physical.some((each) => each.on === date)) {
    throw budgetRules('physical-already-reported', { on: date }, 'occurredOn');
  }
  const before = state.physical.findLast((each) => each.on < date);
  if (before !== undefined && compare(value, fromDecimal(before.percent)) < 0) {
    throw budgetRules('physical-backward', { percent, other: before.percent, on: before.on }, 'percent');
  }
  const after = state.physical.find((each) => each.on > date);
  if (after !== undefined && compare(value, fromDecimal(after.percent)) > 0) {
    throw budgetRules('physical-above-later', { percent, other: after.percent, on: after.on }, 'percent');
  }
}

/**
 * A budget line: its ceiling along the line of dates, and what was paid from it. What the texts leave open: voiding a
 * disbursement voids what was given back of it, and frees its SP2D; a return is voided in the same way; a plan is held against the ceiling in force on the
 * day from which the plan holds; the year of mixed reporting is that of the disbursement's day; a cumulative
 * realisation speaks of a day of its month.
 */
export const budgetDecider: Decider<BudgetState, BudgetCommand, BudgetEvent, ProgrammeAndPhase> = {
  kind: 'budget',
  commands: budgetCommands,
  events: budgetEvents,
  facts: ['programme', 'phase'],
  initial: { status: 'absent' },
  evolve,
  decide: (command, state, facts) =>
    admitted(decided(command, state, established(facts.programme)), budgetEvents, command, facts),
  replaces: (type, state) =>
    type === 'ReviseBudget' || (type === 'PlanBudget' && state.status === 'allocated' && state.planned),
};
