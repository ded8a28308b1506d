import { type Decider, defineRules, type Emit } from '@jejak/core';
import {
  admitted,
  byCode,
  calendarRules,
  type Day,
  type Established,
  established,
  isClosed,
  mustBeInProgramme,
  mustBeMain,
  type Phase,
  type PhaseFacts,
  type ProgrammeFacts,
  statusAfter,
  today,
} from '../shared';
import { type PhaseCommand, phaseCommands } from './phase.commands';
import { type PhaseEvent, phaseEvents } from './phase.events';

export const phaseRules = defineRules({
  'unknown-phase': {
    en: 'The programme has no phase {phase}.',
    id: 'Program tidak memiliki fase {phase}.',
  },
  'phase-already-scheduled': {
    en: 'Phase {phase} is scheduled already; reschedule it instead.',
    id: 'Fase {phase} sudah dijadwalkan; jadwalkan ulang.',
  },
  'period-ends-before-it-begins': {
    en: 'The period would end on {to}, before it begins on {from}.',
    id: 'Periode akan berakhir pada {to}, sebelum dimulai pada {from}.',
  },
  'period-outside-programme': {
    en: 'The period must lie within the programme, which runs from {from} to {to}.',
    id: 'Periode harus berada dalam program, yang berlangsung dari {from} sampai {to}.',
  },
  'cut-off-before-period': {
    en: 'The cut-off {cutOff} lies before the period begins on {from}.',
    id: 'Batas data {cutOff} berada sebelum periode dimulai pada {from}.',
  },
  'cut-off-outside-programme': {
    en: 'The cut-off {cutOff} lies outside the programme, which runs from {from} to {to}.',
    id: 'Batas data {cutOff} berada di luar program, yang berlangsung dari {from} sampai {to}.',
  },
  'report-due-before-cut-off': {
    en: 'Reports cannot be due on {reportDue}, before the cut-off {cutOff}: what counts has not happened by then.',
    id: 'Laporan tidak dapat jatuh tempo pada {reportDue}, sebelum batas data {cutOff}: yang dihitung belum terjadi saat itu.',
  },
  'schedule-fixed': {
    en: 'Phase {phase} has been closed once: its dates are fixed.',
    id: 'Fase {phase} pernah ditutup: tanggalnya sudah tetap.',
  },
  'phase-already-opened': {
    en: 'Phase {phase} has been opened already.',
    id: 'Fase {phase} sudah pernah dibuka.',
  },
  'phase-not-open': {
    en: 'Phase {phase} is not open, it is {status}: only an open or reopened phase can be closed.',
    id: 'Fase {phase} tidak terbuka (status: {status}): hanya fase yang terbuka atau dibuka kembali yang dapat ditutup.',
  },
  'cut-off-not-reached': {
    en: 'Phase {phase} can be closed from its cut-off {cutOff} on; today is {today}.',
    id: 'Fase {phase} baru dapat ditutup mulai batas data {cutOff}; hari ini {today}.',
  },
  'phase-not-closed': {
    en: 'Phase {phase} is not closed, it is {status}: there is nothing to reopen.',
    id: 'Fase {phase} tidak ditutup (status: {status}): tidak ada yang perlu dibuka kembali.',
  },
  'reopening-needs-reason': {
    en: 'Say why phase {phase} is reopened.',
    id: 'Jelaskan mengapa fase {phase} dibuka kembali.',
  },
  'unknown-closing': {
    en: 'Phase {phase} has no closing {closing}.',
    id: 'Fase {phase} tidak memiliki penutupan {closing}.',
  },
  'already-sealed': {
    en: 'Closing {number} of phase {phase} is sealed already, and a seal is never replaced.',
    id: 'Penutupan ke-{number} fase {phase} sudah disegel, dan segel tidak pernah diganti.',
  },
  'seal-disagrees': {
    en: 'The seal does not agree with closing {number} of phase {phase}: expected {expected}.',
    id: 'Segel tidak sesuai dengan penutupan ke-{number} fase {phase}: seharusnya {expected}.',
  },
  'unknown-seal': {
    en: 'Phase {phase} has no seal {seal}.',
    id: 'Fase {phase} tidak memiliki segel {seal}.',
  },
  'already-published': {
    en: 'Seal {seal} of phase {phase} is published already.',
    id: 'Segel {seal} fase {phase} sudah dipublikasikan.',
  },
  'phase-not-begun': {
    en: 'Phase {phase} has not been opened yet: there is nothing to score.',
    id: 'Fase {phase} belum dibuka: belum ada yang dinilai.',
  },
});

function evolve(state: PhaseFacts, event: PhaseEvent): PhaseFacts {
  if (event.type === 'PhaseScheduled') {
    const { phase: code, period, cutOff, reportDue } = event.data;
    const scheduled: Phase = {
      code,
      status: 'scheduled',
      ...period,
      cutOff,
      reportDue,
      closings: [],
      seals: [],
      published: [],
    };
    return withPhase(state, scheduled);
  }
  const known = byCode(state.phases, event.data.phase);
  if (known === undefined) return state;
  const phase: Phase = { ...known, status: statusAfter(known.status, event, known.closings.length) };
  switch (event.type) {
    case 'PhaseRescheduled': {
      const { period, cutOff, reportDue } = event.data;
      return withPhase(state, { ...phase, ...period, cutOff, reportDue });
    }
    case 'PhaseClosed': {
      const { cutOff } = event.data;
      return withPhase(state, { ...phase, cutOff, closings: [...phase.closings, event.id] });
    }
    case 'PhaseSealed':
      return withPhase(state, { ...phase, seals: [...phase.seals, event.data.number] });
    case 'PhasePublished':
      return withPhase(state, { ...phase, published: [...phase.published, event.data.seal] });
    case 'PhaseOpened':
    case 'PhaseReopened':
      return withPhase(state, phase);
    case 'AspectScored':
      return state;
    default:
      return event satisfies never;
  }
}

function withPhase(state: PhaseFacts, phase: Phase): PhaseFacts {
  return { phases: { ...state.phases, [phase.code.toLowerCase()]: phase } };
}

interface Dates {
  readonly period: { readonly from: Day; readonly to: Day };
  readonly cutOff: Day;
  readonly reportDue: Day;
}

/** @throws Refusal where the dates of a phase contradict each other or lie outside the programme */
function checkDates({ period, cutOff, reportDue }: Dates, { from, to }: Established): void {
  if (period.from > period.to) throw phaseRules('period-ends-before-it-begins', period, 'period/to');
  if (period.from < from) throw phaseRules('period-outside-programme', { from, to }, 'period/from');
  if (period.to > to) throw phaseRules('period-outside-programme', { from, to }, 'period/to');
  if (cutOff < from || cutOff > to)
    throw phaseRules('cut-off-outside-programme', { cutOff, from, to }, 'cutOff');
  if (cutOff < period.from)
    throw phaseRules('cut-off-before-period', { cutOff, from: period.from }, 'cutOff');
  if (reportDue < cutOff) throw phaseRules('report-due-before-cut-off', { reportDue, cutOff }, 'reportDue');
}

type CommandFor<T extends PhaseCommand['type']> = Extract<PhaseCommand, { type: T }>;

function close(command: CommandFor<'ClosePhase'>, phase: Phase, programme: Established): Emit<PhaseEvent>[] {
  const { code, status, cutOff } = phase;
  if (status !== 'open' && status !== 'reopened') {
    throw phaseRules('phase-not-open', { phase: code, status }, 'phase');
  }
  const now = today(command, programme);
  if (now < cutOff) throw phaseRules('cut-off-not-reached', { phase: code, cutOff, today: now }, 'phase');
  return [{ type: 'PhaseClosed', data: { phase: code, number: phase.closings.length + 1, cutOff } }];
}

function seal({ body }: CommandFor<'SealPhase'>, phase: Phase): Emit<PhaseEvent>[] {
  const { code, closings, seals, cutOff } = phase;
  const number = closings.indexOf(body.closing.id) + 1;
  if (number === 0)
    throw phaseRules('unknown-closing', { phase: code, closing: body.closing.id }, 'closing/id');
  if (seals.includes(number)) throw phaseRules('already-sealed', { phase: code, number });
  const disagrees = (field: string, expected: string | number) =>
    phaseRules('seal-disagrees', { phase: code, number, expected }, field);
  if (body.number !== number) throw disagrees('number', number);
  if (body.cutOff !== cutOff) throw disagrees('cutOff', cutOff);
  const size = body.closing.index + 1;
  if (body.tree.size !== size) throw disagrees('tree/size', size);
  const { reason: _reason, ...data } = body;
  return [{ type: 'PhaseSealed', data: { ...data, phase: code } }];
}

function reopen({ body }: CommandFor<'ReopenPhase'>, phase: Phase): Emit<PhaseEvent>[] {
  const { code, status } = phase;
  if (!isClosed(phase)) throw phaseRules('phase-not-closed', { phase: code, status }, 'phase');
  if (body.reason === undefined) throw phaseRules('reopening-needs-reason', { phase: code }, 'reason');
  return [{ type: 'PhaseReopened', data: { phase: code } }];
}

function publish({ body }: CommandFor<'PublishPhase'>, phase: Phase): Emit<PhaseEvent>[] {
  const params = { phase: phase.code, seal: body.seal };
  if (!phase.seals.includes(body.seal)) throw phaseRules('unknown-seal', params, 'seal');
  if (phase.published.includes(body.seal)) throw phaseRules('already-published', params, 'seal');
  return [{ type: 'PhasePublished', data: params }];
}

function score({ body, actor }: CommandFor<'ScoreAspect'>, phase: Phase): Emit<PhaseEvent>[] {
  if (actor.onBehalfOf !== undefined) throw calendarRules('on-behalf-office-only', {}, 'onBehalfOf');
  if (phase.status === 'scheduled') throw phaseRules('phase-not-begun', { phase: phase.code }, 'phase');
  const { reason: _reason, onBehalfOf: _onBehalfOf, ...data } = body;
  return [{ type: 'AspectScored', data: { ...data, phase: phase.code } }];
}

/** The phases of a programme: what is reported in a period is counted at a cut-off, sealed and published. */
export const phaseDecider: Decider<
  PhaseFacts,
  PhaseCommand,
  PhaseEvent,
  { readonly programme: ProgrammeFacts }
> = {
  kind: 'phase',
  commands: phaseCommands,
  events: phaseEvents,
  facts: ['programme'],
  initial: { phases: {} },
  evolve,
  decide(command, state, facts) {
    mustBeInProgramme(command);
    mustBeMain(command);
    const programme = established(facts.programme);
    const found = byCode(state.phases, command.body.phase);
    if (command.type === 'SchedulePhase') {
      const { phase, name, period, cutOff, reportDue } = command.body;
      if (found !== undefined) throw phaseRules('phase-already-scheduled', { phase }, 'phase');
      checkDates(command.body, programme);
      return [{ type: 'PhaseScheduled', data: { phase, name, period, cutOff, reportDue } }];
    }
    if (found === undefined) throw phaseRules('unknown-phase', { phase: command.body.phase }, 'phase');
    const { code } = found;
    switch (command.type) {
      case 'ReschedulePhase': {
        const { period, cutOff, reportDue } = command.body;
        if (found.closings.length > 0) throw phaseRules('schedule-fixed', { phase: code }, 'phase');
        checkDates(command.body, programme);
        return [{ type: 'PhaseRescheduled', data: { phase: code, period, cutOff, reportDue } }];
      }
      case 'OpenPhase':
        if (found.status !== 'scheduled') throw phaseRules('phase-already-opened', { phase: code }, 'phase');
        return [{ type: 'PhaseOpened', data: { phase: code } }];
      case 'ClosePhase':
        return close(command, found, programme);
      case 'SealPhase':
        return seal(command, found);
      case 'ReopenPhase':
        return reopen(command, found);
      case 'PublishPhase':
        return publish(command, found);
      case 'ScoreAspect':
        return admitted(score(command, found), phaseEvents, command, { programme, phase: state });
      default:
        return command satisfies never;
    }
  },
};
