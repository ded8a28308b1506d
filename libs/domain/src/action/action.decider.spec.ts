import type { Command } from '@jejak/core';
import { expectEveryRule, given, idOf, type Past, play } from '@jejak/core/testing';
import type { Phase, ProgrammeAndPhase } from '../shared';
import { actionDecider, type ActionState } from './action.decider';
import { actionRules } from './action.rules';

const always = [{ on: '2023-01-01', value: true }];
const closed: Phase = {
  code: 'I',
  status: 'closed',
  from: '2023-01-01',
  to: '2023-06-30',
  cutOff: '2023-06-12',
  reportDue: '2023-06-20',
  closings: ['c'],
  seals: [],
  published: [],
};
const facts = (phases: ProgrammeAndPhase['phase']['phases'] = {}): ProgrammeAndPhase => ({
  programme: {
    status: 'established',
    from: '2023-01-01',
    to: '2023-12-31',
    timeZone: 'Asia/Jakarta',
    dimensions: ['branding', 'economy'],
    latePolicy: 'needs-reason',
    rules: [],
    agencies: {
      dispar: always,
      diskominfo: always,
      dinsos: always,
      bkd: [{ on: '2023-07-01', value: true }],
    },
  },
  phase: { phases },
});

const at = '2023-12-20T03:00:00.000Z';
const office = { subject: 'u-office', role: 'office' };
const dispar = { subject: 'u-dispar', role: 'officer', agency: 'Dispar' };
const diskominfo = { subject: 'u-diskominfo', role: 'officer', agency: 'diskominfo' };
const dinsos = { subject: 'u-dinsos', role: 'officer', agency: 'dinsos' };
const verifier = { subject: 'u-verifier', role: 'verifier' };

type Given = Pick<Command, 'type' | 'body'> & Partial<Command>;
const by = (actor: Command['actor'], type: string, body: object): Given => ({
  type,
  body,
  actor,
  code: 'br-1',
  at,
});

const content = {
  title: 'City brand at every gate',
  kind: 'action',
  dimension: 'Branding',
  weight: '1',
  targets: { unit: 'gates', quarters: [{ quarter: '2023-Q4', target: '8' }] },
};
const plan = {
  code: 'BR-1',
  effectiveOn: '2023-02-01',
  ...content,
  lead: 'Dispar',
  supporting: ['diskominfo'],
};
const planned: Past = { type: 'ActionPlanned', data: plan };
const reassign = (effectiveOn: string, lead: string, supporting: string[] = []) => ({
  effectiveOn,
  lead,
  supporting,
});
const progress = (occurredOn: string, realisation: string, quarter = quarterNamed(occurredOn)) => ({
  occurredOn,
  quarter,
  realisation,
});
const reason = 'entered in error';
/** The action was planned (event 0); further events are 1, 2, 3 ... */
const past = (...events: Past[]): Past[] =>
  [planned, ...events].map((event, n) => ({ id: idOf(n), ...event }));
const withdrawn = (effectiveOn: string): Past => ({ type: 'ActionWithdrawn', data: { effectiveOn } });
const reported = (occurredOn: string, realisation: string): Past => ({
  type: 'ProgressReported',
  data: progress(occurredOn, realisation),
});
const completed = (occurredOn: string, actor: Command['actor'] = dispar): Past => ({
  type: 'ActionCompleted',
  data: { occurredOn },
  meta: { actor },
});
const verified = (n: number): Past => ({
  type: 'CompletionVerified',
  data: { of: idOf(n) },
  meta: { actor: verifier },
});
const corrected = (type: string, n: number): Past => ({ type, data: { corrects: idOf(n) } });
const correct = (actor: Command['actor'], type: string, n: number, more: object = {}) =>
  by(actor, type, { corrects: idOf(n), reason, ...more });
const evidence = { digest: 'ab'.repeat(32), mediaType: 'application/pdf', bytes: 10 };

function quarterNamed(day: string): string {
  return `${day.slice(0, 4)}-Q${String(Math.floor((Number(day.slice(5, 7)) + 2) / 3))}`;
}
const accepts = (events: readonly Past[], command: Given, phases?: ProgrammeAndPhase['phase']['phases']) =>
  given(actionDecider, events, facts(phases)).when(command);

describe('an action', () => {
  it('is planned by the office, its code kept as it is written', () => {
    accepts([], by(office, 'PlanAction', { ...plan, reason: 'masterplan' })).then([planned]);
  });

  it('may be planned before its programme begins to count, and for a day to come', () => {
    const later = { ...plan, effectiveOn: '2023-12-31' };
    accepts([], by(office, 'PlanAction', later)).then([{ type: 'ActionPlanned', data: later }]);
  });

  it('is replanned from its first day on; of the same day, that puts the plan right', () => {
    const again = { effectiveOn: '2023-02-01', ...content, dimension: 'economy' };
    accepts(past(), by(office, 'ReplanAction', again)).then([{ type: 'ActionReplanned', data: again }]);
  });

  it('is led from a day on by another agency, which must be enrolled on that day', () => {
    const change = reassign('2023-07-01', 'BKD', ['Dispar']);
    accepts(past(), by(office, 'ReassignAction', change)).then([{ type: 'ActionReassigned', data: change }]);
  });

  it('takes a report from who leads or supports on the day it speaks of, whenever it is recorded', () => {
    const events = past({ type: 'ActionReassigned', data: reassign('2023-07-01', 'dinsos') });
    const june = progress('2023-06-30', '2');
    const july = progress('2023-07-01', '2');
    for (const actor of [dispar, diskominfo]) {
      accepts(events, by(actor, 'ReportProgress', june)).then([{ type: 'ProgressReported', data: june }]);
      accepts(events, by(actor, 'ReportProgress', july)).refused('not-your-agency');
    }
    accepts(events, by(dinsos, 'ReportProgress', july)).then([{ type: 'ProgressReported', data: july }]);
    accepts(events, by(dinsos, 'ReportProgress', june)).refused('not-your-agency');
  });

  it('takes a report from the office on behalf of such an agency, with a reason', () => {
    const body = { ...progress('2023-03-31', '1'), explanation: 'by letter' };
    accepts(past(), by(office, 'ReportProgress', { ...body, onBehalfOf: 'DISPAR', reason })).then([
      { type: 'ProgressReported', data: body },
    ]);
    accepts(past(), by(office, 'ReportProgress', { ...body, reason })).refused('on-behalf-needs-reason');
    accepts(past(), by(office, 'ReportProgress', { ...body, onBehalfOf: 'dispar' })).refused(
      'on-behalf-needs-reason',
    );
    accepts(past(), by(office, 'ReportProgress', { ...body, onBehalfOf: 'dinsos', reason })).refused(
      'not-your-agency',
    );
    accepts(past(), by(dispar, 'ReportProgress', { ...body, onBehalfOf: 'dispar', reason })).refused(
      'on-behalf-office-only',
    );
  });

  it('takes reports of progress in any order, between their neighbours along the line of dates', () => {
    const events = past(reported('2023-03-31', '2'), reported('2023-12-15', '6'));
    for (const realisation of ['2', '4.5', '6.0']) {
      const body = progress('2023-06-30', realisation);
      accepts(events, by(dispar, 'ReportProgress', body)).then([{ type: 'ProgressReported', data: body }]);
    }
    accepts(events, by(dispar, 'ReportProgress', progress('2023-06-30', '1.9999'))).refused(
      'progress-backward',
    );
    accepts(events, by(dispar, 'ReportProgress', progress('2023-06-30', '10'))).refused(
      'progress-above-later',
    );
  });

  it('forgets a voided report: its quarter is free again, and it bounds nothing', () => {
    const events = past(reported('2023-03-31', '7'), corrected('ProgressVoided', 1));
    const body = progress('2023-03-31', '1');
    accepts(events, by(dispar, 'ReportProgress', body)).then([{ type: 'ProgressReported', data: body }]);
    accepts(past(reported('2023-03-31', '7')), correct(dispar, 'VoidProgress', 1)).then([
      corrected('ProgressVoided', 1),
    ]);
  });

  it('is completed once at a time, and may still be reported on', () => {
    const body = { occurredOn: '2023-09-30', note: 'all gates' };
    accepts(past(reported('2023-12-15', '6')), by(diskominfo, 'CompleteAction', body)).then([
      { type: 'ActionCompleted', data: body },
    ]);
    accepts(past(completed('2023-03-01')), by(dispar, 'ReportProgress', progress('2023-06-30', '8'))).then([
      reported('2023-06-30', '8'),
    ]);
  });

  it('counts by the date of the completion that stands and is verified (semantics 4)', () => {
    const story = [
      by(office, 'PlanAction', plan),
      by(dispar, 'CompleteAction', { occurredOn: '2023-03-01' }),
      by(verifier, 'VerifyCompletion', { of: idOf(1) }),
      correct(dispar, 'RetractCompletion', 1),
      by(dispar, 'CompleteAction', { occurredOn: '2023-04-01' }),
      by(verifier, 'VerifyCompletion', { of: idOf(4) }),
    ];
    const { events, refusals } = play<ActionState>(actionDecider, story, facts());
    expect(refusals).toEqual([]);
    expect(verifiedOn(events, '2023-03-15')).toBe(0);
    expect(verifiedOn(events, '2023-04-15')).toBe(1);
    const before = play<ActionState>(actionDecider, story.slice(0, 3), facts());
    expect(verifiedOn(before.events, '2023-03-15')).toBe(1);
  });

  it('is verified by somebody else than who reported it, also where that was the office', () => {
    accepts(
      past(completed('2023-03-01')),
      by(verifier, 'VerifyCompletion', { of: idOf(1), note: 'seen' }),
    ).then([{ type: 'CompletionVerified', data: { of: idOf(1), note: 'seen' } }]);
    const both = { subject: 'u-office', role: 'verifier' };
    const onBehalf = past(completed('2023-03-01', { ...office, onBehalfOf: 'dispar' }));
    accepts(onBehalf, by(both, 'VerifyCompletion', { of: idOf(1) })).refused('own-completion');
    // Subjects are codes of streams: upper and lower case are the same.
    const shouted = { ...both, subject: 'U-Office' };
    accepts(onBehalf, by(shouted, 'VerifyCompletion', { of: idOf(1) })).refused('own-completion');
    accepts(onBehalf, by(verifier, 'VerifyCompletion', { of: idOf(1) })).then([
      { type: 'CompletionVerified', data: { of: idOf(1) } },
    ]);
  });

  it('has its completion rejected before and after verification, and then takes another', () => {
    const rejected = corrected('CompletionRejected', 1);
    const once = past(completed('2023-03-01'));
    accepts(once, correct(verifier, 'RejectCompletion', 1)).then([rejected]);
    const twice = past(completed('2023-03-01'), verified(1));
    accepts(twice, correct(verifier, 'RejectCompletion', 1)).then([rejected]);
    accepts([...twice, rejected], by(dispar, 'CompleteAction', { occurredOn: '2023-03-01' })).then([
      { type: 'ActionCompleted', data: { occurredOn: '2023-03-01' } },
    ]);
  });

  it('loses the verification with the completion', () => {
    for (const type of ['CompletionRejected', 'CompletionRetracted']) {
      const events = past(completed('2023-03-01'), verified(1), corrected(type, 1));
      accepts(events, correct(verifier, 'WithdrawVerification', 2)).refused('already-corrected', 'corrects');
    }
  });

  it('may have its verification withdrawn, and be verified again', () => {
    const events = past(completed('2023-03-01'), verified(1));
    const gone = corrected('VerificationWithdrawn', 2);
    accepts(events, correct(verifier, 'WithdrawVerification', 2)).then([gone]);
    accepts([...events, gone], by(verifier, 'VerifyCompletion', { of: idOf(1) })).then([
      { type: 'CompletionVerified', data: { of: idOf(1) } },
    ]);
  });

  it('is corrected by who takes part on the day of what is corrected, or by the office on behalf', () => {
    const events = past(completed('2023-03-01'), {
      type: 'ActionReassigned',
      data: reassign('2023-07-01', 'dinsos'),
    });
    accepts(events, correct(diskominfo, 'RetractCompletion', 1)).then([corrected('CompletionRetracted', 1)]);
    accepts(events, correct(dinsos, 'RetractCompletion', 1)).refused('not-your-agency');
    accepts(events, correct(office, 'RetractCompletion', 1)).refused('on-behalf-needs-reason');
    accepts(events, correct(office, 'RetractCompletion', 1, { onBehalfOf: 'dispar' })).then([
      corrected('CompletionRetracted', 1),
    ]);
  });

  it('takes evidence of a report that stands, from who takes part on its day', () => {
    const events = past(reported('2023-03-31', '2'), completed('2023-04-01'));
    for (const n of [1, 2]) {
      const body = { of: idOf(n), ...evidence };
      accepts(events, by(diskominfo, 'AttachEvidence', body)).then([
        { type: 'EvidenceAttached', data: body },
      ]);
      accepts(events, by(dinsos, 'AttachEvidence', body)).refused('not-your-agency');
      accepts(events, by(office, 'AttachEvidence', body)).refused('on-behalf-needs-reason');
    }
  });

  it('is withdrawn from a day on: an honest late report of an earlier day still counts', () => {
    const events = past(withdrawn('2023-07-01'));
    accepts(
      past(reported('2023-06-30', '2')),
      by(office, 'WithdrawAction', { effectiveOn: '2023-07-01', reason }),
    ).then([withdrawn('2023-07-01')]);
    accepts(events, by(dispar, 'ReportProgress', progress('2023-06-30', '2'))).then([
      reported('2023-06-30', '2'),
    ]);
    accepts(events, by(dispar, 'CompleteAction', { occurredOn: '2023-06-30' })).then([
      { type: 'ActionCompleted', data: { occurredOn: '2023-06-30' } },
    ]);
    const earlier = reassign('2023-06-30', 'dinsos');
    accepts(events, by(office, 'ReassignAction', earlier)).then([
      { type: 'ActionReassigned', data: earlier },
    ]);
  });

  it('has what was reported before its withdrawal verified and corrected after it', () => {
    const events = past(completed('2023-06-30'), withdrawn('2023-07-01'));
    accepts(events, by(verifier, 'VerifyCompletion', { of: idOf(1) })).then([
      { type: 'CompletionVerified', data: { of: idOf(1) } },
    ]);
    accepts(events, correct(dispar, 'RetractCompletion', 1)).then([corrected('CompletionRetracted', 1)]);
  });

  it('may have its withdrawal moved to an earlier day, to its first at the earliest', () => {
    for (const effectiveOn of ['2023-06-30', '2023-02-01']) {
      accepts(past(withdrawn('2023-07-01')), by(office, 'WithdrawAction', { effectiveOn })).then([
        withdrawn(effectiveOn),
      ]);
    }
  });

  it('knocks at the door of a closed phase with late reports and changes, not with corrections', () => {
    const phases = { i: closed };
    const late = progress('2023-06-12', '2');
    accepts(past(), by(dispar, 'ReportProgress', late), phases).refused('late-needs-reason', 'reason');
    accepts(past(), by(dispar, 'ReportProgress', { ...late, reason }), phases).then([
      reported('2023-06-12', '2'),
    ]);
    accepts(past(), by(office, 'WithdrawAction', { effectiveOn: '2023-06-12' }), phases).refused(
      'late-needs-reason',
    );
    const events = past(completed('2023-06-12'), verified(1));
    accepts(
      past(completed('2023-06-12')),
      by(verifier, 'VerifyCompletion', { of: idOf(1) }),
      phases,
    ).events();
    accepts(events, correct(verifier, 'WithdrawVerification', 2), phases).events();
    accepts(events, correct(dispar, 'RetractCompletion', 1), phases).events();
  });
});

/** By a search through the history: 1 where a completion of a day up to the cut-off stands, verified. */
function verifiedOn(events: readonly Past[], cutOff: string): number {
  const gone = new Set(events.map((event) => (event.data as { corrects?: string }).corrects));
  const counts = (event: Past) => {
    const { occurredOn } = event.data as { occurredOn: string };
    const seen = events.some(
      (other) =>
        other.type === 'CompletionVerified' &&
        (other.data as { of: string }).of === event.id &&
        !gone.has(other.id),
    );
    return event.type === 'ActionCompleted' && !gone.has(event.id) && occurredOn <= cutOff && seen;
  };
  return events.filter(counts).length;
}

const standing = past(reported('2023-03-31', '4'), completed('2023-06-01'));
const refusals: readonly [code: string, past: readonly Past[], command: Given, field?: string][] = [
  ['action-not-planned', [], by(office, 'ReplanAction', { effectiveOn: '2023-03-01', ...content })],
  ['action-not-planned', [], by(dispar, 'ReportProgress', progress('2023-03-31', '1'))],
  ['action-already-planned', past(), by(office, 'PlanAction', plan)],
  ['action-already-planned', past(withdrawn('2023-07-01')), by(office, 'PlanAction', plan)],
  ['code-mismatch', [], by(office, 'PlanAction', { ...plan, code: 'BR-2' }), 'code'],
  ['unknown-dimension', [], by(office, 'PlanAction', { ...plan, dimension: 'health' }), 'dimension'],
  [
    'unknown-dimension',
    past(),
    by(office, 'ReplanAction', { effectiveOn: '2023-03-01', ...content, dimension: 'x' }),
  ],
  [
    'agency-twice',
    [],
    by(office, 'PlanAction', { ...plan, supporting: ['dinsos', 'DISPAR'] }),
    'supporting/1',
  ],
  [
    'agency-twice',
    past(),
    by(office, 'ReassignAction', reassign('2023-03-01', 'dispar', ['dinsos', 'Dinsos'])),
  ],
  ['agency-not-enrolled', [], by(office, 'PlanAction', { ...plan, lead: 'bkd' }), 'lead'],
  [
    'agency-not-enrolled',
    past(),
    by(office, 'ReassignAction', reassign('2023-06-30', 'dispar', ['bkd'])),
    'supporting/0',
  ],
  [
    'agency-not-enrolled',
    past(),
    by(office, 'ReassignAction', reassign('2023-06-30', 'constructor')),
    'lead',
  ],
  [
    'before-planned',
    past(),
    by(office, 'ReplanAction', { effectiveOn: '2023-01-31', ...content }),
    'effectiveOn',
  ],
  ['before-planned', past(), by(office, 'ReassignAction', reassign('2023-01-31', 'dinsos'))],
  ['before-planned', past(), by(office, 'WithdrawAction', { effectiveOn: '2023-01-31' })],
  ['before-planned', past(), by(dispar, 'ReportProgress', progress('2023-01-31', '1')), 'occurredOn'],
  ['before-planned', past(), by(dispar, 'CompleteAction', { occurredOn: '2023-01-31' })],
  [
    'action-withdrawn',
    past(withdrawn('2023-07-01')),
    by(dispar, 'ReportProgress', progress('2023-07-01', '1')),
  ],
  [
    'action-withdrawn',
    past(withdrawn('2023-07-01')),
    by(dispar, 'CompleteAction', { occurredOn: '2023-07-02' }),
  ],
  [
    'action-withdrawn',
    past(withdrawn('2023-07-01')),
    by(office, 'ReassignAction', reassign('2023-07-01', 'dinsos')),
  ],
  [
    'action-withdrawn',
    past(withdrawn('2023-07-01')),
    by(office, 'ReplanAction', { effectiveOn: '2023-07-02', ...content }),
    'effectiveOn',
  ],
  [
    'already-withdrawn',
    past(withdrawn('2023-07-01')),
    by(office, 'WithdrawAction', { effectiveOn: '2023-07-01' }),
  ],
  [
    'already-withdrawn',
    past(withdrawn('2023-07-01')),
    by(office, 'WithdrawAction', { effectiveOn: '2023-08-01' }),
  ],
  [
    'reports-after-withdrawal',
    standing,
    by(office, 'WithdrawAction', { effectiveOn: '2023-06-01' }),
    'effectiveOn',
  ],
  [
    'reports-after-withdrawal',
    past(reported('2023-03-31', '4')),
    by(office, 'WithdrawAction', { effectiveOn: '2023-03-31' }),
  ],
  [
    'date-outside-quarter',
    past(),
    by(dispar, 'ReportProgress', progress('2023-04-01', '1', '2023-Q1')),
    'occurredOn',
  ],
  [
    'progress-already-reported',
    standing,
    by(dispar, 'ReportProgress', progress('2023-03-30', '4')),
    'quarter',
  ],
  ['progress-backward', standing, by(dispar, 'ReportProgress', progress('2023-04-01', '3')), 'realisation'],
  [
    'progress-above-later',
    past(reported('2023-06-30', '4')),
    by(dispar, 'ReportProgress', progress('2023-03-31', '4.0001')),
    'realisation',
  ],
  ['second-completion', standing, by(dispar, 'CompleteAction', { occurredOn: '2023-03-01' })],
  ['not-the-completion', standing, by(verifier, 'VerifyCompletion', { of: idOf(1) }), 'of'],
  ['not-the-completion', past(), correct(verifier, 'RejectCompletion', 7), 'corrects'],
  ['not-the-completion', standing, correct(dispar, 'RetractCompletion', 1), 'corrects'],
  [
    'already-corrected',
    past(completed('2023-03-01'), corrected('CompletionRetracted', 1), completed('2023-03-01')),
    by(verifier, 'VerifyCompletion', { of: idOf(1) }),
    'of',
  ],
  [
    'already-corrected',
    past(completed('2023-03-01'), corrected('CompletionRejected', 1)),
    correct(dispar, 'RetractCompletion', 1),
    'corrects',
  ],
  [
    'already-corrected',
    past(reported('2023-03-31', '4'), corrected('ProgressVoided', 1)),
    correct(dispar, 'VoidProgress', 1),
  ],
  [
    'already-corrected',
    past(completed('2023-03-01'), verified(1), corrected('VerificationWithdrawn', 2)),
    correct(verifier, 'WithdrawVerification', 2),
  ],
  // Nothing corrects a correction, nor a change.
  [
    'not-correctable',
    past(reported('2023-03-31', '4'), corrected('ProgressVoided', 1)),
    correct(dispar, 'VoidProgress', 2),
    'corrects',
  ],
  ['not-correctable', standing, correct(dispar, 'VoidProgress', 0)],
  ['not-correctable', standing, correct(dispar, 'VoidProgress', 2)],
  ['not-correctable', standing, correct(verifier, 'WithdrawVerification', 2)],
  ['own-completion', standing, by({ ...dispar, role: 'verifier' }, 'VerifyCompletion', { of: idOf(2) })],
  ['own-completion', standing, correct({ ...dispar, role: 'verifier' }, 'RejectCompletion', 2)],
  [
    'own-completion',
    past(completed('2023-03-01'), verified(1)),
    correct({ ...dispar, role: 'verifier' }, 'WithdrawVerification', 2),
  ],
  [
    'already-verified',
    past(completed('2023-03-01'), verified(1)),
    by(verifier, 'VerifyCompletion', { of: idOf(1) }),
  ],
  [
    'on-behalf-office-only',
    standing,
    by(verifier, 'VerifyCompletion', { of: idOf(2), onBehalfOf: 'dispar', reason }),
  ],
  ['on-behalf-office-only', standing, correct(verifier, 'RejectCompletion', 2, { onBehalfOf: 'dispar' })],
  [
    'on-behalf-office-only',
    past(completed('2023-03-01'), verified(1)),
    correct(verifier, 'WithdrawVerification', 2, { onBehalfOf: 'dispar' }),
  ],
  ['evidence-of-nothing', standing, by(dispar, 'AttachEvidence', { of: idOf(0), ...evidence }), 'of'],
  [
    'evidence-of-nothing',
    past(completed('2023-03-01'), corrected('CompletionRetracted', 1)),
    by(dispar, 'AttachEvidence', { of: idOf(1), ...evidence }),
  ],
  ['not-your-agency', past(), by(dinsos, 'CompleteAction', { occurredOn: '2023-03-01' })],
  ['not-your-agency', standing, correct(dinsos, 'VoidProgress', 1)],
  ['date-in-future', past(), by(dispar, 'CompleteAction', { occurredOn: '2023-12-21' }), 'occurredOn'],
  [
    'date-outside-programme',
    past(),
    by(office, 'WithdrawAction', { effectiveOn: '2024-01-01' }),
    'effectiveOn',
  ],
];

describe('an action is refused', () => {
  it.each(refusals)('%s (%#)', (...[code, events, command, field]) => {
    accepts(events, command).refused(code, field);
  });

  it('before there is a programme', () => {
    given(actionDecider, [], { programme: { status: 'absent' }, phase: { phases: {} } })
      .when(by(office, 'PlanAction', plan))
      .refused('programme-not-established');
  });

  it('by every one of its rules', () => {
    expectEveryRule(
      actionRules,
      refusals.map(([code]) => code),
    );
  });
});

describe('an agency that was withdrawn from the programme', () => {
  const { programme, phase } = facts();
  const withdrawn = [...always, { on: '2023-06-01', value: false }];
  const left = { programme: { ...programme, agencies: { dispar: withdrawn } }, phase };
  const complete = (occurredOn: string) =>
    given(actionDecider, [planned], left).when(by(dispar, 'CompleteAction', { occurredOn }));

  it('still reports on its days in it, and on none after them', () => {
    expect(complete('2023-05-31').events()).toHaveLength(1);
    complete('2023-06-01').refused('agency-not-enrolled');
  });
});

describe('a withdrawal that was a mistake', () => {
  const withdrawn: Past = { type: 'ActionWithdrawn', data: { effectiveOn: '2023-05-01' } };
  const replan = (effectiveOn: string) => by(office, 'ReplanAction', { ...content, effectiveOn });

  it('is put right by a plan of its own day, and by no other', () => {
    accepts([planned, withdrawn], replan('2023-05-02')).refused('action-withdrawn');
    accepts([planned, withdrawn], replan('2023-05-01')).then([
      { type: 'ActionReplanned', data: { ...content, effectiveOn: '2023-05-01' } },
    ]);
    const replanned: Past = { type: 'ActionReplanned', data: { ...content, effectiveOn: '2023-05-01' } };
    const complete = by(dispar, 'CompleteAction', { occurredOn: '2023-06-15' });
    accepts([planned, withdrawn], complete).refused('action-withdrawn');
    expect(accepts([planned, withdrawn, replanned], complete).events()).toHaveLength(1);
  });
});
