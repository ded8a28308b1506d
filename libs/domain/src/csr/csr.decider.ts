import { type Decider, defineRules, type Emit } from '@jejak/core';
import {
  admitted,
  dataOf,
  type Day,
  type Established,
  established,
  mustBeEnrolled,
  placed,
  type ProgrammeAndPhase,
  reportingAgency,
  type Rupiah,
  sameCode,
  toCorrect,
  toProve,
  total,
} from '../shared';
import { type CsrCommand, csrCommands } from './csr.commands';
import { type CsrEvent, csrEvents } from './csr.events';

export const csrRules = defineRules({
  'contribution-unknown': {
    en: 'Nothing has been pledged or received as contribution {code}.',
    id: 'Belum ada komitmen atau penerimaan untuk kontribusi {code}.',
  },
  'other-donor': {
    en: 'This contribution is from {donor}: another donor has a contribution of its own.',
    id: 'Kontribusi ini berasal dari {donor}: donatur lain dicatat sebagai kontribusi tersendiri.',
  },
  'receipt-used': {
    en: 'Receipt {receiptNo} has been recorded already, on {on}.',
    id: 'Tanda terima {receiptNo} sudah dicatat, tanggal {on}.',
  },
  'no-such-receipt': {
    en: '{id} is not a receipt of this contribution that stands.',
    id: '{id} bukan penerimaan yang berlaku pada kontribusi ini.',
  },
  'return-before-receipt': {
    en: '{date} lies before the receipt that it gives back of, on {on}.',
    id: '{date} mendahului penerimaan yang dikembalikan, tanggal {on}.',
  },
  'return-above-receipt': {
    en: 'Rp {returned} would be given back of a receipt of Rp {amount}.',
    id: 'Pengembalian menjadi Rp {returned} dari penerimaan sebesar Rp {amount}.',
  },
  'csr-overdrawn': {
    en: 'On {on} Rp {short} more would be allocated than was received and not given back.',
    id: 'Pada {on} alokasi melebihi penerimaan dikurangi pengembalian sebesar Rp {short}.',
  },
});

interface EntryBase {
  readonly id: string;
  readonly on: Day;
  readonly amount: Rupiah;
  /** the agency that recorded it, in lower case; none for what the office recorded in its own name */
  readonly agency: string | undefined;
}
type Entry = EntryBase &
  (
    | { readonly kind: 'pledge'; readonly donor: string }
    | { readonly kind: 'receipt'; readonly donor: string; readonly receiptNo: string }
    | { readonly kind: 'allocation' }
    | { readonly kind: 'return'; readonly receipt: string }
  );
type Receipt = Extract<Entry, { kind: 'receipt' }>;

interface Recorded {
  /** what stands, by date */
  readonly entries: readonly Entry[];
  /** the ids of entries that no longer stand */
  readonly corrected: readonly string[];
}
const NOTHING: Recorded = { entries: [], corrected: [] };

type Data<T extends CsrEvent['type']> = Extract<CsrEvent, { type: T }>['data'];

export type CsrState = { readonly status: 'absent' } | (Recorded & { readonly status: 'recorded' });

function evolve(state: CsrState, event: CsrEvent): CsrState {
  const { entries, corrected } = state.status === 'absent' ? NOTHING : state;
  switch (event.type) {
    case 'CsrPledged': {
      const { donor } = event.data;
      return {
        status: 'recorded',
        entries: placed(entries, { ...base(event), kind: 'pledge', donor }),
        corrected,
      };
    }
    case 'CsrReceived': {
      const { donor, receiptNo } = event.data;
      const receipt = { ...base(event), kind: 'receipt' as const, donor, receiptNo: receiptNo.toLowerCase() };
      return { status: 'recorded', entries: placed(entries, receipt), corrected };
    }
    case 'CsrAllocated':
      return {
        status: 'recorded',
        entries: placed(entries, { ...base(event), kind: 'allocation' }),
        corrected,
      };
    case 'CsrReturned': {
      const { receipt } = event.data;
      return {
        status: 'recorded',
        entries: placed(entries, { ...base(event), kind: 'return', receipt }),
        corrected,
      };
    }
    case 'CsrEntryVoided': {
      const gone = entries.filter((each) => goesWith(each, event.data.corrects)).map((each) => each.id);
      return {
        status: 'recorded',
        entries: without(entries, event.data.corrects),
        corrected: [...corrected, ...gone],
      };
    }
    case 'EvidenceAttached':
      return state;
    default:
      return event satisfies never;
  }
}

function base(event: Exclude<CsrEvent, { type: 'CsrEntryVoided' | 'EvidenceAttached' }>): EntryBase {
  const { agency, onBehalfOf } = event.meta.actor;
  const { occurredOn: on, amount } = event.data;
  return { id: event.id, on, amount, agency: (onBehalfOf ?? agency)?.toLowerCase() };
}

/** An entry is voided by its own id, and what was given back of a receipt with the receipt. */
function goesWith(entry: Entry, id: string): boolean {
  return entry.id === id || (entry.kind === 'return' && entry.receipt === id);
}

function without(entries: readonly Entry[], id: string): readonly Entry[] {
  return entries.filter((each) => !goesWith(each, id));
}

function decided(command: CsrCommand, state: CsrState, programme: Established): readonly Emit<CsrEvent>[] {
  const { entries, corrected } = state.status === 'absent' ? NOTHING : state;
  const opens = command.type === 'PledgeCsr' || command.type === 'ReceiveCsr';
  if (state.status === 'absent' && !opens) throw csrRules('contribution-unknown', { code: command.code });
  switch (command.type) {
    case 'PledgeCsr': {
      const { body } = command;
      checkRecorder(command, body.occurredOn, programme, entries);
      checkDonor(entries, body.donor);
      total([...amountsOf(entries, 'pledge'), body.amount], 'amount');
      return [{ type: 'CsrPledged', data: dataOf(body) }];
    }
    case 'ReceiveCsr': {
      const { body } = command;
      checkRecorder(command, body.occurredOn, programme, entries);
      checkDonor(entries, body.donor);
      const same = entries.filter(isReceipt).find((each) => each.receiptNo === body.receiptNo.toLowerCase());
      if (same !== undefined)
        throw csrRules('receipt-used', { receiptNo: body.receiptNo, on: same.on }, 'receiptNo');
      total([...amountsOf(entries, 'receipt'), body.amount], 'amount');
      return [{ type: 'CsrReceived', data: dataOf(body) }];
    }
    case 'AllocateCsr': {
      const { body } = command;
      checkRecorder(command, body.occurredOn, programme, entries);
      if (body.to.kind === 'agency')
        mustBeEnrolled(body.to.code, enrolmentDay(body.occurredOn, programme), programme, 'to/code');
      const { occurredOn: on, amount } = body;
      mustCover(placed(entries, { id: '', on, amount, agency: undefined, kind: 'allocation' }), 'amount');
      return [{ type: 'CsrAllocated', data: dataOf(body) }];
    }
    case 'ReturnCsr': {
      const { body } = command;
      checkRecorder(command, body.occurredOn, programme, entries);
      checkReturn(entries, body);
      return [{ type: 'CsrReturned', data: dataOf(body) }];
    }
    case 'VoidCsrEntry': {
      const { body } = command;
      checkOwner(command, toCorrect(body.corrects, entries, corrected));
      mustCover(without(entries, body.corrects), 'corrects');
      return [{ type: 'CsrEntryVoided', data: dataOf(body) }];
    }
    case 'AttachEvidence': {
      const { body } = command;
      checkOwner(command, toProve(body.of, entries));
      return [{ type: 'EvidenceAttached', data: dataOf(body) }];
    }
    default:
      return command satisfies never;
  }
}

/** Contributions may be older than the programme: who takes part is then asked of its first day. */
function enrolmentDay(date: Day, programme: Established): Day {
  return date < programme.from ? programme.from : date;
}

/**
 * The office records in its own name, or with a reason on behalf of an agency; an officer for an enrolled agency, in a
 * contribution that it opened or has recorded something of.
 */
function checkRecorder(
  command: CsrCommand,
  date: Day,
  programme: Established,
  entries: readonly Entry[],
): void {
  const { actor } = command;
  if (actor.role === 'office' && actor.onBehalfOf === undefined) return;
  const opens = entries.length === 0;
  const agency = reportingAgency(
    command,
    date,
    (own) => opens || entries.some((each) => each.agency === own),
  );
  mustBeEnrolled(agency, enrolmentDay(date, programme), programme, actor.onBehalfOf && 'onBehalfOf');
}

/** An officer corrects and proves what his own agency recorded; the office whatever was. */
function checkOwner(command: CsrCommand, entry: Entry): void {
  const { actor } = command;
  if (actor.role === 'office' && actor.onBehalfOf === undefined) return;
  reportingAgency(command, entry.on, (agency) => agency === entry.agency);
}

function checkDonor(entries: readonly Entry[], donor: string): void {
  for (const entry of entries) {
    if ((entry.kind === 'pledge' || entry.kind === 'receipt') && !sameCode(entry.donor, donor)) {
      throw csrRules('other-donor', { donor: entry.donor }, 'donor');
    }
  }
}

function checkReturn(
  entries: readonly Entry[],
  { occurredOn: date, amount: more, receipt: id }: Data<'CsrReturned'>,
): void {
  const receipt = entries.filter(isReceipt).find((each) => each.id === id);
  if (receipt === undefined) throw csrRules('no-such-receipt', { id }, 'receipt');
  const { on, amount } = receipt;
  if (date < on) throw csrRules('return-before-receipt', { date, on }, 'occurredOn');
  const before = entries
    .filter((each) => each.kind === 'return' && each.receipt === id)
    .map((each) => each.amount);
  const returned = total([...before, more], 'amount');
  if (returned > amount) throw csrRules('return-above-receipt', { returned, amount }, 'amount');
  mustCover(
    placed(entries, { id: '', on: date, amount: more, agency: undefined, kind: 'return', receipt: id }),
    'amount',
  );
}

function isReceipt(entry: Entry): entry is Receipt {
  return entry.kind === 'receipt';
}

function amountsOf(entries: readonly Entry[], kind: Entry['kind']): Rupiah[] {
  return entries.filter((each) => each.kind === kind).map((each) => each.amount);
}

/**
 * On every day, taken as a whole, what is allocated by then is covered by what was received and not given back by then.
 *
 * @param entries by date
 * @throws Refusal `csr-overdrawn` for the first day on which it is not
 */
function mustCover(entries: readonly Entry[], field: string): void {
  let left = 0;
  entries.forEach((entry, n) => {
    if (entry.kind === 'receipt') left += entry.amount;
    else if (entry.kind !== 'pledge') left -= entry.amount;
    const endsDay = entries[n + 1]?.on !== entry.on;
    if (endsDay && left < 0) throw csrRules('csr-overdrawn', { on: entry.on, short: -left }, field);
  });
}

/**
 * One contribution of corporate social responsibility. What the texts leave open: it comes from one donor; voiding a
 * receipt voids what was given back of it; any enrolled agency may record, and corrects what it recorded itself.
 * Whether an action that it is allocated to exists is not known here.
 */
export const csrDecider: Decider<CsrState, CsrCommand, CsrEvent, ProgrammeAndPhase> = {
  kind: 'csr',
  commands: csrCommands,
  events: csrEvents,
  facts: ['programme', 'phase'],
  initial: { status: 'absent' },
  evolve,
  decide: (command, state, facts) =>
    admitted(decided(command, state, established(facts.programme)), csrEvents, command, facts, {
      earlier: true,
    }),
};
