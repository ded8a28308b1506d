import type { PhaseStatus } from './facts';

/** What of a phase's events says how it stands. */
export type PhaseTurn =
  | {
      readonly type:
        | 'PhaseScheduled'
        | 'PhaseRescheduled'
        | 'PhaseOpened'
        | 'PhaseClosed'
        | 'PhaseReopened'
        | 'AspectScored';
    }
  | { readonly type: 'PhaseSealed'; readonly data: { readonly number: number } }
  | { readonly type: 'PhasePublished'; readonly data: { readonly seal: number } };

/**
 * A phase's status after an event of it. A seal, and its publication, say how the phase stands only where they belong
 * to its last closing, and while that one is in force.
 *
 * @param closings how many times it had been closed before the event
 */
export function statusAfter(status: PhaseStatus, event: PhaseTurn, closings: number): PhaseStatus {
  switch (event.type) {
    case 'PhaseScheduled':
      return 'scheduled';
    case 'PhaseOpened':
      return 'open';
    case 'PhaseClosed':
      return 'closed';
    case 'PhaseSealed':
      return status === 'closed' && event.data.number === closings ? 'sealed' : status;
    case 'PhaseReopened':
      return 'reopened';
    case 'PhasePublished':
      return status === 'sealed' && event.data.seal === closings ? 'published' : status;
    case 'PhaseRescheduled':
    case 'AspectScored':
      return status;
    default:
      return event satisfies never;
  }
}
