import type { Day } from '@jejak/domain';
import { byStream, dateOf, type Known, lower } from './known';
import { divided, exactly, multiplied, roundedTo, whole } from './quotient';
import type { Happened } from './world';

export interface DefinedAmounts {
  readonly ceilingMurni: number;
  readonly ceiling: number;
  readonly disbursed: number;
  readonly remaining: number;
  readonly absorption: { numerator: string; denominator: string; exact: string; displayed: string } | null;
}

function amountOf(events: readonly Happened[]): number {
  return events.reduce((sum, { event }) => sum + Number(event.data.amount), 0);
}

/** What stands of those types on a day. */
function standing(known: Known, events: readonly Happened[], day: Day, type: string): readonly Happened[] {
  return events.filter((each) => each.event.type === type && dateOf(each) <= day && known.stands(each));
}

function amounts(lines: readonly { murni: number; ceiling: number; disbursed: number }[]): DefinedAmounts {
  const sum = (of: 'murni' | 'ceiling' | 'disbursed'): number =>
    lines.reduce((all, line) => all + line[of], 0);
  const [ceilingMurni, ceiling, disbursed] = [sum('murni'), sum('ceiling'), sum('disbursed')];
  const remaining = ceiling - disbursed;
  if (ceiling === 0) return { ceilingMurni, ceiling, disbursed, remaining, absorption: null };
  const ratio = divided(whole(disbursed), whole(ceiling));
  const displayed = roundedTo(2, multiplied(ratio, whole(100)));
  const absorption = {
    numerator: String(disbursed),
    denominator: String(ceiling),
    exact: exactly(ratio),
    displayed,
  };
  return { ceilingMurni, ceiling, disbursed, remaining, absorption };
}

/** Ceilings, disbursements and absorption on a day, in all and by agency. */
export function defineBudget(
  known: Known,
  day: Day,
): {
  readonly total: DefinedAmounts;
  readonly agencies: readonly (DefinedAmounts & { readonly agency: string })[];
} {
  const types = ['BudgetAllocated', 'BudgetRevised', 'BudgetDisbursed', 'DisbursementReturned'];
  const lines = [...byStream(known.of(...types)).values()].flatMap((events) => {
    const ceilings = events.filter(
      ({ event }) => event.type === 'BudgetAllocated' || event.type === 'BudgetRevised',
    );
    const inForce = known.inForce(ceilings, day);
    const allocated = ceilings[0] as Happened;
    if (inForce === undefined || dateOf(allocated) > day) return [];
    const back = amountOf(standing(known, events, day, 'DisbursementReturned'));
    const originals = ceilings.filter(
      ({ event }) => event.data.stage === undefined || event.data.stage === 'murni',
    );
    const owners = originals.filter(({ event }) => event.data.agency !== undefined);
    return {
      agency: lower(owners.at(-1)?.event.data.agency),
      murni: Number(originals.at(-1)?.event.data.ceiling),
      ceiling: Number(inForce.event.data.ceiling),
      disbursed: amountOf(standing(known, events, day, 'BudgetDisbursed')) - back,
    };
  });
  const agencies = [...new Set(lines.map(({ agency }) => agency))].sort().map((agency) => ({
    agency,
    ...amounts(lines.filter((line) => line.agency === agency)),
  }));
  return { total: amounts(lines), agencies };
}

export interface DefinedCsr {
  readonly pledged: number;
  readonly received: number;
  readonly returned: number;
  readonly net: number;
  readonly allocated: number;
  readonly unallocated: number;
}

/**
 * Contributions on a day, in all and by year. Money is taken rupiah by rupiah: each received and kept is a coin of its
 * year, and allocations use up a contribution's coins in the order of their dates.
 */
export function defineCsr(
  known: Known,
  day: Day,
): {
  readonly total: DefinedCsr;
  readonly byYear: readonly (DefinedCsr & { readonly year: number })[];
  readonly agencies: readonly { readonly code: string; readonly allocated: number }[];
} {
  const types = ['CsrPledged', 'CsrReceived', 'CsrAllocated', 'CsrReturned'];
  const entries = known.of(...types);
  const spent: number[] = [];
  for (const events of byStream(entries).values()) {
    const receipts = [...standing(known, events, day, 'CsrReceived')].sort(inTime);
    const back = standing(known, events, day, 'CsrReturned');
    const coins = receipts.flatMap((receipt) => {
      const kept =
        Number(receipt.event.data.amount) -
        amountOf(back.filter(({ event }) => event.data.receipt === receipt.event.id));
      return Array.from({ length: kept }, () => Number(receipt.event.data.year));
    });
    spent.push(...coins.slice(0, amountOf(standing(known, events, day, 'CsrAllocated'))));
  }
  const yearOf = ({ event }: Happened): number =>
    Number(event.data.year ?? known.byId(event.data.receipt)?.event.data.year);
  const of = (type: string): readonly Happened[] => standing(known, entries, day, type);
  const totals = (isIn: (year: number) => boolean): DefinedCsr => {
    const sum = (type: string): number => amountOf(of(type).filter((each) => isIn(yearOf(each))));
    const [pledged, received, returned] = [sum('CsrPledged'), sum('CsrReceived'), sum('CsrReturned')];
    const allocated = spent.filter(isIn).length;
    const net = received - returned;
    return { pledged, received, returned, net, allocated, unallocated: net - allocated };
  };
  const years = new Set([...of('CsrPledged'), ...of('CsrReceived')].map(yearOf));
  const byYear = [...years]
    .sort((a, b) => a - b)
    .map((year) => ({ year, ...totals((each) => each === year) }));
  const given = new Map<string, number>();
  for (const { event } of of('CsrAllocated')) {
    const { kind, code } = event.data.to as { kind: string; code: string };
    if (kind === 'agency') given.set(lower(code), (given.get(lower(code)) ?? 0) + Number(event.data.amount));
  }
  const agencies = [...given]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, allocated]) => ({ code, allocated }));
  return { total: totals(() => true), byYear, agencies };
}

function inTime(a: Happened, b: Happened): number {
  return dateOf(a) === dateOf(b) ? a.index - b.index : dateOf(a) < dateOf(b) ? -1 : 1;
}
