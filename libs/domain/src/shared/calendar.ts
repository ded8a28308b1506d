import { type Command, defineRules, type EventTypes } from '@jejak/core';
import { type Day, dayIn } from './dates';
import { factAt } from './dated';
import { isClosed, type ProgrammeAndPhase, type ProgrammeFacts } from './facts';
import { byCode } from './schema';

/** Rules that hold for reports and changes of every stream. */
export const calendarRules = defineRules({
  'programme-not-established': {
    en: 'The programme has not been established yet.',
    id: 'Program belum ditetapkan.',
  },
  'date-outside-programme': {
    en: '{date} lies outside the programme, which runs from {from} to {to}.',
    id: '{date} berada di luar program, yang berlangsung dari {from} sampai {to}.',
  },
  'date-in-future': {
    en: '{date} lies in the future; today is {today}.',
    id: '{date} berada di masa depan; hari ini {today}.',
  },
  'late-needs-reason': {
    en: '{date} is not after the cut-off of phase {phase}, which is closed: say why it comes late.',
    id: '{date} tidak melewati batas data fase {phase} yang sudah ditutup: jelaskan mengapa terlambat.',
  },
  'late-office-only': {
    en: '{date} is not after the cut-off of phase {phase}, which is closed: only the programme office may report it.',
    id: '{date} tidak melewati batas data fase {phase} yang sudah ditutup: hanya sekretariat program yang boleh melaporkannya.',
  },
  'late-refused': {
    en: '{date} is not after the cut-off of phase {phase}, which is closed: the programme takes no late reports.',
    id: '{date} tidak melewati batas data fase {phase} yang sudah ditutup: program tidak menerima laporan terlambat.',
  },
  'agency-not-enrolled': {
    en: 'Agency {agency} is not enrolled in the programme on {date}.',
    id: 'Perangkat daerah {agency} tidak terdaftar dalam program pada {date}.',
  },
  'not-your-agency': {
    en: 'Agency {agency} has no part in this on {date}.',
    id: 'Perangkat daerah {agency} tidak berperan dalam hal ini pada {date}.',
  },
  'on-behalf-needs-reason': {
    en: 'The office reports on behalf of an agency only with the agency named and a reason.',
    id: 'Sekretariat hanya dapat melapor atas nama perangkat daerah dengan menyebut perangkat daerah itu dan alasannya.',
  },
  'on-behalf-office-only': {
    en: 'Only the programme office reports on behalf of an agency.',
    id: 'Hanya sekretariat program yang dapat melapor atas nama perangkat daerah.',
  },
});

export type Established = Extract<ProgrammeFacts, { status: 'established' }>;

/** @throws Refusal `programme-not-established` */
export function established(programme: ProgrammeFacts): Established {
  if (programme.status === 'absent') throw calendarRules('programme-not-established');
  return programme;
}

/** Today, in the programme's time zone, by the command's own clock. */
export function today(command: Pick<Command, 'at'>, programme: Established): Day {
  return dayIn(programme.timeZone, command.at);
}

/**
 * The door for what reports and changes say of their date: reports lie within the programme and not in the future
 * (with `earlier`, they may lie before it), changes not after its end; what is late goes by the programme's policy.
 * Corrections, verifications and decisions pass.
 *
 * @returns the events, unchanged
 * @throws Refusal of the calendar's rules
 */
export function admitted<E extends { readonly type: string; readonly data: unknown }>(
  events: readonly E[],
  types: EventTypes,
  command: Command,
  facts: ProgrammeAndPhase,
  allow: { readonly earlier?: boolean } = {},
): readonly E[] {
  const programme = established(facts.programme);
  for (const { type, data } of events) {
    const timeClass = types[type]?.timeClass;
    const { occurredOn, effectiveOn } = data as { occurredOn?: Day; effectiveOn?: Day };
    const date = timeClass === 'report' ? occurredOn : timeClass === 'change' ? effectiveOn : undefined;
    if (date === undefined) continue;
    const field = timeClass === 'report' ? 'occurredOn' : 'effectiveOn';
    const { from, to } = programme;
    const tooEarly = timeClass === 'report' && allow.earlier !== true && date < from;
    if (tooEarly || date > to) throw calendarRules('date-outside-programme', { date, from, to }, field);
    const now = today(command, programme);
    if (timeClass === 'report' && date > now)
      throw calendarRules('date-in-future', { date, today: now }, field);
    checkLate(date, field, command, facts);
  }
  return events;
}

function checkLate(date: Day, field: string, command: Command, facts: ProgrammeAndPhase): void {
  const phase = Object.values(facts.phase.phases).find((each) => isClosed(each) && date <= each.cutOff);
  if (phase === undefined) return;
  const params = { date, phase: phase.code };
  const { latePolicy } = established(facts.programme);
  switch (latePolicy) {
    case 'refused':
      throw calendarRules('late-refused', params, field);
    case 'office-only':
      if (command.actor.role !== 'office') throw calendarRules('late-office-only', params, field);
      return;
    case 'needs-reason':
      if ((command.body as { reason?: string }).reason === undefined) {
        throw calendarRules('late-needs-reason', params, 'reason');
      }
      return;
    default:
      latePolicy satisfies never;
  }
}

/**
 * The agency that a report counts as coming from: an officer's own, or the one that the office names, with a reason.
 *
 * @param takesPart whether an agency (lower case) has a part in what is reported on
 * @param date the day that the report speaks of
 * @throws Refusal `not-your-agency`, `on-behalf-needs-reason`, `on-behalf-office-only`
 */
export function reportingAgency(command: Command, date: Day, takesPart: (agency: string) => boolean): string {
  const { actor } = command;
  if (actor.role === 'office') {
    const { reason } = command.body as { reason?: string };
    if (actor.onBehalfOf === undefined) throw calendarRules('on-behalf-needs-reason', {}, 'onBehalfOf');
    if (reason === undefined) throw calendarRules('on-behalf-needs-reason', {}, 'reason');
  } else if (actor.onBehalfOf !== undefined) {
    throw calendarRules('on-behalf-office-only', {}, 'onBehalfOf');
  }
  const agency = (actor.onBehalfOf ?? actor.agency ?? '').toLowerCase();
  if (agency === '' || !takesPart(agency)) throw calendarRules('not-your-agency', { agency, date });
  return agency;
}

/** @throws Refusal `agency-not-enrolled` */
export function mustBeEnrolled(agency: string, date: Day, programme: Established, field?: string): void {
  const enrolled = factAt(byCode(programme.agencies, agency) ?? [], date);
  if (enrolled !== true) throw calendarRules('agency-not-enrolled', { agency, date }, field);
}
