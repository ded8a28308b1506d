import { canonical, type ProgrammeEvent, type Submission } from '@jejak/core';
import { recorded, type Told } from '@jejak/core/testing';
import { catalogue, DEFAULT_RULE } from '@jejak/domain';
import { sealAt, sealPhase, SealTooLarge } from './seal-phase';

const P = 'malang.2023';
const effectiveOn = '2023-01-01';
const dates = { cutOff: '2023-06-30', reportDue: '2023-07-01' };
const money = {
  title: 'x',
  year: 2023,
  hierarchy: '2.16',
  ceiling: 570_000_000_000,
  actions: [],
  effectiveOn,
};

/** A closed phase of a programme with so many actions, whose codes have so many characters, and so many agencies. */
function closed(actions: number, length: number, agencies: number): ProgrammeEvent[] {
  const code = (kind: string, n: number) => `${kind}-${String(n).padStart(length - 2, '0')}`;
  const targets = { unit: 'x', quarters: [{ quarter: '2023-Q4', target: '1' }] };
  const plan = {
    title: 'x',
    kind: 'action',
    dimension: 'd',
    weight: '1',
    targets,
    lead: 'a',
    supporting: [],
  };
  const told: Told[] = [
    {
      stream: `programme-${P}.main`,
      type: 'ProgrammeEstablished',
      data: {
        ...{ name: 'M', from: effectiveOn, to: '2023-12-31', timeZone: 'Asia/Jakarta', legalBasis: [] },
        dimensions: [{ code: 'd', name: 'D' }],
      },
    },
    {
      stream: `programme-${P}.main`,
      type: 'FulfilmentRuleRevised',
      data: { effectiveOn, rule: DEFAULT_RULE },
    },
    ...Array.from({ length: actions }, (_, n): Told => ({
      stream: `action-${P}.${code('a', n)}`,
      type: 'ActionPlanned',
      data: { effectiveOn, code: code('A', n), ...plan },
    })),
    ...Array.from({ length: agencies }, (_, n): Told => ({
      stream: `budget-${P}.l-${String(n)}`,
      type: 'BudgetAllocated',
      data: { ...money, line: `L-${String(n)}`, agency: code('D', n) },
    })),
    {
      stream: `phase-${P}.main`,
      type: 'PhaseScheduled',
      data: { phase: 'II', name: 'Two', period: { from: effectiveOn, to: '2023-06-30' }, ...dates },
    },
    {
      stream: `phase-${P}.main`,
      type: 'PhaseClosed',
      data: { phase: 'II', number: 2, cutOff: '2023-06-30' },
    },
  ];
  return [...recorded(told)];
}

function toolsOf(log: readonly ProgrammeEvent[]) {
  const submitted: Submission[] = [];
  const tools = {
    log: {
      async *readProgramme() {
        yield log;
      },
      heads: async () => [],
      head: async () => undefined,
    },
    catalogue,
    submit: async (submission: Submission) => {
      submitted.push(submission);
      return undefined as never;
    },
  };
  return { tools, submitted };
}

const bytesOf = async (actions: number, length: number, agencies: number): Promise<number> => {
  const log = closed(actions, length, agencies);
  const seal = await sealAt(log.at(-1) as Parameters<typeof sealAt>[0], toolsOf(log).tools);
  return Buffer.byteLength(canonical(seal), 'utf8');
};

describe('the seal of a phase', () => {
  it('takes three bytes beside the code for an action, and some hundred for an agency with a budget', async () => {
    const empty = await bytesOf(0, 10, 0);
    expect(empty).toBeLessThan(2_500);
    const [hundred, more] = [await bytesOf(100, 10, 0), await bytesOf(200, 10, 0)];
    expect(more - hundred).toBe(100 * 13);
    const [few, many] = [await bytesOf(0, 10, 100), await bytesOf(0, 10, 200)];
    expect((many - few) / 100).toBeLessThan(350);
  });

  it('is submitted for a city ten times as large as any that we know', async () => {
    const log = closed(10_000, 10, 200);
    const { tools, submitted } = toolsOf(log);
    await sealPhase.react(log.at(-1)!, tools);
    expect(submitted).toMatchObject([
      { type: 'SealPhase', stream: `phase-${P}.main`, body: { phase: 'II' } },
    ]);
  });

  it('that no event can hold is refused with the phase, the size and what takes it, and submitted in no part', async () => {
    const log = closed(3_300, 80, 10);
    const { tools, submitted } = toolsOf(log);
    const refused = sealPhase.react(log.at(-1)!, tools);
    await expect(refused).rejects.toThrow(SealTooLarge);
    await expect(refused).rejects.toThrow(
      /^seal-too-large: the seal of phase II of malang\.2023 \(closing 2\) takes 27[0-9]{4} bytes for 3300 actions and the budgets of 10 agencies; at most 258048 fit into an event$/,
    );
    expect(submitted).toEqual([]);
  });
});
