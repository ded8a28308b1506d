import type { View } from '@jejak/core';
import type { CsrEvent, Day, Rupiah } from '@jejak/domain';
import { type EvidenceEntry, evidenceEntry } from '../evidence';
import { streamCode } from '../stream-code';

interface Entry {
  readonly id: string;
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

  fold(known, { event }) {
    const document = known ?? opened(streamCode(event));
    document.revision = event.revision;
    const { id } = event;
    switch (event.type) {
      case 'CsrPledged': {
        const { occurredOn: on, amount, donor, year, note } = event.data;
        document.pledges.push({ id, on, amount, donor, year, ...(note !== undefined && { note }) });
        return document;
      }
      case 'CsrReceived': {
        const { occurredOn: on, amount, donor, year, receiptNo, note } = event.data;
        document.receipts.push({
          id,
          on,
          amount,
          donor,
          year,
          receiptNo,
          ...(note !== undefined && { note }),
        });
        return document;
      }
      case 'CsrAllocated': {
        const { occurredOn: on, amount, to, note } = event.data;
        document.allocations.push({ id, on, amount, to, ...(note !== undefined && { note }) });
        return document;
      }
      case 'CsrReturned': {
        const { occurredOn: on, amount, receipt, note } = event.data;
        document.returns.push({ id, on, amount, receipt, ...(note !== undefined && { note }) });
        return document;
      }
      case 'CsrEntryVoided':
        voidEntry(document, event.data.corrects, id);
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
  return { code, pledges: [], receipts: [], allocations: [], returns: [], evidence: [], revision: -1 };
}

/** What was given back of a receipt goes with it, unless it was voided before. */
function voidEntry(document: ContributionDocument, id: string, by: string): void {
  const { pledges, receipts, allocations, returns } = document;
  let found = false;
  for (const entries of [pledges, receipts, allocations, returns] as readonly Entry[][]) {
    const entry = entries.findLast((each) => each.id === id);
    if (entry === undefined) continue;
    entry.voided = by;
    found = true;
  }
  if (!found) throw new Error(`${id} is no entry of this contribution`);
  for (const each of returns) if (each.receipt === id) each.voided ??= by;
}
