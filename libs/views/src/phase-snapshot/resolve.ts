import type { Day } from '@jejak/domain';
import type { PhaseDocument } from './view';

/** What a phase's snapshot is now (semantics 5), for whoever fetches it. */
export type PhaseAnswer =
  /** the figures at the cut-off, known now */
  | { readonly kind: 'live'; readonly status: 'scheduled' | 'open'; readonly cutOff: Day }
  /** the figures at the cut-off, as known at that index: the closing's */
  | {
      readonly kind: 'known-at';
      readonly status: 'sealing' | 'reopened';
      readonly cutOff: Day;
      readonly knownAt: number;
      readonly seal: number;
    }
  /** the seal of that number, as stored */
  | { readonly kind: 'seal'; readonly status: 'sealed' | 'published' | 'reopened'; readonly seal: number };

/**
 * What `/phases/{phase}/snapshot` means. Closed: the seal of the last closing, and until there is one the figures as
 * known at it, which are the ones that the seal will hold. Reopened: the highest seal that there is, and only before
 * the first one the figures as known at the last closing.
 */
export function resolvePhase({ status, cutOff, closings, seals }: PhaseDocument): PhaseAnswer {
  if (status === 'scheduled' || status === 'open') return { kind: 'live', status, cutOff };
  const closing = closings.at(-1);
  if (closing === undefined) throw new Error(`a ${status} phase without a closing`);
  const { number, index: knownAt } = closing;
  const highest = Math.max(0, ...seals.map((each) => each.number));
  if (status === 'reopened' && highest > 0) return { kind: 'seal', status, seal: highest };
  if (highest === number)
    return { kind: 'seal', status: status === 'closed' ? 'sealed' : status, seal: number };
  return {
    kind: 'known-at',
    status: status === 'reopened' ? status : 'sealing',
    cutOff,
    knownAt,
    seal: number,
  };
}

/** The highest published seal, which is what the public gets; undefined where none is. */
export function publishedSeal({ published }: PhaseDocument): number | undefined {
  return published.length === 0 ? undefined : Math.max(...published.map(({ seal }) => seal));
}
