import type { Day, Rupiah } from '@jejak/domain';
import { type Sum, sumOf } from '../amounts';
import type { Allocation, ContributionDocument } from './view';

/** What stands of a contribution on a day, in parts that each belong to one year and one donor. */
export interface Part {
  readonly year: number;
  /** as it is written */
  readonly donor: string;
  readonly pledged: Rupiah;
  readonly received: Rupiah;
  readonly returned: Rupiah;
  readonly allocated: readonly { readonly to: Allocation['to']; readonly amount: Rupiah }[];
}

interface Standing {
  readonly on: Day;
  readonly voided?: string;
}

function standing<E extends Standing>(entries: readonly E[], day: Day): E[] {
  return entries.filter(({ on, voided }) => on <= day && voided === undefined);
}

function byDate<E extends Standing>(entries: E[]): E[] {
  return entries.sort((a, b) => (a.on === b.on ? 0 : a.on < b.on ? -1 : 1));
}

/**
 * The parts of a contribution on a day: one for each pledge and each receipt that stands.
 *
 * A pledge and a receipt name their year. A return has the year of its receipt. An allocation names neither receipt
 * nor year: allocations, in the order of their dates, use up the receipts (less what was given back of them) in the
 * order of theirs, so that no year is allocated more than it has, and years and donors sum to the whole.
 */
export function partsOf(document: ContributionDocument, day: Day): Part[] {
  const returned = new Map<string, Rupiah>();
  for (const { receipt, amount } of standing(document.returns, day)) {
    returned.set(receipt, (returned.get(receipt) ?? 0) + amount);
  }
  const receipts = byDate(standing(document.receipts, day)).map((receipt) => ({
    receipt,
    returned: returned.get(receipt.id) ?? 0,
    left: receipt.amount - (returned.get(receipt.id) ?? 0),
    allocated: [] as { to: Allocation['to']; amount: Rupiah }[],
  }));
  let at = 0;
  for (const { to, amount } of byDate(standing(document.allocations, day))) {
    let open = amount;
    while (open > 0) {
      const source = receipts[at];
      if (source === undefined)
        throw new Error(`more of ${document.code} is allocated than it has on ${day}`);
      const taken = Math.min(open, source.left);
      if (taken > 0) source.allocated.push({ to, amount: taken });
      source.left -= taken;
      open -= taken;
      if (source.left === 0) at++;
    }
  }
  const pledged = standing(document.pledges, day).map(({ year, donor, amount }): Part => {
    return { year, donor, pledged: amount, received: 0, returned: 0, allocated: [] };
  });
  const received = receipts.map(({ receipt: { year, donor, amount }, returned: back, allocated }): Part => {
    return { year, donor, pledged: 0, received: amount, returned: back, allocated };
  });
  return [...pledged, ...received];
}

/** Rupiah. */
export interface CsrTotals {
  readonly pledged: Sum;
  readonly received: Sum;
  readonly returned: Sum;
  /** received - returned */
  readonly net: Sum;
  readonly allocated: Sum;
  /** net - allocated */
  readonly unallocated: Sum;
}

/** The sums of contributions, in whole rupiah, however large. */
export function totalsOf(parts: readonly Part[]): CsrTotals {
  let [pledged, received, returned, allocated] = [0n, 0n, 0n, 0n];
  for (const part of parts) {
    pledged += BigInt(part.pledged);
    received += BigInt(part.received);
    returned += BigInt(part.returned);
    for (const { amount } of part.allocated) allocated += BigInt(amount);
  }
  const net = received - returned;
  return {
    pledged: sumOf(pledged),
    received: sumOf(received),
    returned: sumOf(returned),
    net: sumOf(net),
    allocated: sumOf(allocated),
    unallocated: sumOf(net - allocated),
  };
}

/** The parts in groups, in the order of the keys. */
export function grouped<K extends string | number>(
  parts: readonly Part[],
  keyOf: (part: Part) => K,
): { readonly key: K; readonly parts: Part[] }[] {
  const groups = new Map<K, Part[]>();
  for (const part of parts) {
    const key = keyOf(part);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [part]);
    else group.push(part);
  }
  return [...groups].map(([key, own]) => ({ key, parts: own })).sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** What goes to each action, or to each agency (codes in lower case, in that order). */
export function allocatedTo(
  parts: readonly Part[],
  kind: Allocation['to']['kind'],
): { readonly code: string; readonly allocated: Sum }[] {
  const sums = new Map<string, bigint>();
  for (const { allocated } of parts) {
    for (const { to, amount } of allocated) {
      const code = to.code.toLowerCase();
      if (to.kind === kind) sums.set(code, (sums.get(code) ?? 0n) + BigInt(amount));
    }
  }
  return [...sums]
    .map(([code, sum]) => ({ code, allocated: sumOf(sum) }))
    .sort((a, b) => (a.code < b.code ? -1 : 1));
}
