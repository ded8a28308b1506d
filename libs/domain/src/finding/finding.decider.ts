import { type Decider, defineRules, type Emit } from '@jejak/core';
import {
  addDays,
  admitted,
  type Dated,
  dataOf,
  type Day,
  type Established,
  established,
  factAt,
  mustActForNobody,
  mustBeEnrolled,
  mustNameItsStream,
  placed,
  type PhaseFacts,
  type ProgrammeAndPhase,
  reportingAgency,
  sameCode,
  today,
  toProve,
  withFact,
} from '../shared';
import { type FindingCommand, findingCommands } from './finding.commands';
import { ANSWER_DAYS, type FindingEvent, findingEvents } from './finding.events';

export const findingRules = defineRules({
  'finding-not-raised': {
    en: 'No finding {code} has been raised.',
    id: 'Belum ada temuan {code}.',
  },
  'finding-already-raised': {
    en: 'Finding {code} has been raised already.',
    id: 'Temuan {code} sudah ada.',
  },
  'finding-of-no-phase': {
    en: 'The programme has no phase {phase}.',
    id: 'Program tidak memiliki fase {phase}.',
  },
  'due-before-raised': {
    en: 'The answer cannot be due on {dueOn}, before the finding is raised on {on}.',
    id: 'Batas waktu jawaban {dueOn} tidak boleh mendahului temuan, tanggal {on}.',
  },
  'before-raised': {
    en: '{date} lies before the finding was raised, on {on}.',
    id: '{date} mendahului temuan, tanggal {on}.',
  },
  'finding-resolved': {
    en: 'The finding is resolved (sesuai) on {date} and takes no more answers.',
    id: 'Temuan sudah sesuai pada {date} dan tidak menerima jawaban lagi.',
  },
  'assessment-needs-answer': {
    en: 'Nothing had been answered by {date}: state {state} needs an answer.',
    id: 'Belum ada jawaban sampai {date}: status {state} memerlukan jawaban.',
  },
  'reminder-mismatch': {
    en: 'The finding is for {agency} to answer by {dueOn}.',
    id: 'Temuan ini harus dijawab oleh {agency} paling lambat {dueOn}.',
  },
  'reminder-not-due': {
    en: 'The answer is due on {dueOn}; today is {today}.',
    id: 'Batas waktu jawaban {dueOn}; hari ini {today}.',
  },
  'reminder-not-needed': {
    en: 'No answer is awaited: there is one, or the finding cannot be followed up.',
    id: 'Jawaban tidak ditunggu lagi: sudah ada, atau temuan tidak dapat ditindaklanjuti.',
  },
  'reminder-already-sent': {
    en: 'The agency has been reminded of {dueOn} already.',
    id: 'Perangkat daerah sudah diingatkan tentang {dueOn}.',
  },
});

interface Answer {
  readonly id: string;
  readonly on: Day;
}
interface Finding {
  /** the day on which it was raised */
  readonly on: Day;
  /** who has to answer, in lower case */
  readonly agency: string;
  readonly dueOn: Day;
  readonly assessments: Dated<1 | 2 | 3 | 4>;
}

/** Whether a finding is resolved depends on the day that is asked for: see `assessments`. */
export type FindingState =
  | { readonly status: 'absent' }
  | (Finding & { readonly status: 'unanswered'; readonly reminded: boolean })
  | (Finding & { readonly status: 'answered'; /** by date */ readonly answers: readonly Answer[] });
type Raised = Exclude<FindingState, { status: 'absent' }>;

function evolve(state: FindingState, event: FindingEvent): FindingState {
  if (event.type === 'FindingRaised') {
    const { occurredOn: on, agency, dueOn } = event.data;
    return {
      status: 'unanswered',
      on,
      agency: agency.toLowerCase(),
      dueOn,
      assessments: [],
      reminded: false,
    };
  }
  if (state.status === 'absent') return state;
  switch (event.type) {
    case 'FindingAnswered': {
      const { on, agency, dueOn, assessments } = state;
      const answers = placed(answersOf(state), { id: event.id, on: event.data.occurredOn });
      return { status: 'answered', on, agency, dueOn, assessments, answers };
    }
    case 'FindingAssessed':
      return { ...state, assessments: withFact(state.assessments, event.data.occurredOn, event.data.state) };
    case 'ReminderSent':
      return state.status === 'unanswered' ? { ...state, reminded: true } : state;
    case 'EvidenceAttached':
      return state;
    default:
      return event satisfies never;
  }
}

function answersOf(state: Raised): readonly Answer[] {
  return state.status === 'answered' ? state.answers : [];
}

function decided(
  command: FindingCommand,
  state: FindingState,
  facts: ProgrammeAndPhase,
): readonly Emit<FindingEvent>[] {
  const programme = established(facts.programme);
  if (command.type === 'RaiseFinding') {
    const { body } = command;
    if (state.status !== 'absent') throw findingRules('finding-already-raised', { code: command.code });
    mustActForNobody(command);
    mustNameItsStream(command, body.code, 'code');
    checkPhase(body.phase, facts.phase);
    mustBeEnrolled(body.agency, body.occurredOn, programme, 'agency');
    const dueOn = body.dueOn ?? addDays(body.occurredOn, ANSWER_DAYS);
    if (dueOn < body.occurredOn)
      throw findingRules('due-before-raised', { dueOn, on: body.occurredOn }, 'dueOn');
    return [{ type: 'FindingRaised', data: { ...dataOf(body), dueOn } }];
  }
  if (state.status === 'absent') throw findingRules('finding-not-raised', { code: command.code });
  switch (command.type) {
    case 'AnswerFinding': {
      const { body } = command;
      const { occurredOn: date } = body;
      reportingAgency(command, date, (agency) => agency === state.agency);
      mustBeRaised(state, date);
      if (factAt(state.assessments, date) === 1)
        throw findingRules('finding-resolved', { date }, 'occurredOn');
      return [{ type: 'FindingAnswered', data: dataOf(body) }];
    }
    case 'AssessFinding': {
      const { body } = command;
      mustActForNobody(command);
      mustBeRaised(state, body.occurredOn);
      checkAssessment(state, body);
      return [{ type: 'FindingAssessed', data: dataOf(body) }];
    }
    case 'SendReminder':
      checkReminder(state, command, programme);
      return [{ type: 'ReminderSent', data: dataOf(command.body) }];
    case 'AttachEvidence': {
      const { body } = command;
      const answer = toProve(body.of, answersOf(state));
      reportingAgency(command, answer.on, (agency) => agency === state.agency);
      return [{ type: 'EvidenceAttached', data: dataOf(body) }];
    }
    default:
      return command satisfies never;
  }
}

function checkPhase(phase: string, { phases }: PhaseFacts): void {
  if (Object.values(phases).some(({ code }) => sameCode(code, phase))) return;
  throw findingRules('finding-of-no-phase', { phase }, 'phase');
}

function mustBeRaised(state: Raised, date: Day): void {
  if (date < state.on) throw findingRules('before-raised', { date, on: state.on }, 'occurredOn');
}

/** Whether a follow-up is in accord, or not yet, can be said only of an answer that there was by then. */
function checkAssessment(
  finding: Raised,
  { occurredOn: date, state }: { readonly occurredOn: Day; readonly state: 1 | 2 | 3 | 4 },
): void {
  const first = answersOf(finding)[0];
  const answered = first !== undefined && first.on <= date;
  if (state <= 2 && !answered) throw findingRules('assessment-needs-answer', { date, state }, 'state');
}

function checkReminder(
  state: Raised,
  command: Extract<FindingCommand, { type: 'SendReminder' }>,
  programme: Established,
): void {
  const { agency, dueOn } = state;
  const now = today(command, programme);
  const { body } = command;
  if (!sameCode(body.agency, agency) || body.dueOn !== dueOn)
    throw findingRules('reminder-mismatch', { agency, dueOn });
  if (now < dueOn) throw findingRules('reminder-not-due', { dueOn, today: now });
  if (state.status === 'answered' || factAt(state.assessments, now) === 4)
    throw findingRules('reminder-not-needed');
  if (state.reminded) throw findingRules('reminder-already-sent', { dueOn });
}

/**
 * A finding, its answers and how they were assessed. What the texts leave open: an answer is refused on a day on which
 * the assessment in force says resolved, and an honest late one of an earlier day is accepted; an assessment is put
 * right by another, of the same day or a later one; `resolved` and `not yet` need an answer by their day, the other
 * two states do not; an agency is reminded once, from the due day on, while there is no answer.
 */
export const findingDecider: Decider<FindingState, FindingCommand, FindingEvent, ProgrammeAndPhase> = {
  kind: 'finding',
  commands: findingCommands,
  events: findingEvents,
  facts: ['programme', 'phase'],
  initial: { status: 'absent' },
  evolve,
  decide: (command, state, facts) => admitted(decided(command, state, facts), findingEvents, command, facts),
};
