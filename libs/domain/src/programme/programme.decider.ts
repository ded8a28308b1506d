import { type Decider, defineRules, type Emit } from '@jejak/core';
import {
  admitted,
  byCode,
  type Dated,
  DEFAULT_RULE,
  type Established,
  established,
  factAt,
  mustBeInProgramme,
  mustBeMain,
  type PhaseFacts,
  type Rule,
  ruleRefusal,
  ruleRules,
  sameCode,
  withFact,
} from '../shared';
import { type ProgrammeCommand, programmeCommands } from './programme.commands';
import { type ProgrammeEvent, programmeEvents } from './programme.events';

export const programmeRules = defineRules({
  'programme-already-established': {
    en: 'The programme is established already.',
    id: 'Program sudah ditetapkan.',
  },
  'programme-ends-before-it-begins': {
    en: 'The programme would end on {to}, before it begins on {from}.',
    id: 'Program akan berakhir pada {to}, sebelum dimulai pada {from}.',
  },
  'duplicate-dimension': {
    en: 'Dimension {code} is there twice; codes differ by more than upper and lower case.',
    id: 'Dimensi {code} tercantum dua kali; kode harus berbeda lebih dari sekadar huruf besar dan kecil.',
  },
  ...ruleRules.texts,
  'agency-already-enrolled': {
    en: 'Agency {agency} is enrolled under that name on {date} already.',
    id: 'Perangkat daerah {agency} sudah terdaftar dengan nama itu pada {date}.',
  },
  'agency-not-to-withdraw': {
    en: 'Agency {agency} is not enrolled on {date}, so it cannot be withdrawn from then on.',
    id: 'Perangkat daerah {agency} tidak terdaftar pada {date}, sehingga tidak dapat ditarik sejak tanggal itu.',
  },
});

/** `names`: agency (lower case) > its name, along the line of dates. */
export type ProgrammeState =
  | { readonly status: 'absent' }
  | (Established & { readonly names: { readonly [agency: string]: Dated<string> } });

function evolve(state: ProgrammeState, event: ProgrammeEvent): ProgrammeState {
  if (event.type === 'ProgrammeEstablished') {
    const { from, to, timeZone, dimensions } = event.data;
    return {
      status: 'established',
      from,
      to,
      timeZone,
      dimensions: dimensions.map(({ code }) => code.toLowerCase()),
      latePolicy: 'needs-reason',
      rules: [],
      agencies: {},
      names: {},
    };
  }
  if (state.status === 'absent') return state;
  switch (event.type) {
    case 'FulfilmentRuleRevised': {
      // The newest version is always among the rules, even where it took the place of another of its day.
      const version = 1 + Math.max(0, ...state.rules.map(({ value }) => value.version));
      const { effectiveOn, rule } = event.data;
      return { ...state, rules: withFact(state.rules, effectiveOn, { rule, version }) };
    }
    case 'LateReportingPolicySet':
      return { ...state, latePolicy: event.data.policy };
    case 'AgencyEnrolled': {
      const { effectiveOn, agency, name } = event.data;
      const enrolled = withEnrolment(state, agency, effectiveOn, true);
      const names = withFact(byCode(state.names, agency) ?? [], effectiveOn, name);
      return { ...enrolled, names: { ...state.names, [agency.toLowerCase()]: names } };
    }
    case 'AgencyWithdrawn':
      return withEnrolment(state, event.data.agency, event.data.effectiveOn, false);
    default:
      return event satisfies never;
  }
}

type Known = Extract<ProgrammeState, { status: 'established' }>;

function withEnrolment(state: Known, agency: string, on: string, enrolled: boolean): Known {
  const dated = withFact(byCode(state.agencies, agency) ?? [], on, enrolled);
  return { ...state, agencies: { ...state.agencies, [agency.toLowerCase()]: dated } };
}

function known(state: ProgrammeState): Known {
  established(state);
  return state as Known;
}

/** @throws Refusal of a rule that the programme cannot have */
function checkRule(rule: Rule, dimensions: readonly string[]): void {
  const refusal = ruleRefusal(rule, dimensions, 'rule/weights');
  if (refusal !== undefined) throw refusal;
}

type Body<T extends ProgrammeCommand['type']> = Extract<ProgrammeCommand, { type: T }>['body'];

function establish(body: Body<'EstablishProgramme'>): Emit<ProgrammeEvent>[] {
  const { name, from, to, timeZone, legalBasis, dimensions, latePolicy, rule = DEFAULT_RULE } = body;
  if (from > to) throw programmeRules('programme-ends-before-it-begins', { from, to }, 'to');
  dimensions.forEach(({ code }, n) => {
    if (dimensions.slice(0, n).some((earlier) => sameCode(earlier.code, code))) {
      throw programmeRules('duplicate-dimension', { code }, `dimensions/${n}/code`);
    }
  });
  checkRule(
    rule,
    dimensions.map(({ code }) => code.toLowerCase()),
  );
  return [
    { type: 'ProgrammeEstablished', data: { name, from, to, timeZone, legalBasis, dimensions } },
    { type: 'FulfilmentRuleRevised', data: { effectiveOn: from, rule } },
    { type: 'LateReportingPolicySet', data: { policy: latePolicy } },
  ];
}

function enrol({ agency, name, effectiveOn }: Body<'EnrolAgency'>, state: Known): Emit<ProgrammeEvent>[] {
  const enrolled = factAt(byCode(state.agencies, agency) ?? [], effectiveOn) === true;
  // Under another name it is a change of name, or puts a mistyped one right.
  if (enrolled && factAt(byCode(state.names, agency) ?? [], effectiveOn) === name) {
    throw programmeRules('agency-already-enrolled', { agency, date: effectiveOn }, 'agency');
  }
  return [{ type: 'AgencyEnrolled', data: { effectiveOn, agency, name } }];
}

function withdraw({ agency, effectiveOn }: Body<'WithdrawAgency'>, state: Known): Emit<ProgrammeEvent>[] {
  if (factAt(byCode(state.agencies, agency) ?? [], effectiveOn) !== true) {
    throw programmeRules('agency-not-to-withdraw', { agency, date: effectiveOn }, 'agency');
  }
  return [{ type: 'AgencyWithdrawn', data: { effectiveOn, agency } }];
}

/** A programme: its dates, dimensions, rule, late policy and agencies. */
export const programmeDecider: Decider<
  ProgrammeState,
  ProgrammeCommand,
  ProgrammeEvent,
  { readonly phase: PhaseFacts }
> = {
  kind: 'programme',
  commands: programmeCommands,
  events: programmeEvents,
  facts: ['phase'],
  initial: { status: 'absent' },
  evolve,
  decide(command, state, { phase }) {
    mustBeInProgramme(command);
    mustBeMain(command);
    const admit = (events: Emit<ProgrammeEvent>[]) =>
      admitted(events, programmeEvents, command, { programme: state, phase });
    switch (command.type) {
      case 'EstablishProgramme':
        if (state.status !== 'absent') throw programmeRules('programme-already-established');
        return establish(command.body);
      case 'ReviseFulfilmentRule': {
        const { effectiveOn, rule } = command.body;
        checkRule(rule, known(state).dimensions);
        return admit([{ type: 'FulfilmentRuleRevised', data: { effectiveOn, rule } }]);
      }
      case 'SetLateReportingPolicy':
        known(state);
        return [{ type: 'LateReportingPolicySet', data: { policy: command.body.policy } }];
      case 'EnrolAgency':
        return admit(enrol(command.body, known(state)));
      case 'WithdrawAgency':
        return admit(withdraw(command.body, known(state)));
      default:
        return command satisfies never;
    }
  },
};
