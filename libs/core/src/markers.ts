import type { Head } from './ports/event-log';
import { type Marker, NO_MARKER, type ViewStore, ViewStoreMoved } from './ports/view-store';

/**
 * The markers of a generation, as whoever writes them knows them. None of them is stopped when it is read: what stopped
 * is tried again, since the fix may be in this version.
 */
export class KnownMarkers {
  private known = new Map<string, Marker>();
  /** whether a programme that is not known has none */
  private isWhole = false;

  constructor(
    private readonly store: ViewStore,
    readonly generation: string,
  ) {}

  /**
   * Forgets what it knows, and reads the markers of those programmes, or of all.
   *
   * @throws what the store throws
   */
  async read(programmes?: readonly string[]): Promise<void> {
    const found = await this.store.markers(this.generation, programmes);
    this.known = new Map(programmes?.map((programme) => [programme, NO_MARKER]));
    for (const [programme, marker] of found) this.known.set(programme, untried(marker));
    this.isWhole = programmes === undefined;
  }

  /** Reads the marker of a programme where it is not known. */
  async know(programme: string): Promise<void> {
    if (this.isWhole || this.known.has(programme)) return;
    const found = await this.store.markers(this.generation, [programme]);
    this.known.set(programme, untried(found.get(programme) ?? NO_MARKER));
  }

  of(programme: string): Marker {
    return this.known.get(programme) ?? NO_MARKER;
  }

  set(programme: string, marker: Marker): void {
    this.known.set(programme, marker);
  }

  all(): readonly (readonly [programme: string, marker: Marker])[] {
    return [...this.known];
  }

  /** Whether they, read before the heads, have seen more than the log holds: they are of another history. */
  aheadOf(heads: readonly Head[]): boolean {
    const indexes = new Map(heads.map((head) => [head.programme, head.index]));
    return [...this.known].some(([programme, { index }]) => index > (indexes.get(programme) ?? -1));
  }

  /**
   * Sees whether the stored markers are where their writer left them, or further.
   *
   * @throws ViewStoreMoved where one is not; GenerationGone
   */
  async stillThere(): Promise<void> {
    // As they are before the store is asked: it may be written meanwhile.
    const before = [...this.known].filter(([, { index }]) => index >= 0);
    const programmes = this.isWhole ? undefined : before.map(([programme]) => programme);
    const stored = await this.store.markers(this.generation, programmes);
    for (const [programme, { index }] of before) {
      const found = (stored.get(programme) ?? NO_MARKER).index;
      if (found < index) throw new ViewStoreMoved(this.generation, programme, index, found);
    }
  }
}

const untried = ({ index, position }: Marker): Marker => ({ index, position });

/** Whether every programme has come to its head, or has stopped on the way. */
export function reached(markers: ReadonlyMap<string, Marker>, heads: readonly Head[]): boolean {
  return heads.every(({ programme, index }) => {
    const marker = markers.get(programme) ?? NO_MARKER;
    return marker.stopped !== undefined || marker.index >= index;
  });
}
