import type { Json, View } from '@jejak/core';
import {
  type Day,
  type PhaseEvent,
  type PhaseStatus,
  type ProgrammeEvent,
  type Rule,
  statusAfter,
  type TimeZone,
} from '@jejak/domain';
import type { PolicyFact } from '../late';

export interface RuleFact {
  readonly id: string;
  readonly index: number;
  readonly on: Day;
  /** its place among the programme's rules, from 1 */
  readonly version: number;
  readonly rule: Rule;
}

export interface EnrolmentFact {
  readonly id: string;
  readonly index: number;
  readonly on: Day;
  readonly enrolled: boolean;
  /** undefined where the agency is withdrawn */
  readonly name?: string;
}

export interface AgencyEntry {
  /** as it was first written */
  readonly code: string;
  readonly facts: EnrolmentFact[];
}

export interface PhaseEntry {
  readonly code: string;
  readonly name: string;
  status: PhaseStatus;
  /** how many times it was closed */
  closings: number;
  period: { readonly from: Day; readonly to: Day };
  cutOff: Day;
  reportDue: Day;
  /** each seal's programme figure, as sealed */
  readonly seals: { readonly number: number; readonly cutOff: Day; readonly figure: Json }[];
  readonly published: { readonly seal: number; readonly index: number }[];
}

/** The document `programme`: what a programme is, with its changes dated and in the log's order. */
export interface ProgrammeDocument {
  readonly name: string;
  readonly from: Day;
  readonly to: Day;
  readonly timeZone: TimeZone;
  readonly legalBasis: readonly { readonly title: string; readonly source?: string | undefined }[];
  readonly dimensions: readonly { readonly code: string; readonly name: string }[];
  /** for late reports and changes, in the log's order */
  readonly policies: PolicyFact[];
  readonly rules: RuleFact[];
  readonly agencies: AgencyEntry[];
  readonly phases: PhaseEntry[];
  /** of the programme's stream */
  revision: number;
}

type E = ProgrammeEvent | PhaseEvent;

const KEYS = ['programme'];
const NONE: readonly string[] = [];

/** What the programmes are, and where each stands: one document for each. */
export const programmesView: View<ProgrammeDocument, E> = {
  name: 'programmes',
  version: 1,

  keys(event) {
    switch (event.type) {
      case 'ProgrammeEstablished':
      case 'FulfilmentRuleRevised':
      case 'LateReportingPolicySet':
      case 'AgencyEnrolled':
      case 'AgencyWithdrawn':
      case 'PhaseScheduled':
      case 'PhaseRescheduled':
      case 'PhaseOpened':
      case 'PhaseClosed':
      case 'PhaseSealed':
      case 'PhaseReopened':
      case 'PhasePublished':
        return KEYS;
      default:
        return NONE;
    }
  },

  fold(document, { event, index }) {
    if (event.type === 'ProgrammeEstablished') {
      const { name, from, to, timeZone, legalBasis, dimensions } = event.data;
      const { revision } = event;
      return {
        name,
        from,
        to,
        timeZone,
        legalBasis,
        dimensions,
        policies: [],
        rules: [],
        agencies: [],
        phases: [],
        revision,
      };
    }
    if (document === undefined) throw new Error(`${event.type} before ProgrammeEstablished`);
    switch (event.type) {
      case 'FulfilmentRuleRevised': {
        const { effectiveOn: on, rule } = event.data;
        document.rules.push({ id: event.id, index, on, version: document.rules.length + 1, rule });
        document.revision = event.revision;
        return document;
      }
      case 'LateReportingPolicySet':
        document.policies.push({ index, policy: event.data.policy });
        document.revision = event.revision;
        return document;
      case 'AgencyEnrolled':
      case 'AgencyWithdrawn': {
        const { agency, effectiveOn: on } = event.data;
        const enrolled = event.type === 'AgencyEnrolled';
        const fact = { id: event.id, index, on, enrolled, ...(enrolled && { name: event.data.name }) };
        agencyEntry(document, agency).facts.push(fact);
        document.revision = event.revision;
        return document;
      }
      case 'PhaseScheduled': {
        const { phase: code, name, period, cutOff, reportDue } = event.data;
        document.phases.push({
          code,
          name,
          status: 'scheduled',
          closings: 0,
          period,
          cutOff,
          reportDue,
          seals: [],
          published: [],
        });
        return document;
      }
      default:
        foldPhase(phaseEntry(document, event.data.phase), event, index);
        return document;
    }
  },
};

function foldPhase(phase: PhaseEntry, event: PhaseEvent, index: number): void {
  phase.status = statusAfter(phase.status, event, phase.closings);
  switch (event.type) {
    case 'PhaseRescheduled':
      phase.period = event.data.period;
      phase.cutOff = event.data.cutOff;
      phase.reportDue = event.data.reportDue;
      return;
    case 'PhaseSealed': {
      const { number, cutOff, snapshot } = event.data;
      const figure = (snapshot as { figures?: { programme?: Json } }).figures?.programme ?? null;
      phase.seals.push({ number, cutOff, figure });
      return;
    }
    case 'PhasePublished':
      phase.published.push({ seal: event.data.seal, index });
      return;
    case 'PhaseClosed':
      phase.closings++;
      return;
    case 'PhaseScheduled':
    case 'PhaseOpened':
    case 'PhaseReopened':
    case 'AspectScored':
      return;
    default:
      event satisfies never;
  }
}

function agencyEntry(document: ProgrammeDocument, code: string): AgencyEntry {
  const folded = code.toLowerCase();
  let entry = document.agencies.find((each) => each.code.toLowerCase() === folded);
  if (entry === undefined) {
    entry = { code, facts: [] };
    document.agencies.push(entry);
  }
  return entry;
}

function phaseEntry(document: ProgrammeDocument, code: string): PhaseEntry {
  const folded = code.toLowerCase();
  const entry = document.phases.find((each) => each.code.toLowerCase() === folded);
  if (entry === undefined) throw new Error(`phase ${code} was not scheduled`);
  return entry;
}
