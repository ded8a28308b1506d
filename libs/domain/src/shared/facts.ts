import type { Dated } from './dated';
import type { Day, TimeZone } from './dates';
import type { Rule } from './rule';

/** What a late report or change needs (semantics 5). */
export type LatePolicy = 'needs-reason' | 'office-only' | 'refused';

/** The state of a programme's stream: what other streams may ask of it. Codes are in lower case. */
export type ProgrammeFacts =
  | { readonly status: 'absent' }
  | {
      readonly status: 'established';
      readonly from: Day;
      readonly to: Day;
      readonly timeZone: TimeZone;
      readonly dimensions: readonly string[];
      readonly latePolicy: LatePolicy;
      readonly rules: Dated<{ readonly rule: Rule; readonly version: number }>;
      /** agency > whether it is enrolled, along the line of dates */
      readonly agencies: { readonly [agency: string]: Dated<boolean> };
    };

export type PhaseStatus = 'scheduled' | 'open' | 'closed' | 'sealed' | 'published' | 'reopened';

export interface Phase {
  readonly code: string;
  readonly status: PhaseStatus;
  readonly from: Day;
  readonly to: Day;
  readonly cutOff: Day;
  readonly reportDue: Day;
  /** the ids of its PhaseClosed, in order: seal n belongs to the n-th */
  readonly closings: readonly string[];
  /** the numbers of its seals */
  readonly seals: readonly number[];
  readonly published: readonly number[];
}

/** The state of a programme's phase stream. */
export interface PhaseFacts {
  readonly phases: { readonly [code: string]: Phase };
}

/** The facts that deciders of reports and changes look at. */
export interface ProgrammeAndPhase {
  readonly programme: ProgrammeFacts;
  readonly phase: PhaseFacts;
}

/** Whether the phase's closing is in force: reports up to its cut-off are then late. */
export function isClosed(phase: Phase): boolean {
  switch (phase.status) {
    case 'closed':
    case 'sealed':
    case 'published':
      return true;
    case 'scheduled':
    case 'open':
    case 'reopened':
      return false;
    default:
      return phase.status satisfies never;
  }
}
