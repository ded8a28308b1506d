import type { View } from '@jejak/core';
import type { BudgetEvent, Day, Rupiah } from '@jejak/domain';
import { type EvidenceEntry, evidenceEntry } from '../evidence';
import { type Corrected, corrected, marked, type Source } from '../source';
import { streamCode } from '../stream-code';

type DataOf<T extends BudgetEvent['type']> = Extract<BudgetEvent, { type: T }>['data'];

/** What the line is from a day on: the ceiling (pagu), and the actions that it pays for. */
export interface CeilingFact extends Source {
  readonly on: Day;
  readonly stage: 'murni' | 'pergeseran' | 'perubahan';
  readonly ceiling: Rupiah;
  readonly actions: DataOf<'BudgetAllocated'>['actions'];
  /** the DPA or DPPA that sets it */
  readonly document?: string;
}

/** The monthly plan from a day on, cumulative. */
export interface PlanFact extends Source {
  readonly on: Day;
  readonly months: DataOf<'BudgetPlanned'>['months'];
}

interface Reported extends Source {
  readonly on: Day;
  /** the id of the correction, where it no longer stands */
  voided?: string;
}
export interface Disbursement extends Reported {
  readonly amount: Rupiah;
  readonly document: DataOf<'BudgetDisbursed'>['document'];
  readonly note?: string;
}
export interface Return extends Reported {
  readonly amount: Rupiah;
  /** the id of the disbursement that it gives back of */
  readonly disbursement: string;
}
export interface Physical extends Reported {
  /** cumulative, a decimal string */
  readonly percent: string;
}

/** The document of a budget line, `line/<code>`. Its facts are in the log's order, and none is forgotten. */
export interface LineDocument {
  /** as it is written */
  readonly code: string;
  title: string;
  /** as it is written */
  agency: string;
  readonly year: number;
  hierarchy: string;
  /** the first is the allocation: before its day there is no line; stage murni again puts it right, on that day */
  readonly ceilings: CeilingFact[];
  readonly plans: PlanFact[];
  readonly disbursements: Disbursement[];
  readonly returns: Return[];
  readonly physical: Physical[];
  readonly corrections: Corrected[];
  readonly evidence: EvidenceEntry[];
  /** of the line's stream */
  revision: number;
}

const NONE: readonly string[] = [];

/** Budget lines: one document for each. */
export const budgetView: View<LineDocument, BudgetEvent> = {
  name: 'budget',
  version: 3,

  keys(event) {
    switch (event.type) {
      case 'BudgetAllocated':
      case 'BudgetRevised':
      case 'BudgetPlanned':
      case 'BudgetDisbursed':
      case 'PhysicalProgressReported':
      case 'DisbursementReturned':
      case 'DisbursementVoided':
      case 'PhysicalProgressVoided':
        return [`line/${streamCode(event)}`];
      case 'EvidenceAttached':
        return event.stream.startsWith('budget-') ? [`line/${streamCode(event)}`] : NONE;
      default:
        return NONE;
    }
  },

  fold(line, { event, index }) {
    if (line === undefined) {
      if (event.type === 'BudgetAllocated') return allocated(event, index);
      throw new Error(`${event.type} on a budget line that was not allocated`);
    }
    line.revision = event.revision;
    const { id, meta } = event;
    switch (event.type) {
      case 'BudgetAllocated':
        throw new Error('a budget line is allocated once');
      case 'BudgetRevised': {
        const { stage, title, agency, hierarchy } = event.data;
        line.ceilings.push(ceilingFact(event, index, stage));
        if (title !== undefined) line.title = title;
        if (agency !== undefined) line.agency = agency;
        if (hierarchy !== undefined) line.hierarchy = hierarchy;
        return line;
      }
      case 'BudgetPlanned':
        line.plans.push(marked({ id, index, on: event.data.effectiveOn, months: event.data.months }, meta));
        return line;
      case 'BudgetDisbursed': {
        const { occurredOn: on, amount, document, note } = event.data;
        line.disbursements.push(
          marked({ id, index, on, amount, document, ...(note !== undefined && { note }) }, meta),
        );
        return line;
      }
      case 'DisbursementReturned': {
        const { occurredOn: on, amount, disbursement } = event.data;
        line.returns.push(marked({ id, index, on, amount, disbursement }, meta));
        return line;
      }
      case 'DisbursementVoided': {
        const { corrects } = event.data;
        const voided =
          line.disbursements.findLast((each) => each.id === corrects) ??
          line.returns.findLast((each) => each.id === corrects);
        if (voided === undefined) throw new Error(`${corrects} is no disbursement or return of this line`);
        voided.voided = id;
        line.corrections.push(corrected(event, index, voided.on));
        // What was given back of it goes with it, unless it was voided before.
        for (const each of line.returns) if (each.disbursement === corrects) each.voided ??= id;
        return line;
      }
      case 'PhysicalProgressReported':
        line.physical.push(
          marked({ id, index, on: event.data.occurredOn, percent: event.data.percent }, meta),
        );
        return line;
      case 'PhysicalProgressVoided': {
        const { corrects } = event.data;
        const voided = line.physical.findLast((each) => each.id === corrects);
        if (voided === undefined) throw new Error(`${corrects} is no physical progress of this line`);
        voided.voided = id;
        line.corrections.push(corrected(event, index, voided.on));
        return line;
      }
      case 'EvidenceAttached':
        line.evidence.push(evidenceEntry(event));
        return line;
      default:
        return event satisfies never;
    }
  },
};

type Allocated = Extract<BudgetEvent, { type: 'BudgetAllocated' }>;
type Revised = Extract<BudgetEvent, { type: 'BudgetRevised' }>;

function allocated(event: Allocated, index: number): LineDocument {
  const { revision } = event;
  const { line: code, title, agency, year, hierarchy } = event.data;
  const ceilings = [ceilingFact(event, index, 'murni')];
  const nothing = { plans: [], disbursements: [], returns: [], physical: [], corrections: [], evidence: [] };
  return { code, title, agency, year, hierarchy, ceilings, ...nothing, revision };
}

function ceilingFact(
  { id, data, meta }: Allocated | Revised,
  index: number,
  stage: CeilingFact['stage'],
): CeilingFact {
  const { effectiveOn: on, ceiling, actions, document } = data;
  return marked(
    { id, index, on, stage, ceiling, actions, ...(document !== undefined && { document }) },
    meta,
  );
}
