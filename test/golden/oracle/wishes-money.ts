import { AGENCIES, codeOf, daysSince, type Maker, type Wishes } from './maker';

function ceiling({ random }: Maker): object {
  const codes = ['a-1', 'A-2', 'a-3', 'a-4', 'A-5', 'a-6', 'a-99'].filter(() => random.chance(0.35));
  const actions = codes.map((code) => ({ code, share: random.pick(['1', '2', '0.5', '3.3333', '0']) }));
  const weighs = actions.some(({ share }) => share !== '0');
  return { ceiling: random.int(0, 3_000), actions: weighs ? actions : [] };
}

/** The agency of a line, as its last event that names one says; any other for a line that is not there. */
function agencyOf(maker: Maker, code: string): string {
  const found = maker.world.events.findLast(
    (happened) =>
      ['BudgetAllocated', 'BudgetRevised'].includes(happened.event.type) &&
      happened.event.data.agency !== undefined &&
      codeOf(happened) === code.toLowerCase(),
  );
  const { agency } = (found?.event.data ?? {}) as { agency?: string };
  return agency === undefined || maker.random.chance(0.1) ? maker.random.pick(AGENCIES) : agency;
}

function spend(maker: Maker, type: string, body: object, code = maker.code('budget')): void {
  maker.report('budget', type, body, code, agencyOf(maker, code));
}

export const budgetWishes: Wishes = {
  allocate: [
    6,
    (maker) => {
      if (maker.made.budget >= 5) return;
      const line = maker.anyCase(`b-${String(++maker.made.budget)}`);
      const agency = maker.anyCase(maker.random.pick(AGENCIES));
      const shape = { title: 'a line', agency, year: 2023, hierarchy: '2.16.01' };
      maker.wish(
        'budget',
        'AllocateBudget',
        { line, ...shape, ...ceiling(maker), ...maker.beginning() },
        line,
      );
    },
  ],
  revise: [
    5,
    (maker) => {
      const body = { stage: 'perubahan', ...ceiling(maker), ...maker.change() };
      maker.wish('budget', 'ReviseBudget', body, maker.code('budget'));
    },
  ],
  putRight: [
    3,
    (maker) => {
      const found = maker.some('BudgetAllocated');
      if (found === undefined) return;
      const { effectiveOn } = found.event.data;
      const agency = maker.anyCase(maker.random.pick(AGENCIES));
      const shape = { ...ceiling(maker), ...(maker.random.chance(0.5) && { agency }) };
      const body = { stage: 'murni', ...shape, effectiveOn, reason: 'typed wrongly' };
      maker.wish('budget', 'ReviseBudget', body, codeOf(found));
    },
  ],
  planMonths: [
    4,
    (maker) => {
      const most = maker.random.int(0, 1_000);
      const months = ['2023-02', '2023-06', '2023-11', '2024-04'].map((month, n) => ({
        month,
        cumulative: Math.floor((most * (n + 1)) / 4),
        physical: `${String(n * 25)}.5`,
      }));
      maker.wish('budget', 'PlanBudget', { months, ...maker.change() }, maker.code('budget'));
    },
  ],
  disburse: [
    12,
    (maker) => {
      const document = { kind: 'sp2d', number: `SP2D-${String(maker.random.int(1, 60))}` };
      spend(maker, 'DisburseBudget', { occurredOn: maker.day(), amount: maker.random.int(1, 400), document });
    },
  ],
  giveBack: [
    5,
    (maker) => {
      const found = maker.some('BudgetDisbursed');
      if (found === undefined) return;
      const amount = maker.random.int(1, 200);
      const body = { occurredOn: maker.day(), disbursement: found.event.id, amount };
      spend(maker, 'ReturnDisbursement', body, codeOf(found));
    },
  ],
  voidDisbursement: [3, (maker) => maker.correct('budget', 'VoidDisbursement', 'BudgetDisbursed')],
  voidReturn: [1, (maker) => maker.correct('budget', 'VoidDisbursement', 'DisbursementReturned')],
  physical: [
    5,
    (maker) => {
      const occurredOn = maker.day();
      const percent = String(Math.min(100, Math.floor(daysSince(occurredOn) / 6)));
      spend(maker, 'ReportPhysicalProgress', { occurredOn, percent });
    },
  ],
  voidPhysical: [1, (maker) => maker.correct('budget', 'VoidPhysicalProgress', 'PhysicalProgressReported')],
};

/** The contribution that money is promised or given as: a new one now and then. */
function gift(maker: Maker): string {
  if (maker.made.csr < 3) maker.made.csr++;
  return maker.code('csr');
}

function promised(maker: Maker): object {
  const { random } = maker;
  return {
    occurredOn: maker.day(),
    donor: 'bank-x',
    year: random.int(2022, 2024),
    amount: random.int(1, 60),
  };
}

export const csrWishes: Wishes = {
  pledge: [
    2,
    (maker) => maker.wish('csr', 'PledgeCsr', { ...promised(maker), reason: 'as promised' }, gift(maker)),
  ],
  receive: [
    5,
    (maker) => {
      const receiptNo = `R-${String(maker.random.int(1, 50))}`;
      maker.wish('csr', 'ReceiveCsr', { ...promised(maker), receiptNo, reason: 'as received' }, gift(maker));
    },
  ],
  allocateCsr: [
    6,
    (maker) => {
      const agency = { kind: 'agency', code: maker.random.pick(AGENCIES) };
      const to = maker.random.chance(0.5) ? { kind: 'action', code: 'a-1' } : agency;
      const body = { occurredOn: maker.day(), amount: maker.random.int(1, 30), to, reason: 'as given' };
      maker.wish('csr', 'AllocateCsr', body, maker.code('csr'));
    },
  ],
  returnCsr: [
    2,
    (maker) => {
      const found = maker.some('CsrReceived');
      if (found === undefined) return;
      const amount = maker.random.int(1, 20);
      const body = { occurredOn: maker.day(), receipt: found.event.id, amount, reason: 'too much' };
      maker.wish('csr', 'ReturnCsr', body, codeOf(found));
    },
  ],
  voidCsr: [
    2,
    (maker) => {
      const found = maker.some('CsrPledged', 'CsrReceived', 'CsrAllocated', 'CsrReturned');
      if (found === undefined) return;
      const body = { corrects: found.event.id, reason: 'entered wrongly' };
      maker.wish('csr', 'VoidCsrEntry', body, codeOf(found));
    },
  ],
};
