import type { View } from '@jejak/core';
import type { CsrEvent, Day, Rupiah } from '@jejak/domain';
import { type EvidenceEntry, evidenceEntry } from '../evidence';
import { type Corrected, corrected, marked, type Source } from '../source';
import { streamCode } from '../stream-code';

interface Entry extends Source {
  readonly on: Day;
  readonly amount: Rupiah;
  readonly note?: string;
  /** the id of the correction, where it no longer stands */
  voided?: string;
}
export interface Pledge extends Entry {
  /** a reference to the donor, as it is written */
  readonly donor: string;
  /** that it counts for */
  readonly year: number;
}
export interface Receipt extends Pledge {
  readonly receiptNo: string;
}
export interface Allocation extends Entry {
  readonly to: { readonly kind: 'action' | 'agency'; readonly code: string };
}
export interface CsrReturn extends Entry {
  /** the id of the receipt that it gives back of */
  readonly receipt: string;
}

/** The document of a contribution, `csr/<code>`. Its entries are in the log's order, and none is forgotten. */
export interface ContributionDocument {
  /** in lower case: its events do not write it */
  readonly code: string;
  readonly pledges: Pledge[];
  readonly receipts: Receipt[];
  readonly allocations: Allocation[];
  readonly returns: CsrReturn[];
  readonly corrections: Corrected[];
  readonly evidence: EvidenceEntry[];
  /** of the contribution's stream */
  revision: number;
}

const NONE: readonly string[] = [];

/** Contributions of corporate social responsibility: one document for each. */
export const csrView: View<ContributionDocument, CsrEvent> = {
  name: 'csr',
  version: 1,

  keys(event) {
    switch (event.type) {
      case 'CsrPledged':
      case 'CsrReceived':
      case 'CsrAllocated':
      case 'CsrReturned':
      case 'CsrEntryVoided':
        return [`csr/${streamCode(event)}`];
      case 'EvidenceAttached':
        return event.stream.startsWith('csr-') ? [`csr/${streamCode(event)}`] : NONE;
      default:
        return NONE;
    }
  },

  fold(known, { event, index }) {
    const document = known ?? opened(streamCode(event));
    document.revision = event.revision;
    const { id, meta } = event;
    switch (event.type) {
      case 'CsrPledged': {
        const { occurredOn: on, amount, donor, year, note } = event.data;
        const pledge: Pledge = { id, index, on, amount, donor, year, ...(note !== undefined && { note }) };
        document.pledges.push(marked(pledge, meta));
        return document;
      }
      case 'CsrReceived': {
        const { occurredOn: on, amount, donor, year, receiptNo, note } = event.data;
        const said = note === undefined ? {} : { note };
        const receipt: Receipt = { id, index, on, amount, donor, year, receiptNo, ...said };
        document.receipts.push(marked(receipt, meta));
        return document;
      }
      case 'CsrAllocated': {
        const { occurredOn: on, amount, to, note } = event.data;
        const allocation: Allocation = { id, index, on, amount, to, ...(note !== undefined && { note }) };
        document.allocations.push(marked(allocation, meta));
        return document;
      }
      case 'CsrReturned': {
        const { occurredOn: on, amount, receipt, note } = event.data;
        const back: CsrReturn = { id, index, on, amount, receipt, ...(note !== undefined && { note }) };
        document.returns.push(marked(back, meta));
        return document;
      }
      case 'CsrEntryVoided':
        document.corrections.push(corrected(event, index, voidEntry(document, event.data.corrects, id)));
        return document;
      case 'EvidenceAttached':
        document.evidence.push(evidenceEntry(event));
        return document;
      default:
        return event satisfies never;
    }
  },
};

function opened(code: string): ContributionDocument {
  const nothing = { pledges: [], receipts: [], allocations: [], returns: [], corrections: [], evidence: [] };
  return { code, ...nothing, revision: -1 };
}

/**
 * What was given back of a receipt goes with it, unless it was voided before.
 *
 * @returns the day of what was voided
 */
function voidEntry(document: ContributionDocument, id: string, by: string): Day {
  const { pledges, receipts, allocations, returns } = document;
  let on: Day | undefined;
  for (const entries of [pledges, receipts, allocations, returns] as readonly Entry[][]) {
    const entry = entries.findLast((each) => each.id === id);
    if (entry === undefined) continue;
    entry.voided = by;
    on = entry.on;
  }
  if (on === undefined) throw new Error(`${id} is no entry of this contribution`);
  for (const each of returns) if (each.receipt === id) each.voided ??= by;
  return on;
}
