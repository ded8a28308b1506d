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
  mustActForNobody,
  mustBeEnrolled,
  mustNameItsStream,
  notStanding,
  placed,
  type ProgrammeAndPhase,
  quarterOf,
  recordRules,
  reportingAgency,
  sameCode,
  toCorrect,
  toProve,
  withFact,
} from '../shared';
import { type ActionCommand, actionCommands } from './action.commands';
import { type ActionEvent, actionEvents } from './action.events';
import { actionRules } from './action.rules';

interface Report {
  readonly id: string;
  readonly on: Day;
}
interface Progress extends Report {
  readonly quarter: string;
  readonly realisation: string;
}
interface Completion extends Report {
  /** the subject who reported it, also on behalf of an agency */
  readonly submitter: string;
  /** the id of its standing verification */
  readonly verification: string | undefined;
}

interface Plan {
  /** the first day on which there is an action */
  readonly from: Day;
  /** who leads and who supports, in lower case */
  readonly agencies: Dated<readonly string[]>;
  /** what stands, by date */
  readonly progress: readonly Progress[];
  /** the completion that stands */
  readonly completion: Completion | undefined;
  /** the ids of reports and verifications that no longer stand */
  readonly corrected: readonly string[];
}

export type ActionState =
  | { readonly status: 'absent' }
  | (Plan & { readonly status: 'planned' })
  | (Plan & { readonly status: 'withdrawn'; readonly withdrawnFrom: Day });
type Existing = Exclude<ActionState, { status: 'absent' }>;
type Data<T extends ActionEvent['type']> = Extract<ActionEvent, { type: T }>['data'];

function evolve(state: ActionState, event: ActionEvent): ActionState {
  if (event.type === 'ActionPlanned') {
    const { effectiveOn } = event.data;
    const agencies = [{ on: effectiveOn, value: namesOf(event.data) }];
    return {
      status: 'planned',
      from: effectiveOn,
      agencies,
      progress: [],
      completion: undefined,
      corrected: [],
    };
  }
  if (state.status === 'absent') return state;
  const { id } = event;
  switch (event.type) {
    case 'ActionReassigned':
      return { ...state, agencies: withFact(state.agencies, event.data.effectiveOn, namesOf(event.data)) };
    case 'ActionWithdrawn':
      return { ...state, status: 'withdrawn', withdrawnFrom: event.data.effectiveOn };
    case 'ActionReplanned': {
      if (!putsWithdrawalRight(state, event.data.effectiveOn)) return state;
      const { withdrawnFrom: _, ...plan } = state;
      return { ...plan, status: 'planned' };
    }
    case 'ProgressReported': {
      const { occurredOn: on, quarter, realisation } = event.data;
      return { ...state, progress: placed(state.progress, { id, on, quarter, realisation }) };
    }
    case 'ProgressVoided': {
      const { corrects } = event.data;
      const progress = state.progress.filter((each) => each.id !== corrects);
      return { ...state, progress, corrected: [...state.corrected, corrects] };
    }
    case 'ActionCompleted': {
      const submitter = event.meta.actor.subject;
      return { ...state, completion: { id, on: event.data.occurredOn, submitter, verification: undefined } };
    }
    case 'CompletionVerified':
      return state.completion === undefined
        ? state
        : { ...state, completion: { ...state.completion, verification: id } };
    case 'CompletionRejected':
    case 'CompletionRetracted': {
      // A completion takes its verification with it.
      const { verification } = state.completion ?? {};
      const gone = [event.data.corrects, ...(verification === undefined ? [] : [verification])];
      return { ...state, completion: undefined, corrected: [...state.corrected, ...gone] };
    }
    case 'VerificationWithdrawn': {
      if (state.completion === undefined) return state;
      const completion = { ...state.completion, verification: undefined };
      return { ...state, completion, corrected: [...state.corrected, event.data.corrects] };
    }
    case 'EvidenceAttached':
      return state;
    default:
      return event satisfies never;
  }
}

function namesOf({ lead, supporting }: Data<'ActionReassigned'>): string[] {
  return [lead, ...supporting].map((agency) => agency.toLowerCase());
}

function decided(
  command: ActionCommand,
  state: ActionState,
  programme: Established,
): readonly Emit<ActionEvent>[] {
  if (command.type === 'PlanAction') {
    const { body } = command;
    if (state.status !== 'absent') throw actionRules('action-already-planned', { code: command.code });
    mustNameItsStream(command, body.code, 'code');
    checkDimension(body.dimension, programme);
    checkAgencies(body, programme);
    return [{ type: 'ActionPlanned', data: dataOf(body) }];
  }
  if (state.status === 'absent') throw actionRules('action-not-planned', { code: command.code });
  switch (command.type) {
    case 'ReplanAction': {
      const { body } = command;
      if (!putsWithdrawalRight(state, body.effectiveOn))
        mustBeInForce(state, body.effectiveOn, 'effectiveOn');
      checkDimension(body.dimension, programme);
      return [{ type: 'ActionReplanned', data: dataOf(body) }];
    }
    case 'ReassignAction': {
      const { body } = command;
      mustBeInForce(state, body.effectiveOn, 'effectiveOn');
      checkAgencies(body, programme);
      return [{ type: 'ActionReassigned', data: dataOf(body) }];
    }
    case 'WithdrawAction':
      checkWithdrawal(state, command.body.effectiveOn);
      return [{ type: 'ActionWithdrawn', data: dataOf(command.body) }];
    case 'ReportProgress': {
      const { body } = command;
      mustBeInForce(state, body.occurredOn, 'occurredOn');
      mustTakePart(command, state, body.occurredOn, programme);
      checkProgress(state, body);
      return [{ type: 'ProgressReported', data: dataOf(body) }];
    }
    case 'CompleteAction': {
      const { body } = command;
      mustBeInForce(state, body.occurredOn, 'occurredOn');
      mustTakePart(command, state, body.occurredOn, programme);
      if (state.completion !== undefined) throw actionRules('second-completion', { on: state.completion.on });
      return [{ type: 'ActionCompleted', data: dataOf(body) }];
    }
    case 'VerifyCompletion': {
      const { body } = command;
      mustActForNobody(command);
      const completion = theCompletion(state, body.of, 'of');
      mustBeAnothers(completion, command);
      if (completion.verification !== undefined) throw actionRules('already-verified', {}, 'of');
      return [{ type: 'CompletionVerified', data: dataOf(body) }];
    }
    case 'RejectCompletion': {
      const { body } = command;
      mustActForNobody(command);
      mustBeAnothers(theCompletion(state, body.corrects, 'corrects'), command);
      return [{ type: 'CompletionRejected', data: dataOf(body) }];
    }
    case 'RetractCompletion': {
      const { body } = command;
      mustTakePart(command, state, theCompletion(state, body.corrects, 'corrects').on, programme);
      return [{ type: 'CompletionRetracted', data: dataOf(body) }];
    }
    case 'VoidProgress': {
      const { body } = command;
      mustTakePart(command, state, toCorrect(body.corrects, state.progress, state.corrected).on, programme);
      return [{ type: 'ProgressVoided', data: dataOf(body) }];
    }
    case 'WithdrawVerification': {
      const { body } = command;
      mustActForNobody(command);
      const { completion } = state;
      if (completion?.verification !== body.corrects) throw notStanding(body.corrects, state.corrected);
      mustBeAnothers(completion, command);
      return [{ type: 'VerificationWithdrawn', data: dataOf(body) }];
    }
    case 'AttachEvidence': {
      const { body } = command;
      const reports: readonly Report[] =
        state.completion === undefined ? state.progress : [state.completion, ...state.progress];
      mustTakePart(command, state, toProve(body.of, reports).on, programme);
      return [{ type: 'EvidenceAttached', data: dataOf(body) }];
    }
    default:
      return command satisfies never;
  }
}

function checkDimension(dimension: string, programme: Established): void {
  if (programme.dimensions.some((each) => sameCode(each, dimension))) return;
  throw actionRules('unknown-dimension', { dimension }, 'dimension');
}

function checkAgencies(body: Data<'ActionReassigned'>, programme: Established): void {
  namesOf(body).forEach((agency, n, all) => {
    const field = n === 0 ? 'lead' : `supporting/${String(n - 1)}`;
    if (all.indexOf(agency) < n) throw actionRules('agency-twice', { agency }, field);
    mustBeEnrolled(agency, body.effectiveOn, programme, field);
  });
}

/** A change is put right by another of the same day: a plan from the day of its withdrawal brings the action back. */
function putsWithdrawalRight(
  state: Existing,
  date: Day,
): state is Extract<ActionState, { status: 'withdrawn' }> {
  return state.status === 'withdrawn' && date === state.withdrawnFrom;
}

/** The action is there from its first day, and until its withdrawal: whatever is recorded when. */
function mustBeInForce(state: Existing, date: Day, field: string): void {
  if (date < state.from) throw actionRules('before-planned', { date, from: state.from }, field);
  if (state.status === 'withdrawn' && date >= state.withdrawnFrom) {
    throw actionRules('action-withdrawn', { date, from: state.withdrawnFrom }, field);
  }
}

function mustTakePart(command: ActionCommand, state: Existing, date: Day, programme: Established): void {
  const takesPart = (agency: string): boolean => factAt(state.agencies, date)?.includes(agency) === true;
  mustBeEnrolled(reportingAgency(command, date, takesPart), date, programme);
}

function checkWithdrawal(state: Existing, date: Day): void {
  const field = 'effectiveOn';
  if (date < state.from) throw actionRules('before-planned', { date, from: state.from }, field);
  if (state.status === 'withdrawn' && date >= state.withdrawnFrom) {
    throw actionRules('already-withdrawn', { from: state.withdrawnFrom }, field);
  }
  const last = state.progress.at(-1)?.on ?? '';
  const on = state.completion !== undefined && state.completion.on > last ? state.completion.on : last;
  if (on >= date) throw actionRules('reports-after-withdrawal', { on, date }, field);
}

/** One standing report for each quarter, of a day within it, between its neighbours along the line of dates. */
function checkProgress(
  state: Existing,
  { occurredOn: date, quarter, realisation }: Data<'ProgressReported'>,
): void {
  const actual = quarterOf(date);
  if (actual !== quarter) throw actionRules('date-outside-quarter', { date, actual, quarter }, 'occurredOn');
  const same = state.progress.find((each) => each.quarter === quarter);
  if (same !== undefined) throw actionRules('progress-already-reported', { quarter, on: same.on }, 'quarter');
  const value = fromDecimal(realisation);
  const before = state.progress.findLast((each) => each.on < date);
  if (before !== undefined && compare(value, fromDecimal(before.realisation)) < 0) {
    throw actionRules(
      'progress-backward',
      { realisation, other: before.realisation, on: before.on },
      'realisation',
    );
  }
  const after = state.progress.find((each) => each.on > date);
  if (after !== undefined && compare(value, fromDecimal(after.realisation)) > 0) {
    throw actionRules(
      'progress-above-later',
      { realisation, other: after.realisation, on: after.on },
      'realisation',
    );
  }
}

/** The standing completion, if it is the one that is named. */
function theCompletion(state: Existing, id: string, field: string): Completion {
  if (state.completion?.id === id) return state.completion;
  if (state.corrected.includes(id)) throw recordRules('already-corrected', { id }, field);
  throw actionRules('not-the-completion', { id }, field);
}

function mustBeAnothers(completion: Completion, command: ActionCommand): void {
  if (sameCode(completion.submitter, command.actor.subject)) throw actionRules('own-completion');
}

/**
 * An action of the programme, from its plan to its verified completion. What the texts leave open: a completion or a
 * report of progress stands in the way of a withdrawal from its day or an earlier one; a withdrawal can be moved to an
 * earlier day, and is undone by a plan of its own day; a quarter's report is as of a day within the quarter; corrections and evidence come from
 * an agency that takes part on the day of what they name, or from the office on behalf of one.
 */
export const actionDecider: Decider<ActionState, ActionCommand, ActionEvent, ProgrammeAndPhase> = {
  kind: 'action',
  commands: actionCommands,
  events: actionEvents,
  facts: ['programme', 'phase'],
  initial: { status: 'absent' },
  evolve,
  decide: (command, state, facts) =>
    admitted(decided(command, state, established(facts.programme)), actionEvents, command, facts),
  replaces: (type) => type === 'ReplanAction',
};
