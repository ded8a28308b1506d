import type { Command } from '@jejak/core';
import { expectEveryRule, given, idOf, type Past } from '@jejak/core/testing';
import { MAX_RUPIAH, type Phase, type ProgrammeAndPhase } from '../shared';
import { csrDecider, csrRules } from './csr.decider';

const always = [{ on: '2023-01-01', value: true }];
const closed: Phase = {
  code: 'I',
  status: 'sealed',
  from: '2023-01-01',
  to: '2023-06-30',
  cutOff: '2023-06-12',
  reportDue: '2023-06-20',
  closings: ['c'],
  seals: [1],
  published: [],
};
const facts = (phases: ProgrammeAndPhase['phase']['phases'] = {}): ProgrammeAndPhase => ({
  programme: {
    status: 'established',
    from: '2023-01-01',
    to: '2023-12-31',
    timeZone: 'Asia/Jakarta',
    dimensions: ['living'],
    latePolicy: 'needs-reason',
    rules: [],
    agencies: {
      diskominfo: always,
      dinsos: always,
      bkd: [
        { on: '2023-01-01', value: true },
        { on: '2023-07-01', value: false },
      ],
    },
  },
  phase: { phases },
});

const office = { subject: 'u-office', role: 'office' };
const dinsos = { subject: 'u-dinsos', role: 'officer', agency: 'Dinsos' };
const diskominfo = { subject: 'u-diskominfo', role: 'officer', agency: 'diskominfo' };
const bkd = { subject: 'u-bkd', role: 'officer', agency: 'bkd' };
const reason = 'entered in error';

type Given = Pick<Command, 'type' | 'body'> & Partial<Command>;
const by = (actor: Command['actor'], type: string, body: object): Given => ({
  type,
  body,
  actor,
  code: 'bank-2022',
  at: '2023-12-20T03:00:00.000Z',
});
const accepts = (events: readonly Past[], command: Given, phases?: ProgrammeAndPhase['phase']['phases']) =>
  given(csrDecider, events, facts(phases)).when(command);

const pledge = (occurredOn: string, amount: number, donor = 'Bank-Jatim') => ({
  occurredOn,
  amount,
  donor,
  year: 2022,
});
const receipt = (
  occurredOn: string,
  amount: number,
  receiptNo = `R-${occurredOn}`,
  donor = 'Bank-Jatim',
) => ({
  ...pledge(occurredOn, amount, donor),
  receiptNo,
});
const toAgency = (occurredOn: string, amount: number, code = 'dinsos') => ({
  occurredOn,
  amount,
  to: { kind: 'agency', code },
});
const giveBack = (occurredOn: string, amount: number, n: number) => ({
  occurredOn,
  amount,
  receipt: idOf(n),
});

/** Who recorded it matters to who may correct it: Dinsos, unless another is named. */
const event = (type: string, data: object, actor: Command['actor'] = dinsos): Past => ({
  type,
  data,
  meta: { actor },
});
const pledged = (...of: Parameters<typeof pledge>) => event('CsrPledged', pledge(...of));
const received = (...of: Parameters<typeof receipt>) => event('CsrReceived', receipt(...of));
const allocated = (...of: Parameters<typeof toAgency>) => event('CsrAllocated', toAgency(...of));
const returned = (...of: Parameters<typeof giveBack>) => event('CsrReturned', giveBack(...of));
const voided = (n: number) => event('CsrEntryVoided', { corrects: idOf(n) });
const past = (...events: Past[]): Past[] => events.map((each, n) => ({ id: idOf(n), ...each }));
const only = ({ type, data }: Past) => [{ type, data }];

const revoke = (actor: Command['actor'], n: number, more: object = {}) =>
  by(actor, 'VoidCsrEntry', { corrects: idOf(n), reason, ...more });
const evidence = { digest: 'ab'.repeat(32), mediaType: 'application/pdf', bytes: 10 };

describe('a contribution', () => {
  it('is pledged and received, also before the programme began', () => {
    accepts([], by(dinsos, 'PledgeCsr', pledge('2022-03-01', 883))).then(only(pledged('2022-03-01', 883)));
    accepts([], by(dinsos, 'ReceiveCsr', receipt('2022-03-01', 883))).then(only(received('2022-03-01', 883)));
  });

  it('may be pledged for more or less than is received, in parts', () => {
    const events = past(pledged('2022-03-01', 100), received('2022-04-01', 60));
    accepts(events, by(dinsos, 'ReceiveCsr', receipt('2022-05-01', 60))).then(
      only(received('2022-05-01', 60)),
    );
    accepts(events, by(dinsos, 'PledgeCsr', pledge('2022-05-01', 1, 'BANK-JATIM'))).then(
      only(pledged('2022-05-01', 1, 'BANK-JATIM')),
    );
  });

  it('is recorded by an officer of an enrolled agency, or by the office, for an agency only with a reason', () => {
    const body = receipt('2023-08-01', 10);
    for (const actor of [dinsos, diskominfo, office]) {
      accepts([], by(actor, 'ReceiveCsr', body)).then(only(event('CsrReceived', body)));
    }
    accepts([], by(bkd, 'ReceiveCsr', body)).refused('agency-not-enrolled');
    accepts([], by(bkd, 'ReceiveCsr', receipt('2023-06-30', 10))).then(only(received('2023-06-30', 10)));
    accepts([], by({ subject: 'u-x', role: 'officer' }, 'ReceiveCsr', body)).refused('not-your-agency');
    accepts([], by(office, 'ReceiveCsr', { ...body, onBehalfOf: 'dinsos', reason })).then(
      only(event('CsrReceived', body)),
    );
    accepts([], by(office, 'ReceiveCsr', { ...body, onBehalfOf: 'dinsos' })).refused(
      'on-behalf-needs-reason',
    );
    accepts([], by(office, 'ReceiveCsr', { ...body, onBehalfOf: 'nowhere', reason })).refused(
      'agency-not-enrolled',
      'onBehalfOf',
    );
    accepts([], by(dinsos, 'ReceiveCsr', { ...body, onBehalfOf: 'dinsos', reason })).refused(
      'on-behalf-office-only',
    );
  });

  it('is allocated to actions and agencies up to what was received by then, to the rupiah', () => {
    const events = past(received('2023-02-01', 60), received('2023-03-01', 40));
    const action = { occurredOn: '2023-02-01', amount: 60, to: { kind: 'action', code: 'LI-1' } };
    accepts(events, by(office, 'AllocateCsr', action)).then(only(event('CsrAllocated', action)));
    accepts(events, by(office, 'AllocateCsr', toAgency('2023-02-28', 61))).refused('csr-overdrawn', 'amount');
    accepts(events, by(office, 'AllocateCsr', toAgency('2023-03-01', 100))).then(
      only(allocated('2023-03-01', 100)),
    );
    accepts(events, by(office, 'AllocateCsr', toAgency('2023-01-31', 1))).refused('csr-overdrawn');
    // The second allocation is late: it leaves too little for the one of 1 March, which stands.
    accepts(
      past(received('2023-02-01', 60), allocated('2023-03-01', 50)),
      by(office, 'AllocateCsr', toAgency('2023-02-15', 11)),
    ).refused('csr-overdrawn');
  });

  it('may be received and allocated on one day, in either order of recording within what stands', () => {
    const events = past(received('2023-02-01', 60), allocated('2023-02-01', 60));
    accepts(events, by(dinsos, 'ReceiveCsr', receipt('2023-02-01', 5, 'R-2'))).then(
      only(received('2023-02-01', 5, 'R-2')),
    );
    accepts(events, by(office, 'AllocateCsr', toAgency('2023-02-01', 1))).refused('csr-overdrawn');
  });

  it('asks of an agency before the programme whether it is enrolled on its first day', () => {
    const events = past(received('2022-02-01', 60));
    accepts(events, by(office, 'AllocateCsr', toAgency('2022-03-01', 10))).then(
      only(allocated('2022-03-01', 10)),
    );
    accepts(events, by(office, 'AllocateCsr', toAgency('2022-03-01', 10, 'nowhere'))).refused(
      'agency-not-enrolled',
      'to/code',
    );
  });

  it('is given back of a receipt, as far as it is not allocated', () => {
    const events = past(received('2023-02-01', 60), allocated('2023-04-01', 40));
    const body = giveBack('2023-02-01', 20, 0);
    accepts(events, by(dinsos, 'ReturnCsr', body)).then(only(event('CsrReturned', body)));
    accepts(events, by(dinsos, 'ReturnCsr', giveBack('2023-02-01', 21, 0))).refused(
      'csr-overdrawn',
      'amount',
    );
    accepts(events, by(dinsos, 'ReturnCsr', giveBack('2023-05-01', 21, 0))).refused(
      'csr-overdrawn',
      'amount',
    );
  });

  it('loses a voided entry, and with a receipt what was given back of it', () => {
    const events = past(
      received('2023-02-01', 60),
      returned('2023-03-01', 10, 0),
      allocated('2023-04-01', 40),
    );
    accepts(events, revoke(dinsos, 0)).refused('csr-overdrawn', 'corrects');
    accepts(events, revoke(dinsos, 1)).then(only(voided(1)));
    accepts([...events, voided(2)], revoke(dinsos, 0)).then(only(voided(0)));
    accepts([...events, voided(2), voided(0)], revoke(dinsos, 1)).refused('already-corrected');
    accepts([...events, voided(2)], by(office, 'AllocateCsr', toAgency('2023-04-01', 50))).then(
      only(allocated('2023-04-01', 50)),
    );
  });

  it('frees number and donor of what is voided', () => {
    const events = past(received('2023-02-01', 60, 'R-1'), voided(0));
    const body = receipt('2023-02-01', 60, 'r-1', 'PT-Semen');
    accepts(events, by(dinsos, 'ReceiveCsr', body)).then(only(event('CsrReceived', body)));
  });

  it('is corrected and proved by the agency that recorded it, or by the office', () => {
    const events = past(received('2023-02-01', 60));
    const proof = { of: idOf(0), ...evidence };
    accepts(events, revoke(office, 0)).then(only(voided(0)));
    accepts(events, revoke(office, 0, { onBehalfOf: 'dinsos' })).then(only(voided(0)));
    accepts(events, revoke(office, 0, { onBehalfOf: 'diskominfo' })).refused('not-your-agency');
    accepts(events, revoke(diskominfo, 0)).refused('not-your-agency');
    for (const actor of [dinsos, office]) {
      accepts(events, by(actor, 'AttachEvidence', proof)).then(only(event('EvidenceAttached', proof)));
    }
    accepts(events, by(diskominfo, 'AttachEvidence', proof)).refused('not-your-agency');
    const byOffice = past(event('CsrReceived', receipt('2023-02-01', 60), office));
    accepts(byOffice, revoke(dinsos, 0)).refused('not-your-agency');
    const onBehalf = past(
      event('CsrReceived', receipt('2023-02-01', 60), { ...office, onBehalfOf: 'DINSOS' }),
    );
    accepts(onBehalf, revoke(dinsos, 0)).then(only(voided(0)));
  });

  it('is late like any report, and its corrections never', () => {
    const phases = { i: closed };
    const body = receipt('2022-02-01', 60);
    accepts([], by(dinsos, 'ReceiveCsr', body), phases).refused('late-needs-reason', 'reason');
    accepts([], by(dinsos, 'ReceiveCsr', { ...body, reason }), phases).then(only(event('CsrReceived', body)));
    accepts(past(received('2023-06-12', 60)), revoke(dinsos, 0), phases).then(only(voided(0)));
  });

  it('carries sums up to the largest amount', () => {
    accepts(
      past(received('2023-02-01', MAX_RUPIAH - 1)),
      by(dinsos, 'ReceiveCsr', receipt('2023-03-01', 1)),
    ).then(only(received('2023-03-01', 1)));
  });
});

const standing = past(
  received('2023-02-01', 60, 'R-1'),
  allocated('2023-04-01', 20),
  returned('2023-05-01', 10, 0),
);
const refusals: readonly [code: string, past: readonly Past[], command: Given, field?: string][] = [
  ['contribution-unknown', [], by(dinsos, 'AllocateCsr', toAgency('2023-02-01', 1))],
  ['contribution-unknown', [], by(dinsos, 'ReturnCsr', giveBack('2023-02-01', 1, 0))],
  ['contribution-unknown', [], revoke(dinsos, 0)],
  ['contribution-unknown', [], by(dinsos, 'AttachEvidence', { of: idOf(0), ...evidence })],
  ['other-donor', standing, by(dinsos, 'ReceiveCsr', receipt('2023-02-01', 1, 'R-2', 'PT-Semen')), 'donor'],
  [
    'other-donor',
    past(pledged('2022-03-01', 1)),
    by(dinsos, 'PledgeCsr', pledge('2023-02-01', 1, 'PT-Semen')),
  ],
  ['receipt-used', standing, by(dinsos, 'ReceiveCsr', receipt('2023-06-01', 1, ' r-1 ')), 'receiptNo'],
  ['no-such-receipt', standing, by(dinsos, 'ReturnCsr', giveBack('2023-06-01', 1, 1)), 'receipt'],
  [
    'no-such-receipt',
    past(received('2023-02-01', 60), voided(0)),
    by(dinsos, 'ReturnCsr', giveBack('2023-06-01', 1, 0)),
  ],
  ['return-before-receipt', standing, by(dinsos, 'ReturnCsr', giveBack('2023-01-31', 1, 0)), 'occurredOn'],
  ['return-above-receipt', standing, by(dinsos, 'ReturnCsr', giveBack('2023-06-01', 51, 0)), 'amount'],
  ['csr-overdrawn', standing, by(dinsos, 'AllocateCsr', toAgency('2023-04-30', 31)), 'amount'],
  ['csr-overdrawn', standing, by(dinsos, 'ReturnCsr', giveBack('2023-02-01', 31, 0)), 'amount'],
  ['csr-overdrawn', standing, revoke(dinsos, 0), 'corrects'],
  ['not-correctable', standing, revoke(dinsos, 9), 'corrects'],
  ['not-correctable', past(received('2023-02-01', 60), voided(0)), revoke(dinsos, 1)],
  ['already-corrected', past(received('2023-02-01', 60), voided(0)), revoke(dinsos, 0), 'corrects'],
  ['evidence-of-nothing', standing, by(dinsos, 'AttachEvidence', { of: idOf(9), ...evidence }), 'of'],
  ['amount-overflow', standing, by(dinsos, 'ReceiveCsr', receipt('2023-03-01', MAX_RUPIAH)), 'amount'],
  [
    'amount-overflow',
    past(pledged('2022-03-01', MAX_RUPIAH)),
    by(dinsos, 'PledgeCsr', pledge('2022-03-01', 1)),
    'amount',
  ],
  ['agency-not-enrolled', standing, by(dinsos, 'AllocateCsr', toAgency('2023-07-01', 1, 'bkd')), 'to/code'],
  ['agency-not-enrolled', [], by(bkd, 'PledgeCsr', pledge('2023-07-01', 1))],
  ['not-your-agency', standing, by(bkd, 'AllocateCsr', toAgency('2023-07-01', 1))],
  ['not-your-agency', standing, by(bkd, 'ReturnCsr', giveBack('2023-07-01', 1, 0))],
  ['date-in-future', [], by(dinsos, 'ReceiveCsr', receipt('2023-12-21', 1)), 'occurredOn'],
];

describe('a contribution is refused', () => {
  it.each(refusals)('%s (%#)', (...[code, events, command, field]) => {
    accepts(events, command).refused(code, field);
  });

  it('after the end of the programme, and before there is one', () => {
    given(csrDecider, [], facts())
      .when({ ...by(dinsos, 'ReceiveCsr', receipt('2024-01-01', 1)), at: '2024-02-01T00:00:00.000Z' })
      .refused('date-outside-programme', 'occurredOn');
    given(csrDecider, [], { programme: { status: 'absent' }, phase: { phases: {} } })
      .when(by(office, 'ReceiveCsr', receipt('2023-02-01', 1)))
      .refused('programme-not-established');
  });

  it('by every one of its rules', () => {
    expectEveryRule(
      csrRules,
      refusals.map(([code]) => code),
    );
  });
});
